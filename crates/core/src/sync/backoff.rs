//! Repeated attempts with growing pauses.

use std::time::{Duration, Instant};

/// The fewest attempts before the wait ends.
const LEAST_TRIES: u32 = 32;

/// Pauses between attempts, which grow.
///
/// On a loaded machine the time may pass while this thread waits for the processor. That says nothing about the holder of a
/// lock. So the wait does not end before [`LEAST_TRIES`] attempts, about 25 ms on an idle machine, unless `most` has passed.
pub struct Backoff {
    wait: Duration,
    most: Duration,
    started: Instant,
    tries: u32,
    next: Duration,
}

impl Backoff {
    /// Waits for `wait`, or not at all if that is zero.
    pub fn new(wait: Duration, most: Duration) -> Backoff {
        Backoff {
            wait,
            most,
            started: Instant::now(),
            tries: 0,
            next: Duration::from_micros(2),
        }
    }

    /// Pauses after a failed attempt. `false`: that was the last one.
    pub fn pause(&mut self) -> bool {
        self.tries += 1;
        let waited = self.started.elapsed();
        if self.wait.is_zero()
            || waited >= self.most
            || self.tries >= LEAST_TRIES && waited >= self.wait
        {
            return false;
        }
        if self.next < Duration::from_micros(16) {
            std::thread::yield_now();
        } else {
            std::thread::sleep(self.next);
        }
        self.next = (self.next * 2).min(Duration::from_millis(1));
        true
    }
}
