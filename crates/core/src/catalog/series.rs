//! Series: each has a number, a record in the heap, and a place in the label map.
//!
//! ```text
//! number -> record (family, labels) and generation, in one word of the table
//! labels -> record, through the label map
//! ```

mod changes;
mod entry;
mod lookup;
mod record;

pub(crate) use changes::{
    create_series, discard_unless, end_claim, remove_series, remove_unless, rename_unless,
    replace_series, restart_series,
};
pub(crate) use entry::{Bound, Entries, SeriesEntry, TRIES, is_bound_to, series_word};
pub(crate) use lookup::{
    find_series, labels_of, present, search_series, series_of, series_or_new, series_under_lock,
    with_family,
};
pub(crate) use record::Record;
