//! Keeping: a heap stays for readers for a time after its last writer has ended, in whatever way.
//!
//! The writers store for how long ([`header::KEEP`]). A process that holds the gate and finds no lease held stores the
//! present time ([`header::ENDED`]): a writer that leaves, or the sweep after a kill. From then on the heap is kept for
//! that time. Each store is one word, so a death leaves the time stored or not. A newcomer never joins such a heap.

use crate::clock::now;
use crate::error::Result;
use crate::layout::{MAGIC, header};
use crate::os::name::HeapFiles;
use crate::os::segment::Segment;
use crate::storage::heap::Heap;
use crate::sync::{AtomicF64, Ordering};
use std::time::Duration;

/// Makes the heap stay for at least that long. The caller holds the gate, and a lease.
pub(crate) fn keep(heap: &Heap, time: Duration) -> Result<()> {
    let (word, seconds) = (heap.words.word(header::KEEP)?, time.as_secs());
    // Relaxed, both: the gate orders its holders.
    if word.load(Ordering::Relaxed) < seconds {
        word.store(seconds, Ordering::Relaxed);
    }
    Ok(())
}

/// Whether a heap without a held lease must stay. The caller holds the gate. The first call begins the time.
pub(super) fn is_kept(files: &HeapFiles) -> bool {
    let Some(segment) = files
        .of_present()
        .ok()
        .and_then(|files| first_segment(&files))
    else {
        return false;
    };
    let word = |place: u32| &segment.words()[place as usize];
    // Relaxed, both: the gate orders its holders.
    let keep = word(header::KEEP).load(Ordering::Relaxed);
    if keep == 0 {
        return false;
    }
    let ended = word(header::ENDED);
    if ended.load(Ordering::Relaxed) == 0 {
        ended.store_f64(now(), Ordering::Relaxed);
    }
    is_within(ended.load_f64(Ordering::Relaxed), keep, now())
}

/// The words of the first segment that all layouts have in common, of the heap with that tag. `None`: it is missing.
pub(super) fn first_segment(files: &HeapFiles) -> Option<Segment> {
    let segment = Segment::open(&files.segment(0), header::CLOSED as usize + 1).ok()?;
    // Relaxed: this word is constant in an existing heap.
    let magic = segment.words()[header::MAGIC as usize].load(Ordering::Relaxed);
    (magic == MAGIC).then_some(segment)
}

/// Whether the time is not over. A clock that was set back ends it.
pub(super) fn is_within(ended: f64, keep: u64, now: f64) -> bool {
    (0.0..keep as f64).contains(&(now - ended))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::{HeapName, HeapOptions, Writer, clean, observe, sweep_orphans};
    #[cfg(all(target_os = "linux", not(feature = "portable")))]
    use crate::{layout::LAYOUT_VERSION, os::lock::LockFile};

    #[test]
    fn the_time_ends_with_the_last_second_and_with_a_clock_that_is_set_back() {
        assert!(is_within(1000.0, 600, 1000.0) && is_within(1000.0, 600, 1599.9));
        assert!(!is_within(1000.0, 600, 1600.0) && !is_within(1000.0, 600, 999.0));
        assert!(!is_within(f64::NAN, 600, 1000.0));
    }

    /// Sweeps until the heap is closed. A sweep passes by a heap whose gate another process holds for its own sweep.
    fn is_swept(heap: &Heap) -> bool {
        (0..10_000).any(|_| {
            sweep_orphans();
            heap.is_closed()
        })
    }

    #[test]
    fn a_sweep_removes_a_kept_heap_when_its_time_is_over() {
        let name = HeapName::new(&format!("over-{}", std::process::id())).unwrap();
        let options = HeapOptions {
            name: Some(name),
            keep: Duration::from_secs(600),
            ..HeapOptions::default()
        };
        drop(Writer::attach(&options, 0).unwrap());
        sweep_orphans();
        let heap = observe(&options).unwrap();
        let ended = heap.words.word(header::ENDED).unwrap();
        ended.store_f64(now() - 599.0, Ordering::Relaxed);
        sweep_orphans();
        assert!(
            clean(false)
                .unwrap()
                .iter()
                .all(|gone| gone.name != options.name)
        );
        assert!(!heap.is_closed());
        ended.store_f64(now() - 600.0, Ordering::Relaxed);
        assert!(is_swept(&heap));
        assert_eq!(
            observe(&options).err().unwrap().code(),
            "MPMETRICS_NO_SUCH_HEAP"
        );
    }

    /// Segments are files there, so that the test can give them the names of another layout.
    #[cfg(all(target_os = "linux", not(feature = "portable")))]
    #[test]
    fn a_heap_of_another_layout_is_kept_for_its_time_and_then_closed() {
        let name = HeapName::new(&format!("layout-{}", std::process::id())).unwrap();
        let options = HeapOptions {
            name: Some(name.clone()),
            keep: Duration::from_secs(600),
            ..HeapOptions::default()
        };
        drop(Writer::attach(&options, 0).unwrap());
        let heap = observe(&options).unwrap();
        let files = HeapFiles::of(&name).unwrap().of_present().unwrap();
        let other = files.of_layout(LAYOUT_VERSION + 1);
        let directory = files.gate().parent().unwrap().to_owned();
        let segments = [&files, &other].map(|files| directory.join(files.segment(0)));
        // No other sweep takes the heap for an orphan meanwhile.
        let gate = LockFile::open(files.gate()).unwrap().unwrap();
        assert!(gate.try_exclusive().unwrap());
        let version = heap.words.word(header::VERSION).unwrap();
        version.store(LAYOUT_VERSION + 1, Ordering::Relaxed);
        std::fs::rename(&segments[0], &segments[1]).unwrap();
        std::fs::rename(files.tag(), other.tag()).unwrap();
        std::fs::rename(files.gate(), other.gate()).unwrap();
        drop(gate);

        sweep_orphans();
        assert!(
            clean(false)
                .unwrap()
                .iter()
                .all(|gone| gone.key != files.key())
        );
        assert!(!heap.is_closed() && segments[1].exists() && other.gate().exists());
        let ended = heap.words.word(header::ENDED).unwrap();
        ended.store_f64(now() - 600.0, Ordering::Relaxed);
        assert!(is_swept(&heap));
        // Another process may be about to remove these.
        assert!((0..10_000).any(|_| {
            sweep_orphans();
            !segments[1].exists() && !other.gate().exists()
        }));
    }
}
