//! The choice of a heap, by JavaScript.

use crate::error::{Result, bad_argument, thrown};
use mpmetrics_core::{HeapName, PartialReason};
use napi_derive::napi;
use std::time::Duration;

/// The choice of a heap.
#[napi(object, object_to_js = false)]
pub struct HeapOptions {
    /// The name of a shared heap (1 to 64 of `A-Z a-z 0-9 _ . -`); absent: a heap of this process.
    pub name: Option<String>,
    /// The 32 hexadecimal digits that the heap must have as its id; absent: any.
    pub id: Option<String>,
    /// The name of the heap in `info()`; absent: its real name.
    pub display: Option<String>,
    /// The most series that this isolate makes in one family; 100,000 by default. Further ones are dropped, and counted.
    pub series_limit: Option<u32>,
    /// The most series of the whole heap; 4294967295 by default. When it has as many, this isolate makes no further one.
    pub max_series: Option<u32>,
    /// How many seconds the heap is kept for readers after its last writer has ended; 0 by default.
    pub keep: Option<u32>,
    /// The number of this thread, for display; 0, the main thread, by default.
    pub thread: Option<u32>,
    /// Why pages of the heap show a part of the application only, as far as this isolate knows.
    #[napi(ts_type = "'private' | 'lease' | 'user' | 'mount_namespace'")]
    pub partial: Option<String>,
}

impl HeapOptions {
    /// The options for the core.
    pub fn to_core(&self) -> Result<mpmetrics_core::HeapOptions> {
        let default = mpmetrics_core::HeapOptions::default();
        Ok(mpmetrics_core::HeapOptions {
            name: self
                .name
                .as_deref()
                .map(HeapName::new)
                .transpose()
                .map_err(thrown)?,
            id: self.id.as_deref().map(parse_id).transpose()?,
            keep: Duration::from_secs(self.keep.unwrap_or_default().into()),
            partial: self.partial.as_deref().and_then(PartialReason::of),
            series_limit: self.series_limit.unwrap_or(default.series_limit),
            max_series: self.max_series.unwrap_or(default.max_series),
            ..default
        })
    }
}

fn parse_id(id: &str) -> Result<u128> {
    let digits = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = digits.then(|| u128::from_str_radix(id, 16).ok()).flatten();
    id.ok_or_else(|| bad_argument("the id of a heap has 32 hexadecimal digits"))
}

/// A limit of series that was reached.
#[napi(object, object_from_js = false)]
pub struct ReachedLimit {
    /// The most series.
    pub series: u32,
    /// Whether it is the limit of the whole heap, and not that of a family.
    pub of_heap: bool,
}
