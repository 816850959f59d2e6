//! L1: the engine as bindgen sees it, and the C shim. No policy, nothing safe.
#![allow(
    missing_docs,
    unreachable_pub,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    unused_imports,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    reason = "made by bindgen"
)]

include!(concat!(env!("OUT_DIR"), "/engine.rs"));
