//! The heaps to which this isolate is attached, by number.
//!
//! Plain functions take a number: to unwrap an object would cost more than an update. A heap may also end while JavaScript
//! still has its number.
//!
//! ```text
//! attach -> number            table of this thread         the writer leaves when
//!                             +---+-----------------+      - close() is called
//! counterAdd(number, ...) --> | 0 | Attached        |      - the NativeHeap was collected
//!                             | 1 | (has left)      |      - the isolate ends: process.exit,
//!                             +---+-----------------+        worker.terminate, normal end
//! ```
//!
//! However the process ends, the kernel releases the writer's lease. An orderly leave also removes the heap with its last
//! writer.

use crate::chunk::ChunkBuffers;
use crate::collectors::Listed;
use crate::error::{Result, bad_argument, node_api, thrown};
use mpmetrics_core::{Error as CoreError, Heap, Writer};
use napi::Env;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;
#[cfg(unix)]
use std::sync::Once;

/// A heap to which this isolate is attached.
pub struct Attached {
    /// The environment that has attached. A thread may have several, one after the other.
    environment: usize,
    /// The heap.
    pub heap: Arc<Heap>,
    /// The name of the heap in `info()`.
    pub display: Option<String>,
    /// Keeps this isolate on the list of collectors. Invariant: declared before the writer, so that it ends first.
    pub collectors: RefCell<Option<Listed>>,
    /// This isolate's slot; a heap that was opened for reading has none.
    writer: Option<Writer>,
    /// The families whose declaration by this isolate met another one of the same name.
    pub conflicts: RefCell<HashSet<u32>>,
    /// The buffers that JavaScript has over the writer's chunks.
    pub buffers: ChunkBuffers,
}

impl Attached {
    /// The writer, or an error if the heap was opened for reading.
    pub fn writer(&self) -> Result<&Writer> {
        self.writer
            .as_ref()
            .ok_or_else(|| bad_argument("the heap was opened for reading only"))
    }

    /// The writer; `None` for a reader.
    pub fn writer_if_any(&self) -> Option<&Writer> {
        self.writer.as_ref()
    }
}

thread_local! {
    /// Each number is used once: a late call with an old number must not reach another heap.
    ///
    /// [`end`] and [`at_exit`] clear the table. A destructor might not: on a process's main thread, it depends on the C
    /// library. A thread-local without a destructor is also faster.
    static ATTACHED: RefCell<ManuallyDrop<Table>> =
        const { RefCell::new(ManuallyDrop::new(Table::new())) };
    /// The environment that has our cleanup hook.
    static HOOKED: Cell<usize> = const { Cell::new(0) };
}

type Table = Vec<Option<Rc<Attached>>>;

/// Enters a heap into the table and returns its number.
pub fn enter(
    env: &Env,
    heap: Arc<Heap>,
    writer: Option<Writer>,
    display: Option<String>,
) -> Result<u32> {
    let environment = env.raw() as usize;
    if HOOKED.get() != environment {
        env.add_env_cleanup_hook(environment, end)
            .map_err(node_api)?;
        HOOKED.set(environment);
        leave_at_exit();
    }
    let attached = Attached {
        environment,
        heap,
        display,
        collectors: RefCell::default(),
        writer,
        conflicts: RefCell::default(),
        buffers: ChunkBuffers::default(),
    };
    ATTACHED.with_borrow_mut(|table| {
        table.push(Some(Rc::new(attached)));
        Ok(table.len() as u32 - 1)
    })
}

/// The heap with that number, or an error if this isolate has left it.
pub fn attached(handle: u32) -> Result<Rc<Attached>> {
    let found = ATTACHED.with_borrow(|table| table.get(handle as usize).cloned().flatten());
    found.ok_or_else(|| thrown(CoreError::Closed))
}

/// Runs an update. `None`: this isolate has left the heap, or only reads it.
///
/// `update` must not call into JavaScript, which may attach or leave.
#[inline]
pub fn with_writer<T>(handle: u32, update: impl FnOnce(&Writer) -> T) -> Option<T> {
    ATTACHED.with_borrow(|table| {
        let attached = table.get(handle as usize)?.as_ref()?;
        attached.writer_if_any().map(update)
    })
}

/// Leaves the heap: JavaScript's buffers are detached, and the slot is released. A second call does nothing.
pub fn leave(env: &Env, handle: u32) -> Result<()> {
    let taken = ATTACHED.with_borrow_mut(|table| table.get_mut(handle as usize)?.take());
    match taken {
        Some(attached) => attached.buffers.detach(env).map_err(node_api),
        None => Ok(()),
    }
}

/// The environment ends, and its values with it. Only the slots must still be released.
fn end(environment: usize) {
    leave_all(|attached| attached.environment == environment);
    HOOKED.set(0);
}

/// Node does not end the environment of its main thread when `process.exit` is called.
#[cfg(unix)]
fn leave_at_exit() {
    unsafe extern "C" {
        fn atexit(function: extern "C" fn()) -> std::ffi::c_int;
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the declaration is the C library's, and `at_exit` does not unwind. If it can't be
        // registered, the kernel releases the slots all the same.
        let _ = unsafe { atexit(at_exit) };
    });
}

/// On other systems, only the kernel releases the lock files.
#[cfg(not(unix))]
fn leave_at_exit() {}

/// The process exits; this is its main thread, and the last worker thread has ended.
#[cfg(unix)]
extern "C" fn at_exit() {
    leave_all(|_| true);
}

fn leave_all(of: impl Fn(&Attached) -> bool) {
    let left: Vec<_> = ATTACHED.with_borrow_mut(|table| {
        let chosen = |entry: &&mut Option<Rc<Attached>>| entry.as_deref().is_some_and(&of);
        table.iter_mut().filter(chosen).map(Option::take).collect()
    });
    // Not before the table is free again: leaving a heap takes a while.
    drop(left);
}
