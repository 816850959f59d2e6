//! Build script: asks `php-config` for the headers, refuses a PHP without ZTS, makes the bindings, and compiles the C shim.
//!
//! `$PHP_CONFIG` names the php-config to use; without it the one on PATH is taken. Bindings and structure layouts come from the very
//! headers the extension will run with: a debug build of PHP and each minor version have layouts of their own.

#[path = "stubs/generate.rs"]
mod stub;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const STUB: &str = "stubs/async_threads.stub.php";

fn main() {
    println!("cargo::rerun-if-changed=stubs/generate.rs");
    println!("cargo::rerun-if-changed={STUB}");
    println!("cargo::rerun-if-changed=src/sys");
    println!("cargo::rerun-if-env-changed=PHP_CONFIG");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let php = Php::find();

    let stub = stub::parse(&fs::read_to_string(STUB).expect("the stub"));
    fs::write(out.join("api.h"), stub::c_tables(&stub)).expect("writing api.h");
    fs::write(out.join("doors.rs"), stub::rust_doors(&stub)).expect("writing doors.rs");

    bindings(&php, &out);
    shim(&php, &out);

    for version in ["php82", "php83", "php84"] {
        if version == format!("php{}{}", php.version / 10000, php.version / 100 % 100) {
            println!("cargo::rustc-cfg={version}");
        }
    }
    if php.debug {
        println!("cargo::rustc-cfg=php_debug");
    }
    // Lazy binding lets a PHP without ZTS load the module far enough to say what is wrong; nodelete keeps the code mapped for parked
    // threads when PHP unloads its modules.
    println!("cargo::rustc-link-arg-cdylib=-Wl,-z,lazy");
    println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
}

/// Ends the build with one line.
fn stop(message: &str) -> ! {
    println!("cargo::error={message}");
    std::process::exit(1)
}

/// What php-config says.
struct Php {
    includes: Vec<String>,
    version: u32,
    debug: bool,
}

impl Php {
    fn find() -> Php {
        let config = env::var("PHP_CONFIG").unwrap_or_else(|_| "php-config".to_owned());
        let ask = |what: &str| -> String {
            let answer = Command::new(&config).arg(what).output();
            match answer {
                Ok(answer) if answer.status.success() => String::from_utf8_lossy(&answer.stdout).trim().to_owned(),
                _ => stop(&format!(
                    "cannot run `{config} {what}`: set PHP_CONFIG to the php-config of a thread-safe PHP 8.2 - 8.4, or use `cargo xtask build`"
                )),
            }
        };
        let version: u32 = ask("--vernum").parse().unwrap_or(0);
        if !(80200..80500).contains(&version) {
            stop(&format!("async_threads is for PHP 8.2 - 8.4, {config} is of {}: set PHP_CONFIG to another", ask("--version")));
        }
        let includes: Vec<String> = ask("--includes").split_whitespace().map(str::to_owned).collect();
        let header = includes
            .iter()
            .map(|i| Path::new(i.trim_start_matches("-I")).join("main/php_config.h"))
            .find(|p| p.exists())
            .unwrap_or_else(|| {
                stop(&format!("{config} names no folder with main/php_config.h: install PHP's development headers"))
            });
        println!("cargo::rerun-if-changed={}", header.display());
        let header = fs::read_to_string(header).expect("php_config.h");
        if !header.contains("#define ZTS 1") {
            stop(&format!(
                "PHP {} of {config} is not thread-safe (NTS), and async_threads needs ZTS: set PHP_CONFIG to one configured with --enable-zts, or use `cargo xtask build`",
                ask("--version")
            ));
        }
        Php { includes, version, debug: header.contains("#define ZEND_DEBUG 1") }
    }
}

fn bindings(php: &Php, out: &Path) {
    let builder = bindgen::Builder::default()
        .header("src/sys/engine.h")
        .clang_args(&php.includes)
        .clang_arg("-DZEND_ENABLE_STATIC_TSRMLS_CACHE=1")
        .allowlist_function("(_?zend|php|sapi|_?object|ts|tsrm|smart_str|_?php|gc|destroy|virtual|pass|function|get|add|lcg|expand|append|array|do_bind)_.*")
        .allowlist_function("(_?e(malloc|free|realloc|calloc).*|zval_.*|convert_.*|rc_dtor_func|instanceof_.*|at_.*)")
        .allowlist_type("(_?zend|_?php|sapi|at|ts|tsrm)_.*|zval|HashTable|Bucket|smart_str")
        .allowlist_var("(zend|ZEND|php|PHP|IS|E|GC|HASH|MAY_BE|XtOffsetOf|SUCCESS|FAILURE|sapi|module_registry|std_object_handlers|_zend|at)_.*|sapi_module|module_registry|std_object_handlers|TSRM_.*|_?IS_.*")
        .blocklist_item("(FP|IPPORT|FE)_.*")
        .blocklist_function("zend_(sigaction|signal)|.*printf|.*_va|zend_vspprintf|zend_vstrpprintf|zend_strtod|php_.*(fcvt|gcvt|conv_fp).*")
        .blocklist_function(".*(ld|l)_(test|dbl).*")
        .layout_tests(true)
        .derive_default(false)
        .derive_copy(true)
        .derive_debug(false)
        .default_enum_style(bindgen::EnumVariation::Consts)
        .prepend_enum_name(false)
        .generate_comments(false)
        .wrap_unsafe_ops(true)
        .rust_edition(bindgen::RustEdition::Edition2024)
        .use_core()
        .generate();
    let made = builder.unwrap_or_else(|error| stop(&format!("bindgen failed ({error}): is libclang installed?")));
    made.write_to_file(out.join("engine.rs")).expect("writing bindings");
}

fn shim(php: &Php, out: &Path) {
    let mut build = cc::Build::new();
    build
        .file("src/sys/shim.c")
        .file("src/sys/fiber_shim.c")
        .file("src/sys/stream_shim.c")
        .file("src/sys/function_shim.c")
        .file("src/sys/actor_class.c")
        .file("src/sys/actor_handle.c")
        .file("src/sys/actor_wraps.c")
        .file("src/sys/transfer_shim.c")
        .file("src/sys/autoload_shim.c")
        .file("src/sys/code_shim.c")
        .file("src/sys/time_limit.c")
        .file("src/sys/module.c")
        .include(out)
        .include("src/sys");
    for flag in &php.includes {
        build.flag(flag);
    }
    build
        .define("ZEND_ENABLE_STATIC_TSRMLS_CACHE", "1")
        .define("ZEND_COMPILE_DL_EXT", "1")
        .flag("-fvisibility=hidden")
        .flag("-Wno-unused-parameter")
        .flag("-Wno-sign-compare")
        .opt_level(2)
        .debug(true)
        .pic(true)
        .warnings(true)
        .compile("async_threads_shim");
}
