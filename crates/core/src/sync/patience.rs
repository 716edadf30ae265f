//! How long somebody tries again, and with what pauses in between.

use std::time::{Duration, Instant};

/// As often at least does somebody try who waits.
const LEAST_TRIES: u32 = 32;

/// The patience of somebody who waits for others: the pauses grow.
///
/// On a machine under load the time may pass while this thread waits for its turn. That says nothing about the others, so they
/// are not given up before [`LEAST_TRIES`] tries, some 25 ms of an idle machine, unless `most` has passed.
pub struct Patience {
    wait: Duration,
    most: Duration,
    started: Instant,
    tries: u32,
    next: Duration,
}

impl Patience {
    /// Waits for as long as `wait`; not at all if that is zero.
    pub fn new(wait: Duration, most: Duration) -> Patience {
        Patience {
            wait,
            most,
            started: Instant::now(),
            tries: 0,
            next: Duration::from_micros(2),
        }
    }

    /// Pauses after a try that was in vain. False: it was the last.
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
