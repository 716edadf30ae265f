//! The figures of a heap, for display.

use crate::error::{Result, thrown};
use crate::isolate::Attached;
use mpmetrics_core::{layout, snapshot};
use napi_derive::napi;

/// Declares the object. Its counts have the names and meanings of those in the core's [`snapshot::HeapInfo`].
macro_rules! heap_info {
    ($($count:ident),*) => {
        /// The figures of a heap.
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
            /// This isolate's slot; `null` if it only reads.
            pub slot: Option<u32>,
            /// The incarnation of this isolate's slot; `null` if it only reads.
            pub incarnation: Option<u32>,
            $(pub $count: f64,)*
            /// When the heap was made, in seconds since the Unix epoch.
            pub created_at: f64,
            /// All slots, in order.
            pub writers: Vec<WriterInfo>,
        }

        impl HeapInfo {
            /// Reads it from the heap. Counts are exact in a double.
            pub fn of(attached: &Attached) -> Result<Self> {
                let (heap, writer) = (&attached.heap, attached.writer_if_any());
                let info = snapshot::info(heap).map_err(thrown)?;
                let name = heap.name().map(|name| name.as_str().to_owned());
                Ok(Self {
                    shared: name.is_some(),
                    name: attached.display.clone().or(name),
                    id: format!("{:032x}", heap.id()),
                    layout_version: layout::LAYOUT_VERSION as u32,
                    slot: writer.map(|writer| writer.slot()),
                    incarnation: writer.map(|writer| writer.incarnation()),
                    $($count: info.$count as f64,)*
                    created_at: info.created,
                    writers: info.writers.into_iter().map(WriterInfo::from).collect(),
                })
            }
        }
    };
}

heap_info!(
    segments,
    bytes,
    used_bytes,
    series,
    families,
    adoptions,
    conflicts,
    dropped_series,
    dropped_full,
    dropped_busy,
    dropped_limit,
    retries,
    unanswered
);

/// A slot, for display.
#[napi(object, object_from_js = false)]
pub struct WriterInfo {
    /// The number of the slot.
    pub slot: u32,
    /// Whether a writer holds it.
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
