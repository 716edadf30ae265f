//! Looks for torn updates: reads one histogram's cell as fast as it can while another process updates it.
//!
//! ```text
//! cargo run --release --example tear -- /mpm.<key>.<segment> <word> <buckets> <reads>
//! ```
//!
//! `scripts/tearing.mjs` starts it beside a JavaScript writer that observes nothing but 0.25, so that every consistent
//! copy has `sum = 0.25 × count`. This is a reader of its own, made from the layout alone: it maps the segment, holds no
//! lock, and asks nobody. Prints one line of JSON: `reads` are copies between two equal sequence numbers, `odd` is how many of
//! them met an update half-way and took its intent, `torn` how many were inconsistent, and `changed` counts copies
//! that the writer had changed underneath, which are no reads.

use mpmetrics_core::layout::histogram::{
    BUCKETS, INTENT_BUCKET, INTENT_COUNT, INTENT_SUM, SEQUENCE, SUM,
};
use shared_memory::ShmemConf;
use std::sync::atomic::{AtomicU64, Ordering, fence};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [segment, word, buckets, reads] = arguments.as_slice() else {
        panic!("tear <segment> <word> <buckets> <reads>");
    };
    let [word, buckets] = [word, buckets].map(|text| text.parse::<usize>().expect("a number"));
    let memory = ShmemConf::new().os_id(segment).open().expect("a segment");
    let length = memory.len() / 8;
    let words = memory.as_ptr().cast::<AtomicU64>();
    // SAFETY: the mapping is page-aligned, `length` words long, lives to the end, and is used as atomics alone.
    let words = unsafe { std::slice::from_raw_parts(words, length) };
    let cell = &words[word..word + BUCKETS as usize + buckets];
    let seen = look(cell, reads.parse().expect("a number"));
    println!(
        "{{\"reads\":{},\"torn\":{},\"odd\":{},\"changed\":{},\"count\":{}}}",
        seen.reads, seen.torn, seen.odd, seen.changed, seen.count
    );
}

/// What was seen.
#[derive(Default)]
struct Seen {
    reads: u64,
    torn: u64,
    odd: u64,
    changed: u64,
    /// The observations at the last read.
    count: f64,
}

/// Reads so often, as `cell/histogram.rs` does.
fn look(cell: &[AtomicU64], reads: u64) -> Seen {
    let mut seen = Seen::default();
    let mut counts = vec![0.0; cell.len() - BUCKETS as usize];
    // Relaxed: the fence and the second look at the sequence say whether the copy is good.
    let double = |word: u32| f64::from_bits(cell[word as usize].load(Ordering::Relaxed));
    while seen.reads < reads {
        // Acquire: what is copied below is at least as new as this sequence.
        let before = cell[SEQUENCE as usize].load(Ordering::Acquire) as u32;
        let intent = [INTENT_BUCKET, INTENT_COUNT, INTENT_SUM].map(double);
        let mut sum = double(SUM);
        for (count, word) in counts.iter_mut().zip(BUCKETS..) {
            *count = double(word);
        }
        // Acquire fence: if anything that was copied is newer than `before`, the second look finds the sequence moved on.
        fence(Ordering::Acquire);
        if cell[SEQUENCE as usize].load(Ordering::Relaxed) as u32 != before {
            seen.changed += 1;
            continue;
        }
        if before & 1 != 0 {
            counts[intent[0] as usize] = intent[1];
            sum = intent[2];
            seen.odd += 1;
        }
        let count: f64 = counts.iter().sum();
        // Observations never go back either.
        if sum != 0.25 * count || count < seen.count {
            seen.torn += 1;
        }
        seen.count = count;
        seen.reads += 1;
    }
    seen
}
