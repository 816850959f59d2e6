--TEST--
Headers in a thread are as on any command line: to be set until the first output, which says where it was
--FILE--
<?php
$thread = new Async\Thread(function () {
    $before = headers_sent();
    http_response_code(404);
    header_register_callback(fn () => print "callback\n");
    header('X-Powered-By: a thread');
    echo "output\n";
    $line = __LINE__ - 1;
    header('X-Late: yes');
    return [$before, http_response_code(), headers_sent($file, $sent) && $file === __FILE__ && $sent === $line];
});
var_dump(Async\await($thread), headers_sent());
?>
--EXPECTF--
callback
output

Warning: Cannot modify header information - headers already sent by (output started at %sheaders.php:7) in %sheaders.php on line 9
array(3) {
  [0]=>
  bool(false)
  [1]=>
  int(404)
  [2]=>
  bool(true)
}
bool(false)
