//! The clocks: when something happened, and in which window of time a value falls.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the Unix epoch.
pub(crate) fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}

/// Seconds on the machine's monotonic clock: the same for all processes, whatever runs in them, so that the windows of
/// their summaries begin together. It is `CLOCK_MONOTONIC`, or the unbiased interrupt time of Windows.
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

/// Seconds on the machine's monotonic clock: the same for all processes, whatever runs in them, so that the windows of
/// their summaries begin together. It is `CLOCK_MONOTONIC`, or the unbiased interrupt time of Windows.
#[cfg(windows)]
pub fn monotonic() -> f64 {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn QueryUnbiasedInterruptTime(time: *mut u64) -> i32;
    }
    let mut time = 0;
    // SAFETY: `time` is there to be written to; the call fails for a null pointer alone.
    unsafe { QueryUnbiasedInterruptTime(&mut time) };
    // It is in units of 100 ns.
    time as f64 / 1e7
}
