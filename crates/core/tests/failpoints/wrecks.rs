//! Writers that died during a change, and whose slots are adopted.

use crate::families::{bind, families, labels};
use mpmetrics_core::verification::failpoint;
use mpmetrics_core::*;

/// Changes one value, and dies during the same change of another value: the journal is applied except for its last word.
fn wreck(writer: Writer, change: fn(&Writer, u32, &str)) {
    let counter = families(&writer).counter;
    let ((), points) = failpoint::record(|| change(&writer, counter, "twin"));
    let end = points
        .iter()
        .rposition(|point| point.file().ends_with("journal.rs"));
    failpoint::silence_after(end.expect("a change of structure") - 1, || {
        change(&writer, counter, "mine");
        drop(writer);
    });
}

/// A writer that died while it changed its own arena.
pub fn wreck_own(writer: Writer) {
    bind(&writer, families(&writer).counter, "other");
    wreck(writer, |writer, counter, value| {
        bind(writer, counter, value);
    });
}

/// A writer that died while it removed a series.
pub fn wreck_heap(writer: Writer) {
    let counter = families(&writer).counter;
    // Between series that stay, so that both removals make the same stores.
    for value in ["first", "mine", "between", "twin", "last"] {
        bind(&writer, counter, value);
    }
    wreck(writer, |writer, counter, value| {
        writer.remove_series(counter, &labels(value)).unwrap();
    });
}

/// A writer that died in the middle of three updates.
pub fn wreck_cells(writer: Writer) {
    let families = families(&writer);
    let histogram = bind(&writer, families.histogram, "kept");
    let summary = bind(&writer, families.summary, "kept");
    let native = bind(&writer, families.native, "kept");
    writer.native_observe(native, 0, 0.25).unwrap();
    // Five words of the intent, the sequence, one of three values.
    failpoint::silence_after(7, || writer.native_observe(native, 0, 0.25).unwrap());
    // Three words of the intent, the sequence, one of two values.
    failpoint::silence_after(5, || writer.histogram_observe(histogram, 0, 0.25).unwrap());
    failpoint::silence_after(4, || writer.summary_add(summary, 1.0, 4.0).unwrap());
}
