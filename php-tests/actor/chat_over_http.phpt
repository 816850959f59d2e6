--TEST--
The example of a chat over HTTP answers every request of clients in other threads, and 404 for unknown rooms
--EXTENSIONS--
async_threads
--FILE--
<?php
$argv = ['chat_server.php', '0.3'];
require __DIR__ . '/../../examples/chat_server.php';
--EXPECTF--
chat over HTTP: %d requests/s from 32 clients; %d messages kept, %d requests for an unknown room answered with 404
