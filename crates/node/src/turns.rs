//! Event loops: requests to turn, on a thread of Node's pool.

use crate::error::{Result, bad_argument, rejection};
use crate::isolate::Attached;
use mpmetrics_core::turns::{self, ask};
use mpmetrics_core::{Error, Heap, Result as CoreResult};
use napi::{Env, Task};
use napi_derive::napi;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// The outcome of a request to all event loops.
#[napi(object, object_from_js = false)]
pub struct Turns {
    /// How many isolates were asked.
    pub asked: u32,
    /// The isolates that have not turned.
    pub blocked: Vec<BlockedWriter>,
}

/// An isolate whose event loop has not turned.
#[napi(object, object_from_js = false)]
pub struct BlockedWriter {
    /// The number of its slot.
    pub slot: u32,
    /// How many writers have had the slot, including this one.
    pub incarnation: u32,
    /// The process, as its own pid namespace numbers it.
    pub pid: u32,
    /// The thread in its process, 0 for the main one.
    pub thread: u32,
    /// The number of the last request that it has followed. As long as the number stays, the event loop has not turned.
    pub turned: u32,
}

impl From<turns::Turns> for Turns {
    fn from(turns: turns::Turns) -> Self {
        let blocked = turns.blocked.into_iter().map(|blocked| BlockedWriter {
            slot: blocked.slot,
            incarnation: blocked.incarnation,
            pid: blocked.pid,
            thread: blocked.thread,
            turned: blocked.turned,
        });
        Self {
            asked: turns.asked as u32,
            blocked: blocked.collect(),
        }
    }
}

/// The request and the wait. It holds the heap, which this isolate may leave meanwhile.
pub struct AskToTurn {
    heap: Arc<Heap>,
    wait: Duration,
}

impl AskToTurn {
    /// Fails if `wait` is no number of milliseconds.
    pub fn new(attached: &Attached, wait: f64) -> Result<Self> {
        Ok(Self {
            heap: Arc::clone(&attached.heap),
            wait: Duration::try_from_secs_f64(wait / 1000.0)
                .map_err(|_| bad_argument("the wait must be a number of milliseconds"))?,
        })
    }
}

impl Task for AskToTurn {
    type Output = CoreResult<turns::Turns>;
    type JsValue = Turns;

    /// A panic would end the process here, where no JavaScript frame could catch it.
    fn compute(&mut self) -> napi::Result<Self::Output> {
        let ask = AssertUnwindSafe(|| {
            let turns = ask(&self.heap, self.wait)?;
            if self.heap.is_closed() {
                return Err(Error::Closed);
            }
            Ok(turns)
        });
        let what = "asking the event loops has met something that it can't explain";
        Ok(catch_unwind(ask).unwrap_or(Err(Error::Corrupt { what })))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Turns> {
        output
            .map(Turns::from)
            .map_err(|error| rejection(env, error))
    }
}
