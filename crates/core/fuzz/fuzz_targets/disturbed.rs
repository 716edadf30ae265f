//! Reads heaps while another thread changes words of them and takes the changes back: no panic, no fault, and an end.
//!
//! `cargo +nightly fuzz run disturbed`, from the folder `crates/core`.
#![no_main]

mod scarce;

use libfuzzer_sys::fuzz_target;
use mpmetrics_core::expose::{Dialect, Format};
use mpmetrics_core::verification::image::{self, Image};
use mpmetrics_core::verification::visitor;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

static SAMPLE: LazyLock<Image> = LazyLock::new(|| Image::sample().expect("a valid heap"));

fuzz_target!(|bytes: &[u8]| {
    let edits = SAMPLE.edits(bytes);
    let Ok(heap) = SAMPLE.heap(&[]) else {
        return;
    };
    let [begun, over] = [false, false].map(AtomicBool::new);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            image::disturb(&heap, &SAMPLE, &edits, || {
                begun.store(true, Ordering::Relaxed);
                over.load(Ordering::Relaxed)
            });
        });
        while !begun.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        for format in [Format::Text, Format::OpenMetrics(Dialect::Standard)] {
            visitor::read(&heap, format);
        }
        over.store(true, Ordering::Relaxed);
    });
});
