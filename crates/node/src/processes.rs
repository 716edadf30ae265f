//! What the processes of the application use, read off the event loop.

use crate::error::rejection;
use crate::isolate::Attached;
use mpmetrics_core::{Heap, Result as CoreResult, processes};
use napi::{Env, Task};
use napi_derive::napi;
use std::sync::Arc;

/// What the processes that are attached to a heap use together.
#[napi(object, object_from_js = false)]
pub struct Processes {
    /// CPU time in the programs' own code, in seconds, that of processes that are gone included: it never goes back.
    pub user_seconds: f64,
    /// CPU time in the kernel, likewise.
    pub system_seconds: f64,
    /// Memory that is in RAM, in bytes, with what processes share counted once for each.
    pub resident_bytes: f64,
    /// Address space, in bytes.
    pub virtual_bytes: f64,
    /// How many descriptors are open; absent where that is hidden.
    pub open_descriptors: Option<f64>,
    /// How many descriptors may be open; absent where unlimited or hidden.
    pub max_descriptors: Option<f64>,
    /// When the oldest of them started, in seconds since the Unix epoch; absent where no process is visible.
    pub start_time: Option<f64>,
    /// Each of them that is in this process's pid namespace; empty on platforms that do not tell.
    pub processes: Vec<ProcessUsage>,
}

/// What one process uses.
#[napi(object, object_from_js = false)]
pub struct ProcessUsage {
    /// Its number.
    pub pid: u32,
    /// CPU time in its own code, in seconds.
    pub user_seconds: f64,
    /// CPU time in the kernel, in seconds.
    pub system_seconds: f64,
    /// Memory that is in RAM, in bytes.
    pub resident_bytes: f64,
    /// Address space, in bytes.
    pub virtual_bytes: f64,
    /// How many descriptors are open; absent where that is hidden.
    pub open_descriptors: Option<f64>,
    /// How many descriptors may be open; absent where unlimited or hidden.
    pub max_descriptors: Option<f64>,
    /// When it started, in seconds since the Unix epoch.
    pub start_time: f64,
}

impl From<processes::Attached> for ProcessUsage {
    fn from(process: processes::Attached) -> Self {
        let usage = process.usage;
        Self {
            pid: process.pid,
            user_seconds: usage.cpu_user_seconds,
            system_seconds: usage.cpu_system_seconds,
            resident_bytes: usage.resident_bytes as f64,
            virtual_bytes: usage.virtual_bytes as f64,
            open_descriptors: usage.open_descriptors.map(|number| number as f64),
            max_descriptors: usage.max_descriptors.map(|number| number as f64),
            start_time: usage.start_time_seconds,
        }
    }
}

impl From<processes::Processes> for Processes {
    fn from(together: processes::Processes) -> Self {
        let processes: Vec<_> = together
            .attached
            .into_iter()
            .map(ProcessUsage::from)
            .collect();
        let sum = |of: fn(&ProcessUsage) -> f64| processes.iter().map(of).sum();
        let known = |of: fn(&ProcessUsage) -> Option<f64>| {
            processes
                .iter()
                .filter_map(of)
                .reduce(|one, other| one + other)
        };
        Self {
            user_seconds: together.user_seconds,
            system_seconds: together.system_seconds,
            resident_bytes: sum(|process| process.resident_bytes),
            virtual_bytes: sum(|process| process.virtual_bytes),
            open_descriptors: known(|process| process.open_descriptors),
            max_descriptors: known(|process| process.max_descriptors),
            start_time: processes
                .iter()
                .map(|process| process.start_time)
                .reduce(f64::min),
            processes,
        }
    }
}

/// Reading the processes.
pub struct ReadProcesses {
    heap: Arc<Heap>,
}

impl ReadProcesses {
    /// Reads those that are attached to this heap.
    pub fn new(attached: &Attached) -> Self {
        Self {
            heap: Arc::clone(&attached.heap),
        }
    }
}

impl Task for ReadProcesses {
    type Output = CoreResult<processes::Processes>;
    type JsValue = Processes;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(processes::read(&self.heap))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Processes> {
        output
            .map(Processes::from)
            .map_err(|error| rejection(env, error))
    }
}
