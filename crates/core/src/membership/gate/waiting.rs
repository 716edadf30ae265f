//! The wait at a gate, which blocks the event loop of a newcomer: short for each holder, and only once for one that is stopped.

use crate::error::{Error, Result};
use crate::os::lock::LockFile;
use crate::sync::per_process;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a newcomer waits for one holder.
const HOLDER_WAIT: Duration = Duration::from_millis(200);

per_process! {
    /// The gates at which this process has waited in vain. It does not wait there again until it has come through.
    static STUCK: Mutex<Option<Vec<PathBuf>>> = Mutex::new(None);
}

fn with_stuck<Answer>(with: impl FnOnce(&mut Vec<PathBuf>) -> Answer) -> Answer {
    STUCK.with(|stuck| {
        let mut gates = stuck
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        with(gates.get_or_insert_default())
    })
}

/// Locks the file of a gate, whichever the name leads to by then.
///
/// Each holder leaves its time in the file. While that changes, the gate goes from hand to hand, and the wait goes on, for at most
/// `wait` in all.
pub(super) fn locked(path: &Path, wait: Duration) -> Result<LockFile> {
    let started = Instant::now();
    let is_stuck = with_stuck(|gates| gates.iter().any(|gate| gate == path));
    let patience = if is_stuck {
        Duration::ZERO
    } else {
        HOLDER_WAIT
    };
    loop {
        let lock = LockFile::open_or_create(path.to_owned())?;
        let left = wait.saturating_sub(started.elapsed());
        let before = lock.touched();
        if lock.exclusive_within(left.min(patience), Duration::MAX)? {
            lock.touch();
            if lock.is_current() {
                with_stuck(|gates| gates.retain(|gate| gate != path));
                return Ok(lock);
            }
        } else if left.is_zero() || is_stuck || lock.touched() == before {
            with_stuck(|gates| {
                gates.retain(|gate| gate != path);
                gates.push(path.to_owned());
            });
            return Err(Error::GateTimeout {
                seconds: started.elapsed().as_secs_f64(),
            });
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_holder_makes_a_newcomer_wait_once_and_briefly() {
        let path = std::env::temp_dir().join(format!("mpm-gate-{}", std::process::id()));
        let wait = Duration::from_secs(60);
        let holder = locked(&path, wait).unwrap();
        // Far below the longest wait, whatever else the machine does: that is what the newcomer is told.
        let seconds = |result: Result<LockFile>| match result {
            Err(Error::GateTimeout { seconds }) => seconds,
            other => panic!("{other:?}"),
        };
        let first = seconds(locked(&path, wait));
        assert!((0.2..wait.as_secs_f64()).contains(&first), "{first}");
        assert!(with_stuck(|gates| gates.contains(&path)));
        // The whole wait of a retry is one look.
        assert!(locked(&path, wait).is_err());
        drop(holder);
        drop(locked(&path, wait).unwrap());
        assert!(!with_stuck(|gates| gates.contains(&path)));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_gate_that_changes_hands_is_waited_for() {
        let path = std::env::temp_dir().join(format!("mpm-hands-{}", std::process::id()));
        let holder = locked(&path, Duration::from_secs(60)).unwrap();
        let next = path.clone();
        let waiting =
            std::thread::spawn(move || locked(&next, Duration::from_secs(60)).map(|_| ()));
        // As holders after each other, each of which holds it for far less than a newcomer waits for one.
        for _ in 0..50 {
            std::thread::sleep(HOLDER_WAIT / 20);
            holder.touch();
        }
        drop(holder);
        waiting.join().unwrap().unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
