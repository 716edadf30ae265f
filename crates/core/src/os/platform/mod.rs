//! The differences between operating systems: the directory of lock files, and the reservation of memory.
//!
//! With the feature `portable`, Linux uses the code of macOS, so that its tests run there too.

#[cfg(all(target_os = "linux", not(feature = "portable")))]
#[cfg_attr(loom, allow(dead_code))]
mod linux;
#[cfg(all(target_os = "linux", not(feature = "portable")))]
pub use linux::*;

#[cfg(any(not(target_os = "linux"), feature = "portable"))]
mod other;
#[cfg(any(not(target_os = "linux"), feature = "portable"))]
pub use other::*;

#[cfg(unix)]
mod ownership;
#[cfg(unix)]
pub use ownership::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;

#[cfg(loom)]
pub use crate::verification::kernel::{directory, unlink_segment};
