--TEST--
phpinfo() tells the version, the PHP it was built for, live threads and the settings
--FILE--
<?php
require __DIR__ . '/../thread/gate.inc';
use Async\Thread;

$gate = open_gate();
$address = address_of($gate);
$thread = new Thread(function () use ($address) { pass($address); });
$guest = await_arrival($gate);
ob_start();
(new ReflectionExtension('async_threads'))->info();
echo ob_get_clean();
fclose($guest);
--EXPECTF--

async_threads

Version => %d.%d.%d
Built for PHP => 8.%d.%d ZTS%S
Live threads => 1

Directive => Local Value => Master Value
async_threads.thread_cache => 8 => 8
%Aasync_threads.unobserved => warning => warning
