//! What the operating systems do differently: where lock files live, and how memory is reserved.

#[cfg(target_os = "linux")]
#[cfg_attr(loom, allow(dead_code))]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub use other::*;

#[cfg(unix)]
mod ownership;
#[cfg(unix)]
pub use ownership::*;

#[cfg(not(unix))]
mod no_ownership;
#[cfg(not(unix))]
pub use no_ownership::*;

#[cfg(loom)]
pub use crate::verification::kernel::{directory, unlink_segment};
