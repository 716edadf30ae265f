//! Memory for a large text, which the kernel provides while the first families are still being read.

use crate::os::platform;
use crate::sync::{LocalBool, Ordering};
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::LazyLock;
use std::thread;

/// A smaller text has its memory before another thread would have begun.
const LARGE: usize = 1 << 20;
/// The step of one request. During a request the process can map nothing else, and the thread cannot end.
const STEP: usize = 1 << 18;

/// Whether two threads can do more than one.
static HAS_CORES: LazyLock<bool> =
    LazyLock::new(|| thread::available_parallelism().is_ok_and(|cores| cores.get() > 1));

/// Calls `write` while the memory of `out`'s spare capacity is fetched: by a second thread if there is much.
pub(super) fn with_prefault<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let room = addresses(out.spare_capacity_mut());
    if room.len() < LARGE || !*HAS_CORES {
        platform::populate(room);
        return write(out);
    }
    let is_written = LocalBool::new(false);
    thread::scope(|scope| {
        let ahead = || {
            for start in room.clone().step_by(STEP) {
                // Relaxed: the flag only saves time.
                if is_written.load(Ordering::Relaxed) {
                    break;
                }
                platform::populate(start..room.end.min(start + STEP));
            }
        };
        // Without the thread each page comes with its fault.
        let _ = thread::Builder::new().spawn_scoped(scope, ahead);
        let written = write(out);
        is_written.store(true, Ordering::Relaxed);
        written
    })
}

fn addresses(memory: &mut [MaybeUninit<u8>]) -> Range<usize> {
    let start = memory.as_ptr().addr();
    start..start + memory.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(
        miri,
        ignore = "Miri has no kernel to ask, and takes an hour for so many bytes"
    )]
    fn what_is_written_stays_as_it_is_while_memory_is_fetched() {
        let bytes = |at: usize| at as u8;
        for length in [0, 1, LARGE - 1, LARGE, 3 * LARGE + 5] {
            let mut out = Vec::with_capacity(length);
            // More than the capacity, so that the text moves meanwhile.
            with_prefault(&mut out, |out| out.extend((0..length + STEP).map(bytes)));
            assert!((0..length + STEP).map(bytes).eq(out));
        }
    }
}
