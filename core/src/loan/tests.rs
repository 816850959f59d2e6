use super::*;
use std::thread;

/// Lends a vector, which is its own keeper.
fn lend(lender: &mut Lender<Vec<u8>>, bytes: Vec<u8>) -> Arc<Loan> {
    // SAFETY: the heap block of a vector that is only moved stays where it is.
    unsafe { lender.lend(bytes.as_ptr(), bytes.len(), bytes) }
}

fn read(loan: &Loan, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    // SAFETY: as long as what was lent.
    unsafe { loan.copy_to(bytes.as_mut_ptr()) };
    bytes
}

/// Takes back by overwriting, so that a late reader would be seen.
fn spoil(mut bytes: Vec<u8>) {
    bytes.fill(0xee);
}

#[test]
fn a_loan_that_is_over_goes_home_once() {
    let mut lender = Lender::default();
    let loan = lend(&mut lender, vec![7; 1000]);
    assert_eq!(read(&loan, 1000), vec![7; 1000]);
    assert_eq!(read(&loan, 1000), vec![7; 1000]);
    lender.take_back(|_| panic!("still lent"));
    drop(loan);
    let mut back = Vec::new();
    lender.take_back(|bytes| back.push(bytes));
    lender.take_back(|bytes| back.push(bytes));
    lender.recall(|bytes| back.push(bytes));
    assert_eq!(back, [vec![7; 1000]]);
    assert_eq!(lender.count(), 0);
}

#[test]
fn a_lender_that_ends_first_leaves_a_copy() {
    let mut lender = Lender::default();
    let loan = lend(&mut lender, vec![9; 500]);
    lender.recall(spoil);
    assert_eq!(read(&loan, 500), vec![9; 500]);
    // The number comes home late and means nothing any more, nor after the lender is gone.
    let other = lend(&mut lender, vec![1; 5]);
    drop(loan);
    lender.take_back(|_| panic!("the other one is still lent"));
    lender.recall(spoil);
    drop(lender);
    assert_eq!(read(&other, 5), vec![1; 5]);
}

#[test]
fn a_loan_that_nobody_reads_goes_home() {
    let mut lender = Lender::default();
    drop(lend(&mut lender, vec![3; 10]));
    let mut count = 0;
    lender.take_back(|_| count += 1);
    assert_eq!(count, 1);
}

#[test]
fn both_at_once() {
    let rounds = if cfg!(miri) { 20 } else { 3000 };
    for round in 0..rounds {
        let mut lender = Lender::default();
        let length = 1 + round % 5000;
        let value = round as u8;
        let loan = lend(&mut lender, vec![value; length]);
        let again = loan.clone();
        thread::scope(|scope| {
            let readers = [loan, again].map(|loan| scope.spawn(move || read(&loan, length)));
            if round % 3 == 0 {
                lender.take_back(spoil);
            }
            lender.recall(spoil);
            drop(lender);
            for reader in readers {
                assert_eq!(reader.join().expect("no panic"), vec![value; length]);
            }
        });
    }
}
