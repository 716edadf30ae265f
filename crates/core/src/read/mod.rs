//! What a scrape reads: the sum over the slots, and the values that are refreshed for it.

pub mod collect;
pub(crate) mod idle;
pub mod snapshot;
pub(crate) mod spare;
pub mod turns;
