//! Looks for torn updates: reads one histogram's cell as fast as it can while another process updates it.
//!
//! ```text
//! cargo run --release --example tear -- /mpm.<key>.<segment> <word> <buckets> <reads> <seconds>
//! ```
//!
//! `scripts/tearing.mjs` starts it beside a JavaScript writer that observes nothing but 0.25, so that every consistent
//! copy has `sum = 0.25 × count`. This is a reader of its own, made from the layout alone: it maps the segment, holds no
//! lock, and asks nobody. Prints one line of JSON: `reads` are copies between two equal sequence numbers that differ from
//! the copy before, `odd` is how many of them met an update half-way and took its intent, `torn` how many were
//! inconsistent. No reads are the copies that the writer had changed underneath, counted by `changed`, and those that it
//! had not changed at all, counted by `same`.

use mpmetrics_core::layout::histogram::{
    BUCKETS, INTENT_BUCKET, INTENT_COUNT, INTENT_SUM, SEQUENCE, SUM,
};
use shared_memory::ShmemConf;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [segment, word, buckets, reads, seconds] = arguments.as_slice() else {
        panic!("tear <segment> <word> <buckets> <reads> <seconds>");
    };
    let limit = Duration::from_secs(seconds.parse().expect("a number"));
    let [word, buckets] = [word, buckets].map(|text| text.parse::<usize>().expect("a number"));
    let memory = ShmemConf::new().os_id(segment).open().expect("a segment");
    let length = memory.len() / 8;
    let words = memory.as_ptr().cast::<AtomicU64>();
    // SAFETY: the mapping is page-aligned, `length` words long, lives to the end, and is used as atomics alone.
    let words = unsafe { std::slice::from_raw_parts(words, length) };
    let cell = &words[word..word + BUCKETS as usize + buckets];
    let seen = look(cell, reads.parse().expect("a number"), limit);
    println!(
        "{{\"reads\":{},\"torn\":{},\"odd\":{},\"changed\":{},\"same\":{},\"count\":{}}}",
        seen.reads, seen.torn, seen.odd, seen.changed, seen.same, seen.count
    );
}

/// What was seen.
#[derive(Default)]
struct Seen {
    reads: u64,
    torn: u64,
    odd: u64,
    changed: u64,
    same: u64,
    /// The observations at the last read.
    count: f64,
    /// Their sum, and the sequence number then.
    sum: f64,
    sequence: u32,
}

/// Reads until it has seen so much, or so long, as `cell/histogram.rs` does.
///
/// A copy is good only if it was made between two updates or stops of the writer, so it has to be quick, unoptimised too.
fn look(cell: &[AtomicU64], reads: u64, limit: Duration) -> Seen {
    let mut seen = Seen::default();
    let mut copy = [0u64; 16];
    let copy = &mut copy[..cell.len()];
    let started = Instant::now();
    for turn in 0u64.. {
        if seen.reads == reads || turn % 1024 == 0 && started.elapsed() > limit {
            break;
        }
        // Acquire: what is copied below is at least as new as this sequence.
        let before = cell[SEQUENCE as usize].load(Ordering::Acquire) as u32;
        let mut word = 0;
        while word < copy.len() {
            // Relaxed: the fence and the second look at the sequence say whether the copy is good.
            copy[word] = cell[word].load(Ordering::Relaxed);
            word += 1;
        }
        // Acquire fence: if anything that was copied is newer than `before`, the second look finds the sequence moved on.
        fence(Ordering::Acquire);
        if cell[SEQUENCE as usize].load(Ordering::Relaxed) as u32 != before {
            seen.changed += 1;
            continue;
        }
        seen.take(before, copy);
    }
    seen
}

impl Seen {
    /// Takes a good copy in.
    fn take(&mut self, sequence: u32, copy: &mut [u64]) {
        let [bucket, count, intent_sum] =
            [INTENT_BUCKET, INTENT_COUNT, INTENT_SUM].map(|word| copy[word as usize]);
        if sequence & 1 != 0 {
            copy[BUCKETS as usize + f64::from_bits(bucket) as usize] = count;
            copy[SUM as usize] = intent_sum;
        }
        let buckets = copy[BUCKETS as usize..].iter();
        let count: f64 = buckets.map(|bits| f64::from_bits(*bits)).sum();
        let sum = f64::from_bits(copy[SUM as usize]);
        if (sequence, count, sum) == (self.sequence, self.count, self.sum) {
            self.same += 1;
            return;
        }
        // Observations never go back either.
        if sum != 0.25 * count || count < self.count {
            self.torn += 1;
        }
        self.odd += u64::from(sequence & 1);
        self.reads += 1;
        (self.sequence, self.count, self.sum) = (sequence, count, sum);
    }
}
