dnl phpize && ./configure && make && make test && sudo make install
dnl
dnl The extension is a Rust crate, so phpize's own rules for C sources are not used: configure only
dnl checks what is needed, and Makefile.frag has cargo build the module where phpize expects it.

PHP_ARG_ENABLE([async-threads],
  [whether to enable async_threads],
  [AS_HELP_STRING([--enable-async-threads], [Enable real threads for PHP (async_threads)])],
  [yes])

if test "$PHP_ASYNC_THREADS" != "no"; then
  if test "$PHP_THREAD_SAFETY" != "yes"; then
    AC_MSG_ERROR([async_threads needs a thread-safe (ZTS) PHP and $PHP_CONFIG belongs to one without: run the phpize of a PHP built with --enable-zts, then ./configure --with-php-config=/path/to/its/php-config])
  fi

  AC_PATH_PROG([CARGO], [cargo], [no])
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([async_threads is written in Rust and needs cargo to build: install Rust 1.89 or later, or add its directory to PATH])
  fi
  PHP_SUBST([CARGO])

  dnl cargo runs in make, where this is the only way to tell it which PHP is meant. A name that was
  dnl found on PATH has to be made absolute: `sudo make install` may have another PATH.
  AC_PATH_PROG([ASYNC_THREADS_PHP_CONFIG], [$PHP_CONFIG], [$PHP_CONFIG])
  PHP_SUBST([ASYNC_THREADS_PHP_CONFIG])

  dnl What PHP_NEW_EXTENSION would set for a shared module; `make test` and `make install` go by it.
  install_modules="install-modules"
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/async_threads.la"
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$(pwd)])
fi
