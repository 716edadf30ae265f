//! Reads and joins heaps of which some words are anything: no panic, no fault, and an end.
//!
//! `cargo +nightly fuzz run image`, from the folder `crates/core`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mpmetrics_core::verification::image::{self, Image};
use std::sync::LazyLock;

static SAMPLE: LazyLock<Image> = LazyLock::new(|| Image::sample().expect("a valid heap"));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(heap) = SAMPLE.heap(&SAMPLE.edits(bytes)) {
        image::read(&heap);
        // What a writer finds is an answer, whatever it is; it leaves another heap to read.
        if image::write(&heap).is_err() || bytes.len() % 4 == 0 {
            image::read(&heap);
        }
    }
});
