//! Reads heaps while another thread changes words of them and takes the changes back: no panic, no fault, and an end.
//!
//! `cargo +nightly fuzz run disturbed`, from the folder `crates/core`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mpmetrics_core::verification::image::{self, Image};
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
        for _ in 0..2 {
            image::read(&heap);
        }
        over.store(true, Ordering::Relaxed);
    });
});
