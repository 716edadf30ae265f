//! What a scrape reads: the sum over the slots, and the values that are refreshed for it.

pub mod collect;
pub mod snapshot;
pub(crate) mod spare;
pub(crate) mod staleness;
pub mod turns;
