//! The board: shared memory beside the heap, in which each process counts its updates.
//!
//! A process updates a metric first and its row second. When it is killed, the metric is at most one update ahead.

use shared_memory::{Shmem, ShmemConf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Words of a row.
const ROW: usize = 8;

/// Rows of counts, and a flag that stops all processes.
pub struct Board {
    memory: Shmem,
}

// SAFETY: the memory is only ever used as atomics, and `Shmem` is only kept to be dropped.
unsafe impl Send for Board {}
// SAFETY: as above.
unsafe impl Sync for Board {}

impl Board {
    /// Makes a board with that many rows.
    pub fn create(id: &str, rows: usize) -> Board {
        let memory = ShmemConf::new().os_id(id).size((rows + 1) * ROW * 8);
        Board {
            memory: memory.create().expect("a board"),
        }
    }

    /// Opens the board that another process has made.
    pub fn open(id: &str) -> Board {
        Board {
            memory: ShmemConf::new().os_id(id).open().expect("the board"),
        }
    }

    fn words(&self) -> &[AtomicU64] {
        let words = self.memory.as_ptr().cast::<AtomicU64>();
        // SAFETY: the mapping is page-aligned, has this length, lives as long as `self`, and is used only as atomics.
        unsafe { std::slice::from_raw_parts(words, self.memory.len() / 8) }
    }

    /// Stores in a row how often something was done, after the update itself.
    pub fn acknowledge(&self, row: usize, what: usize, count: u64) {
        // Release: a reader that finds the acknowledgement finds the update.
        self.words()[(row + 1) * ROW + what].store(count, Ordering::Release);
    }

    /// How often something was done, by all rows together.
    pub fn acknowledged(&self, what: usize) -> u64 {
        let rows = self.words()[ROW..].chunks(ROW);
        // Acquire: pairs with the Release store of an acknowledgement.
        rows.map(|row| row[what].load(Ordering::Acquire)).sum()
    }

    /// How often something was done, by one row.
    pub fn of_row(&self, row: usize, what: usize) -> u64 {
        self.words()[(row + 1) * ROW + what].load(Ordering::Acquire)
    }

    /// Stops all processes.
    pub fn finish(&self) {
        self.words()[0].store(1, Ordering::Release);
    }

    /// Whether all processes are to finish.
    pub fn is_finished(&self) -> bool {
        self.words()[0].load(Ordering::Acquire) != 0
    }
}
