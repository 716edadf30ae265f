//! The operating system: files, locks, segments, processes.

pub(crate) mod lock;
pub(crate) mod name;
pub(crate) mod options;
pub(crate) mod platform;
pub mod process;
pub(crate) mod segment;
