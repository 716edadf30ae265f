//! What a scrape reads: the sum over the slots, and the values that are refreshed for it.

pub(crate) mod buffers;
pub mod collect;
pub mod snapshot;
pub(crate) mod staleness;
pub mod turns;
