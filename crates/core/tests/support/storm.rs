//! A storm: a heap, its board, and the processes that write.

use super::board::Board;
use super::families::{COUNTED, LABELLED, OBSERVED, SHARED, SPARSE};
use super::observer::Observer;
use super::process::Process;
use std::time::Duration;

/// A heap, its board, and the processes that write.
pub struct Storm {
    pub name: String,
    pub board: Board,
    board_id: String,
    next_row: usize,
    changes: u64,
}

impl Storm {
    /// Makes a board with that many rows, and no heap yet. `changes` is for `writer_process`.
    pub fn new(name: &str, rows: usize, changes: u64) -> Storm {
        let name = format!("{name}-{}", std::process::id());
        let board_id = format!("/mpm-board-{name}");
        Storm {
            board: Board::create(&board_id, rows),
            board_id,
            name,
            next_row: 0,
            changes,
        }
    }

    /// Starts a writer process.
    pub fn start(&mut self) -> Process {
        self.next_row += 1;
        let row = (self.next_row - 1).to_string();
        let environment = [
            ("STORM_HEAP", self.name.as_str()),
            ("STORM_BOARD", &self.board_id),
            ("STORM_ROW", &row),
            ("STORM_CHANGES", &self.changes.to_string()),
        ];
        Process::start("writer_process", &environment)
    }

    /// Starts a process and waits until it has made its first round of updates.
    pub fn start_writing(&mut self) -> Process {
        let mut process = self.start();
        while self.board.of_row(self.next_row - 1, SHARED) == 0 {
            process.assert_running();
            std::thread::sleep(Duration::from_micros(200));
        }
        process
    }

    /// Every acknowledged update is counted, and at most one more for each kill.
    pub fn check(&self, observer: &Observer, kills: usize) {
        for (name, what) in [
            ("counter", COUNTED),
            ("histogram", OBSERVED),
            ("labelled", LABELLED),
            ("shared", SHARED),
            ("native", SPARSE),
        ] {
            let (total, least) = (observer.total(name), self.board.acknowledged(what) as f64);
            assert!(
                least > 0.0 && total >= least && total <= least + kills as f64,
                "{name} is {total}, acknowledged were {least}, with {kills} kills"
            );
        }
    }
}
