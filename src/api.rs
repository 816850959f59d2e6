//! The doors and class entries made from the stub. See `stubs/generate.rs`.
#![allow(missing_docs, non_upper_case_globals, non_snake_case, unreachable_pub, dead_code, reason = "made from the stub")]

include!(concat!(env!("OUT_DIR"), "/doors.rs"));
