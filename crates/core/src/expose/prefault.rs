//! Room for a large text: the kernel puts memory behind it while what goes there is still being read.

use crate::os::platform;
use crate::sync::{LocalBool, Ordering};
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::LazyLock;
use std::thread;

/// A smaller text has its memory before another thread would have begun.
const LARGE: usize = 1 << 20;
/// So much is asked for at a time: meanwhile the process can map nothing else, and the thread does not end.
const STEP: usize = 1 << 18;

/// Whether two threads can do more than one.
static HAS_CORES: LazyLock<bool> =
    LazyLock::new(|| thread::available_parallelism().is_ok_and(|cores| cores.get() > 1));

/// Calls `write`, and has the memory fetched for the room that `out` has: a second thread goes ahead where there is much.
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
                // Relaxed: whatever it says, nothing but time depends on it.
                if is_written.load(Ordering::Relaxed) {
                    break;
                }
                platform::populate(start..room.end.min(start + STEP));
            }
        };
        // Without a thread each page comes by its fault.
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
            // More than there is room for, so that it moves meanwhile.
            with_prefault(&mut out, |out| out.extend((0..length + STEP).map(bytes)));
            assert!((0..length + STEP).map(bytes).eq(out));
        }
    }
}
