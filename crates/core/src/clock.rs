//! The clocks: the time of day, and the monotonic clock that numbers the windows of summaries.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the Unix epoch.
pub(crate) fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}

/// Seconds on the machine's monotonic clock: `CLOCK_MONOTONIC`, or the unbiased interrupt time of Windows. The clock is the
/// same for all processes and runtimes, so that the windows of their summaries begin together.
///
/// ```
/// let earlier = mpmetrics_core::clock::monotonic();
/// assert!(earlier > 0.0 && mpmetrics_core::clock::monotonic() >= earlier);
/// ```
#[cfg(unix)]
pub fn monotonic() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Seconds on the machine's monotonic clock: `CLOCK_MONOTONIC`, or the unbiased interrupt time of Windows. The clock is the
/// same for all processes and runtimes, so that the windows of their summaries begin together.
#[cfg(windows)]
pub fn monotonic() -> f64 {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn QueryUnbiasedInterruptTime(time: *mut u64) -> i32;
    }
    let mut time = 0;
    // SAFETY: the pointer is valid for a write; the call fails only for a null pointer.
    unsafe { QueryUnbiasedInterruptTime(&mut time) };
    // The unit of the clock is 100 ns.
    time as f64 / 1e7
}
