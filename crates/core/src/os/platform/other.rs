//! Systems whose shared memory has no file system: lock files lie in a directory of the user's.

#[cfg(unix)]
use super::ownership::{check_directory, restrict, user};
#[cfg(windows)]
use super::windows::{check_directory, restrict, user};
use crate::error::{Error, Result};
use crate::sync::{AtomicU64, Ordering};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// The directory of the lock files. It is made for this user alone if it is missing.
pub fn directory() -> Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("mpmetrics-{}", user()));
    match std::fs::create_dir(&path) {
        Ok(()) => restrict(&path)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::from_io(path.display().to_string(), error)),
    }
    check_directory(&path)?;
    Ok(path)
}

/// Nothing to do: these systems put memory behind the whole object when it is made.
pub fn reserve(_segment: &str, _bytes: Range<u64>, _addresses: Range<usize>) -> Result<()> {
    Ok(())
}

/// These systems do not tell how much of a segment is used.
pub fn backed(_segment: &str) -> Option<u64> {
    None
}

/// These systems do not tell how much memory is left.
pub fn may_have_room(_bytes: u64) -> bool {
    true
}

/// Segments are no files here, and have the rights that their maker asked for.
pub fn permit_segment(_segment: &str) -> Result<()> {
    Ok(())
}

/// Nothing to check: a segment has no path, and its maker has set its mode.
pub fn check_segment(_segment: &str) -> Result<()> {
    Ok(())
}

/// Removes the name of a segment. Existing mappings stay.
#[cfg(unix)]
pub fn unlink_segment(segment: &str) {
    // It does not matter if the name is gone already.
    let _ = rustix::shm::unlink(format!("/{segment}"));
}

/// Nothing to do: each page comes with its fault.
pub fn populate(_addresses: Range<usize>) {}

/// How often a word is looked at that another process may change.
const LOOK: Duration = Duration::from_millis(5);

/// How often this process has woken its waiters. Each waiter looks again when this changes, whichever word it waits for.
static WOKEN: Mutex<u64> = Mutex::new(0);
static WAKING: Condvar = Condvar::new();

fn woken() -> MutexGuard<'static, u64> {
    // It only counts, so a panic leaves nothing half done.
    WOKEN
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Sleeps while the lower half of a word is `seen`, until a thread of this process wakes its waiters, or until `timeout`. It
/// may return early. Other processes cannot wake this one, so the word is polled.
pub fn wait_for_change(word: &AtomicU64, seen: u32, timeout: Duration) {
    let started = Instant::now();
    let mut wakes = woken();
    let before = *wakes;
    // Acquire: after the change the waiter also sees the stores before it.
    while word.load(Ordering::Acquire) as u32 == seen && *wakes == before {
        let left = timeout.saturating_sub(started.elapsed());
        if left.is_zero() {
            return;
        }
        wakes = match WAKING.wait_timeout(wakes, LOOK.min(left)) {
            Ok((wakes, _)) => wakes,
            Err(poisoned) => poisoned.into_inner().0,
        };
    }
}

/// Wakes the waiters of this process, whichever word they wait for.
pub fn wake(_word: &AtomicU64) {
    *woken() += 1;
    WAKING.notify_all();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Longer than any test may take.
    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_wait_for_an_unchanged_word_can_be_woken() {
        let word = AtomicU64::new(7);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| wait_for_change(&word, 7, LONG));
            while !waiting.is_finished() {
                // It may not sleep yet.
                wake(&word);
                thread::yield_now();
            }
        });
    }

    #[test]
    fn a_waiter_sees_a_change_without_a_wake_up() {
        let word = AtomicU64::new(7);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| wait_for_change(&word, 7, LONG));
            word.store(8, Ordering::Release);
            waiting.join().unwrap();
        });
    }
}
