//! What there is to say of a heap, for display.

use crate::error::{Result, thrown};
use crate::isolate::Attached;
use mpmetrics_core::{layout, snapshot};
use napi_derive::napi;

/// What there is to say of a heap.
#[napi(object, object_from_js = false, use_nullable = true)]
pub struct HeapInfo {
    /// The name to show; `null` for a private heap without one.
    pub name: Option<String>,
    /// The heap's id, 32 hexadecimal digits.
    pub id: String,
    /// Whether other processes can join it.
    pub shared: bool,
    /// The version of the layout.
    pub layout_version: u32,
    /// How many segments there are.
    pub segments: f64,
    /// Bytes that have memory behind them.
    pub bytes: f64,
    /// Bytes that are allocated.
    pub used_bytes: f64,
    /// Series now.
    pub series: f64,
    /// Declarations so far.
    pub families: f64,
    /// This isolate's slot; `null` if it only reads.
    pub slot: Option<u32>,
    /// The incarnation of this isolate's slot; `null` if it only reads.
    pub incarnation: Option<u32>,
    /// Slots taken over from dead writers so far.
    pub adoptions: f64,
    /// Declarations that met a different one of the same name.
    pub conflicts: f64,
    /// Series that could not be made, each counted once.
    pub dropped_series: f64,
    /// Of these, for want of memory …
    pub dropped_full: f64,
    /// … since the label map was locked …
    pub dropped_busy: f64,
    /// … and since their family had as many as it may have.
    pub dropped_limit: f64,
    /// Reads that were repeated since a writer had changed what was read.
    pub retries: f64,
    /// Isolates with collectors that did not answer a scrape in time.
    pub unanswered: f64,
    /// When the heap was made, in seconds since the Unix epoch.
    pub created_at: f64,
    /// All slots, in order.
    pub writers: Vec<WriterInfo>,
}

/// A slot, for display.
#[napi(object, object_from_js = false)]
pub struct WriterInfo {
    /// The number of the slot.
    pub slot: u32,
    /// Whether somebody holds it.
    pub live: bool,
    /// How many writers have held it.
    pub incarnation: u32,
    /// The last holder's process.
    pub pid: u32,
    /// The last holder's thread; 0 is a main thread.
    pub thread: u32,
    /// When the last holder took it, in seconds since the Unix epoch.
    pub started_at: f64,
}

impl HeapInfo {
    /// Reads it from the heap. Counts are exact in a double.
    pub fn of(attached: &Attached) -> Result<Self> {
        let (heap, writer) = (&attached.heap, attached.writer().ok());
        let info = snapshot::info(heap).map_err(thrown)?;
        let name = heap.name().map(|name| name.as_str().to_owned());
        Ok(Self {
            shared: name.is_some(),
            name: attached.display.clone().or(name),
            id: format!("{:032x}", heap.id()),
            layout_version: layout::LAYOUT_VERSION as u32,
            segments: info.segments as f64,
            bytes: info.bytes as f64,
            used_bytes: info.used_bytes as f64,
            series: info.series as f64,
            families: info.families as f64,
            slot: writer.map(|writer| writer.slot()),
            incarnation: writer.map(|writer| writer.incarnation()),
            adoptions: info.adoptions as f64,
            conflicts: info.conflicts as f64,
            dropped_series: info.dropped_series as f64,
            dropped_full: info.dropped_full as f64,
            dropped_busy: info.dropped_busy as f64,
            dropped_limit: info.dropped_limit as f64,
            retries: info.retries as f64,
            unanswered: info.unanswered as f64,
            created_at: info.created,
            writers: info.writers.into_iter().map(WriterInfo::from).collect(),
        })
    }
}

impl From<snapshot::WriterInfo> for WriterInfo {
    fn from(writer: snapshot::WriterInfo) -> Self {
        Self {
            slot: writer.slot,
            live: writer.live,
            incarnation: writer.incarnation,
            pid: writer.pid,
            thread: writer.thread,
            started_at: writer.taken,
        }
    }
}
