//! Requests: the isolates of this process are called back when any process asks them to refresh or to turn.
//!
//! ```text
//! onCollect ->  a list for each heap          one thread for each heap that has any
//!               +------+----------+
//!               | slot | callback |  <------  waits for a request, calls all on the list
//!               +------+----------+
//! ```
//!
//! The thread sleeps in the kernel between requests, and ends with the last entry of the list. Neither the thread nor the
//! callbacks keep the process alive. A blocked isolate has at most one waiting call.

use crate::error::{Result, node_api};
use mpmetrics_core::Heap;
use mpmetrics_core::collect::{last_request, wake_watchers, watch};
use mpmetrics_core::turns::Listener;
use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A callback that gets the number of the request. It does not keep the event loop alive.
type Callback = ThreadsafeFunction<(), (), u32, Status, false, true>;

/// The longest wait for the next request, which costs one wake-up.
const LONG: Duration = Duration::from_secs(3600);
/// The thread needs only a small stack.
const STACK: usize = 128 << 10;

/// An isolate that listens.
struct Isolate {
    slot: u32,
    callback: Callback,
    /// Whether a call of the callback is on its way.
    waiting: Arc<AtomicBool>,
}

/// The isolates of one heap, and the thread that calls them.
struct Watch {
    heap: Arc<Heap>,
    isolates: Arc<Mutex<Vec<Isolate>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

static WATCHES: Mutex<Vec<Watch>> = Mutex::new(Vec::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Keeps an isolate on the list. Dropping it removes the isolate.
pub struct Listed {
    heap: Arc<Heap>,
    slot: u32,
}

/// Adds this isolate, the holder of that slot, to the list.
pub fn list(
    heap: &Arc<Heap>,
    slot: u32,
    listener: Listener,
    callback: Function<u32, ()>,
) -> Result<Listed> {
    let waiting = Arc::new(AtomicBool::new(false));
    let (source, called) = (Arc::clone(heap), Arc::clone(&waiting));
    let callback = callback
        .build_threadsafe_function::<()>()
        .weak::<true>()
        .build_callback(move |_| {
            // First: later requests cause another call. Release: pairs with the swap in `serve`.
            called.store(false, Ordering::Release);
            let number = last_request(&source).map_or(0, |request| request.number);
            // It fails only on a corrupt heap, and there is no caller to tell.
            let _ = listener.turned(number);
            Ok(number)
        })
        .map_err(node_api)?;
    let isolate = Isolate {
        slot,
        callback,
        waiting,
    };
    let mut watches = locked(&WATCHES);
    match watches.iter().find(|watch| Arc::ptr_eq(&watch.heap, heap)) {
        Some(watch) => locked(&watch.isolates).push(isolate),
        None => watches.push(Watch::start(heap, isolate).map_err(node_api)?),
    }
    Ok(Listed {
        heap: Arc::clone(heap),
        slot,
    })
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut watches = locked(&WATCHES);
        let is_ours = |watch: &Watch| Arc::ptr_eq(&watch.heap, &self.heap);
        let Some(index) = watches.iter().position(is_ours) else {
            return;
        };
        let mut isolates = locked(&watches[index].isolates);
        isolates.retain(|isolate| isolate.slot != self.slot);
        let last = isolates.is_empty();
        drop(isolates);
        if last {
            let watch = watches.swap_remove(index);
            // Other isolates may list themselves meanwhile. They get another thread.
            drop(watches);
            watch.end();
        }
    }
}

impl Watch {
    fn start(heap: &Arc<Heap>, isolate: Isolate) -> napi::Result<Watch> {
        let isolates = Arc::new(Mutex::new(vec![isolate]));
        let stop = Arc::new(AtomicBool::new(false));
        let after = last_request(heap).map_or(0, |request| request.number);
        let thread = thread::Builder::new()
            .name("mpmetrics".to_owned())
            .stack_size(STACK)
            .spawn({
                let (heap, isolates, stop) = (heap.clone(), isolates.clone(), stop.clone());
                move || serve(&heap, &isolates, &stop, after)
            })
            .map_err(|error| napi::Error::from_reason(error.to_string()))?;
        Ok(Watch {
            heap: Arc::clone(heap),
            isolates,
            stop,
            thread: Some(thread),
        })
    }

    /// Ends the thread, and waits for its end.
    fn end(mut self) {
        // Release: pairs with the Acquire in `serve`.
        self.stop.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else {
            return;
        };
        while !thread.is_finished() && wake_watchers(&self.heap).is_ok() {
            // It may have looked at `stop` before it went to sleep, after it was woken.
            thread::sleep(Duration::from_micros(50));
        }
        // Its result is empty, and a panic was printed.
        let _ = thread.join();
    }
}

/// Calls the isolates at each request, until `stop`.
fn serve(heap: &Heap, isolates: &Mutex<Vec<Isolate>>, stop: &AtomicBool, mut last: u32) {
    while !stop.load(Ordering::Acquire) {
        let Ok(request) = watch(heap, last, LONG) else {
            return;
        };
        if request.number == last {
            continue;
        }
        last = request.number;
        for isolate in locked(isolates).iter() {
            if request.by != Some(isolate.slot) && !isolate.waiting.swap(true, Ordering::AcqRel) {
                // An isolate that is about to end is not called, and takes itself off the list.
                isolate
                    .callback
                    .call((), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }
}
