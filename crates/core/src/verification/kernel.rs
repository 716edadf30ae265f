//! The kernel in models: each thread is a process, and loom chooses the order of their calls.
//!
//! Files and their locks are real, in a folder of the model's own. A lock belongs to an open file, so threads that stand for
//! processes have separate locks. Segments consist of loom's words.

use crate::error::{Error, Result};
use crate::sync::AtomicU64;
use loom::sync::atomic::AtomicU64 as Turn;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The words of a segment.
pub type Mapping = Arc<[AtomicU64]>;

loom::lazy_static! {
    /// All calls change it, so loom lets them fall in every order.
    static ref TURN: Turn = Turn::new(0);
}

/// How a process fares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    /// The process lives on.
    Long,
    /// The process dies after this many more calls.
    Short(usize),
    /// The process is dead, and the kernel closes its files.
    Over,
}

loom::thread_local! {
    static LIFE: Cell<Life> = Cell::new(Life::Long);
}

/// The panic of a killed process.
struct Death;

/// A process calls the kernel.
pub fn call() {
    if is_dead() {
        return;
    }
    // SeqCst: the kernel executes one call after the other.
    TURN.fetch_add(1, Ordering::SeqCst);
    LIFE.with(|life| match life.get() {
        Life::Short(0) => {
            life.set(Life::Over);
            resume_unwind(Box::new(Death));
        }
        Life::Short(calls) => life.set(Life::Short(calls - 1)),
        Life::Long | Life::Over => {}
    });
}

/// Whether this process was killed.
pub fn is_dead() -> bool {
    LIFE.with(Cell::get) == Life::Over
}

/// Runs an operation in a process that dies after this many calls to the kernel. `None`: it died.
///
/// Its stack is unwound, which closes its files and thus releases its locks.
pub fn dies_after<T>(calls: usize, operation: impl FnOnce() -> T) -> Option<T> {
    LIFE.with(|life| life.set(Life::Short(calls)));
    let ended = catch_unwind(AssertUnwindSafe(operation));
    LIFE.with(|life| life.set(Life::Long));
    match ended {
        Ok(done) => Some(done),
        Err(cause) if cause.is::<Death>() => None,
        Err(cause) => resume_unwind(cause),
    }
}

/// In a model, a wait lasts until another thread has done something.
pub struct Backoff(bool);

impl Backoff {
    pub fn new(wait: Duration, _most: Duration) -> Backoff {
        Backoff(!wait.is_zero())
    }

    pub fn pause(&mut self) -> bool {
        if self.0 {
            loom::thread::yield_now();
        }
        self.0
    }
}

/// The named objects. Concurrent models, in threads of the system, have one each.
struct Names {
    directory: PathBuf,
    segments: Mutex<BTreeMap<String, Mapping>>,
}

impl Names {
    fn new() -> Names {
        let thread = std::thread::current().id();
        let name = format!("mpm-models-{}-{thread:?}", std::process::id());
        let directory = std::env::temp_dir().join(name.replace(['(', ')'], ""));
        std::fs::create_dir_all(&directory).expect("a folder for the files of a model");
        Names {
            directory,
            segments: Mutex::default(),
        }
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        // A failed model leaves its files.
        let _ = std::fs::remove_dir(&self.directory);
    }
}

std::thread_local! {
    static NAMES: Names = Names::new();
}

fn segments<T>(with: impl FnOnce(&mut BTreeMap<String, Mapping>) -> T) -> T {
    NAMES.with(|names| {
        with(
            &mut names
                .segments
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    })
}

/// Where the files of the model are.
pub fn directory() -> Result<PathBuf> {
    Ok(NAMES.with(|names| names.directory.clone()))
}

/// Names some words. The name leads to them until it is removed.
pub fn make_segment(id: &str, words: Mapping) -> Mapping {
    segments(|segments| segments.insert(id.to_owned(), words.clone()));
    words
}

/// The words of that name.
pub fn segment(id: &str) -> Option<Mapping> {
    segments(|segments| segments.get(id).cloned())
}

/// Removes the name of a segment. Existing mappings stay.
pub fn unlink_segment(id: &str) {
    if segment(id).is_some() {
        call();
        segments(|segments| segments.remove(id));
    }
}

/// All names.
pub fn names() -> Result<Vec<String>> {
    let directory = directory()?;
    let listed = std::fs::read_dir(&directory)
        .map_err(|error| Error::from_io(directory.display().to_string(), error))?;
    let files = listed
        .flatten()
        .map(|entry| entry.file_name().display().to_string());
    Ok(files
        .chain(segments(|segments| {
            segments.keys().cloned().collect::<Vec<_>>()
        }))
        .collect())
}
