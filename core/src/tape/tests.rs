use super::*;

#[test]
fn an_empty_tape_has_no_bytes() {
    let mut writer = Writer::new();
    assert!(writer.is_empty());
    assert_eq!(writer.finish().byte_len(), 0);
}

#[test]
fn words_come_back_in_order_across_segments() {
    let mut writer = Writer::new();
    let count = 3 * FULL + 17;
    for word in 0..count as u64 {
        writer.put(word);
    }
    let tape = writer.finish();
    assert_eq!(tape.byte_len(), count * 8);
    for _ in 0..2 {
        let mut reader = tape.read();
        assert!((0..count as u64).all(|word| reader.get() == word));
    }
}

#[test]
fn a_tape_read_once_gives_up_its_segments() {
    for count in [0, 1, 700, 3 * FULL + 17] {
        let mut writer = Writer::new();
        writer.fill(count, |i| i as u64);
        let mut tape = writer.finish();
        let mut reader = tape.read_once();
        assert!((0..count as u64).all(|word| reader.get() == word));
        assert_eq!(tape.byte_len(), 0);
        // Given up half-way.
        writer.fill(count, |i| i as u64);
        let mut reader = writer.finish().read_once();
        assert!((0..count as u64 / 2).all(|word| reader.get() == word));
    }
}

#[test]
fn a_small_tape_leaves_the_writer_its_segment() {
    let mut writer = Writer::new();
    writer.put(7);
    let first = writer.finish();
    writer.put(8);
    let second = writer.finish();
    assert_eq!((first.read().get(), second.read().get()), (7, 8));
}

#[test]
fn a_pen_and_a_finger_go_over_segments() {
    let mut writer = Writer::new();
    let (runs, mut pen) = (FULL, writer.pen());
    for run in 0..runs as u64 {
        // SAFETY: the pen is the writer's; there is room, for it was made.
        unsafe {
            if pen.room() < 5 {
                pen = writer.refill(pen, 5);
            }
            let words = pen.run(4);
            (0..4).for_each(|at| words.add(at).write(run));
            pen.put(run);
        }
    }
    // SAFETY: as above.
    unsafe { writer.resume(pen) };
    let tape = writer.finish();
    assert_eq!(tape.byte_len(), runs * 5 * 8);
    let mut reader = tape.read();
    let mut finger = reader.finger();
    for run in 0..runs as u64 {
        for words in [4, 1] {
            // SAFETY: the finger is the reader's; runs are read as they were written.
            unsafe {
                if finger.at_end() {
                    reader.resume(finger);
                    finger = reader.next_piece();
                }
                assert_eq!(finger.peek(), run);
                assert_eq!(*finger.run(words).add(words - 1), run);
            }
        }
    }
    assert!(finger.at_end());
}

#[test]
fn a_patched_word_is_read_patched() {
    let mut writer = Writer::new();
    let place = writer.reserve();
    for _ in 0..2 * FULL {
        writer.put(1);
    }
    // SAFETY: the place is of this writer.
    unsafe { writer.patch(place, 42) };
    assert_eq!(writer.finish().read().get(), 42);
}

#[test]
fn rewinding_takes_back_what_came_later() {
    let mut writer = Writer::new();
    let empty = writer.mark();
    writer.put(1);
    let one = writer.mark();
    writer.fill(FULL * 2, |i| i as u64);
    // SAFETY: the marks are of this writer, the later one first.
    unsafe { writer.rewind(one) };
    writer.put(2);
    let two = writer.mark();
    writer.put(3);
    // SAFETY: as above.
    unsafe { writer.rewind(two) };
    let tape = writer.finish();
    let mut reader = tape.read();
    assert_eq!((tape.byte_len(), reader.get(), reader.get()), (16, 1, 2));
    writer.put(4);
    // SAFETY: as above; what was written since went with the first tape.
    unsafe { writer.rewind(empty) };
    assert!(writer.is_empty());
}

#[test]
fn clearing_forgets_everything() {
    let mut writer = Writer::new();
    writer.fill(FULL * 2, |i| i as u64);
    writer.clear();
    assert!(writer.is_empty());
    writer.put(5);
    let tape = writer.finish();
    assert_eq!((tape.byte_len(), tape.read().get()), (8, 5));
}
