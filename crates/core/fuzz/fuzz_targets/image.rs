//! Reads and joins heaps with arbitrary words: no panic, no fault, and an end.
//!
//! `cargo +nightly fuzz run image`, from the folder `crates/core`.
#![no_main]

mod scarce;

use libfuzzer_sys::fuzz_target;
use mpmetrics_core::expose::{Dialect, Format};
use mpmetrics_core::verification::{image::Image, visitor};
use std::sync::LazyLock;

static SAMPLE: LazyLock<Image> = LazyLock::new(|| Image::sample().expect("a valid heap"));

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else {
        return;
    };
    let format = [Format::Text, Format::OpenMetrics(Dialect::Standard)][usize::from(how & 1)];
    if let Ok(heap) = SAMPLE.heap(&SAMPLE.edits(bytes)) {
        visitor::read(&heap, format);
        // To join asks the kernel for the identity of this process, which costs as much as many reads. An error is a valid
        // result. In any case the writer leaves another heap to read.
        if how >> 1 & 15 == 0 {
            let _ = visitor::write(&heap);
            visitor::read(&heap, format);
        }
    }
});
