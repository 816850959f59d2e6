<?php
// A hundred chat rooms, each an actor: an object with a life of its own, in one of a few threads. Nobody locks anything.

use Async\Actor;
use function Async\{await_all_or_fail, available_parallelism, spawn};

class ChatRoom extends Actor
{
    private array $messages = [];

    public function __construct(private string $name) {}

    public function postMessage(string $user, string $text): void
    {
        $this->messages[] = [$user, $text];
    }

    public function getMessages(): array
    {
        return $this->messages;
    }
}

class Rooms extends Actor
{
    private array $rooms = [];

    /** A handle of the room, which is made when it is asked for first. */
    public function room(string $name): ChatRoom
    {
        return $this->rooms[$name] ??= new ChatRoom($name);
    }

    public function broadcast(string $text): int
    {
        $posts = array_map(fn (ChatRoom $room) => $room->postMessageAsync('system', $text), $this->rooms);
        await_all_or_fail($posts);
        return count($posts);
    }
}

[$rooms, $users, $posts] = [100, 20, 250];
$lobby = new Rooms();
$start = hrtime(true);

$coroutines = [];
for ($u = 0; $u < $users; $u++) {
    $coroutines[] = spawn(function (string $user) use ($lobby, $rooms, $posts) {
        $pending = [];
        for ($i = 0; $i < $posts; $i++) {
            $room = $lobby->room('room ' . ($i % $rooms));
            $pending[] = $room->postMessageAsync($user, "message $i");
        }
        await_all_or_fail($pending);
    }, "user $u");
}
await_all_or_fail($coroutines);
$reached = $lobby->broadcast('Good night!');

$total = 0;
for ($r = 0; $r < $rooms; $r++) {
    $last = [];
    foreach ($lobby->room("room $r")->getMessages() as [$user, $text]) {
        $number = $user === 'system' ? 0 : (int) substr($text, 8);
        if (isset($last[$user]) && $number <= $last[$user]) {
            exit("A message of $user came twice or out of order!\n");
        }
        $last[$user] = $number;
        $total++;
    }
}
if ($total !== $users * $posts + $reached) {
    exit("$total messages arrived!\n");
}
printf("%d users posted %d messages to %d rooms on %d threads in %.0f ms; each arrived once and in order\n",
    $users, $users * $posts, $reached, available_parallelism(), (hrtime(true) - $start) / 1e6);
