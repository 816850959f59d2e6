# Rules for the Makefile that phpize and ./configure make; see config.m4.

ASYNC_THREADS_TARGET = $(builddir)/target

# Listed so that `sudo make install` builds nothing anew: root often has no cargo.
ASYNC_THREADS_SOURCES = $(shell find $(srcdir)/src $(srcdir)/core/src $(srcdir)/stubs $(srcdir)/build.rs \
	$(srcdir)/Cargo.toml $(srcdir)/Cargo.lock $(srcdir)/core/Cargo.toml -type f)

# php-tests/ is not where run-tests.php looks by itself.
TESTS ?= $(srcdir)/php-tests
NO_INTERACTION ?= 1
export NO_INTERACTION

# phpize's rules read the module's file name from a libtool archive.
$(phplibdir)/async_threads.la: $(phplibdir)/async_threads.so
	@echo "dlname='async_threads.so'" > $@

# config.status: another ./configure may mean another PHP.
# Moved into place, as writing over a library that a running PHP has mapped would crash it.
$(phplibdir)/async_threads.so: $(ASYNC_THREADS_SOURCES) $(builddir)/config.status
	@mkdir -p $(phplibdir)
	cd $(srcdir) && PHP_CONFIG='$(ASYNC_THREADS_PHP_CONFIG)' CARGO_TARGET_DIR='$(ASYNC_THREADS_TARGET)' \
		$(CARGO) build --release --locked --package async_threads
	@for library in libasync_threads.so libasync_threads.dylib; do \
		if test -f $(ASYNC_THREADS_TARGET)/release/$$library; then \
			cp $(ASYNC_THREADS_TARGET)/release/$$library $@.new && mv -f $@.new $@; \
		fi; \
	done
	@test -f $@ && touch $@

# phpize's own `clean` deletes every *.a, *.o and *.so below, cargo's too, and cargo would not notice
# that a build script's archives are gone. Half a target directory is worse than none.
clean: async-threads-clean
async-threads-clean:
	rm -rf $(ASYNC_THREADS_TARGET)
.PHONY: async-threads-clean
