//! async_threads: real threads for PHP. See ARCHITECTURE.md for the map.

mod sys;
mod zend;
