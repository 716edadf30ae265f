//! Searches for torn updates: reads the cell of one histogram as fast as it can, while another process updates it.
//!
//! ```text
//! cargo run --release --example tear -- /mpm.<key>.<tag>.<segment> <word> <buckets> <reads> <seconds>
//! ```
//!
//! `scripts/tearing.mjs` starts this program beside a JavaScript writer that observes only 0.25, so each consistent state
//! has `sum = 0.25 × count`. The reader knows only the layout: it maps the segment, and takes no lock. It reads in two ways:
//!
//! - It _reads_ the words in the opposite order of the writer's stores. Then each word is at least as new as the words read
//!   before it, although it was stored earlier: the sum cannot be ahead of the bucket, nor the bucket ahead of the intent.
//!   Each word must be a multiple of the increment, and must never decrease. These reads need no quiet moment. Reads without
//!   a new value are not counted.
//! - At every sixteenth read, it makes a _copy_ as a scrape does, between two equal sequence numbers, with the intent if
//!   they are odd. `odd` counts copies of unfinished updates, `changed` counts discarded copies, and `same` counts copies
//!   without a new value.
//!
//! The output is one line of JSON. `torn` is the number of inconsistent reads and copies.

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
    // SAFETY: the mapping is page-aligned, has `length` words, lives to the end, and is used only as atomics.
    let words = unsafe { std::slice::from_raw_parts(words, length) };
    let cell = &words[word..word + BUCKETS as usize + buckets];
    let seen = look(cell, reads.parse().expect("a number"), limit);
    println!(
        "{{\"reads\":{},\"copies\":{},\"torn\":{},\"odd\":{},\"changed\":{},\"same\":{},\"count\":{}}}",
        seen.reads, seen.copies, seen.torn, seen.odd, seen.changed, seen.same, seen.count
    );
}

/// The results.
#[derive(Default)]
struct Seen {
    reads: u64,
    copies: u64,
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

/// Reads between two copies.
const READS: u64 = 16;

/// Reads until the number of reads or the time is reached.
///
/// A copy, as in `cell/histogram.rs`, is good only between two updates, or while the writer is stopped. So it must be quick,
/// even without optimisation.
fn look(cell: &[AtomicU64], reads: u64, limit: Duration) -> Seen {
    let mut seen = Seen::default();
    let mut copy = [0u64; 16];
    let copy = &mut copy[..cell.len()];
    let mut order = Order::of(cell);
    let started = Instant::now();
    for turn in 0u64.. {
        if seen.reads >= reads || turn % 1024 == 0 && started.elapsed() > limit {
            break;
        }
        for _ in 0..READS {
            order.read(&mut seen);
        }
        // Acquire: the copy below is at least as new as this sequence.
        let before = cell[SEQUENCE as usize].load(Ordering::Acquire) as u32;
        let mut word = 0;
        while word < copy.len() {
            // Relaxed: the fence and the second look at the sequence validate the copy.
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
        self.copies += 1;
        (self.sequence, self.count, self.sum) = (sequence, count, sum);
    }
}

/// The words that an update stores, the last one first, and their values as numbers of observations.
struct Order<'cell> {
    words: [&'cell AtomicU64; 4],
    last: [f64; 4],
}

impl<'cell> Order<'cell> {
    /// Begins with the present values. The writer stores only to one bucket.
    fn of(cell: &'cell [AtomicU64]) -> Order<'cell> {
        let bucket = f64::from_bits(cell[INTENT_BUCKET as usize].load(Ordering::Relaxed));
        let words = [SUM, BUCKETS + bucket as u32, INTENT_SUM, INTENT_COUNT];
        Order {
            words: words.map(|word| &cell[word as usize]),
            last: [0.0; 4],
        }
    }

    #[inline]
    fn read(&mut self, seen: &mut Seen) {
        // Acquire: none of the later loads is done before an earlier one.
        let bits = self.words.map(|word| word.load(Ordering::Acquire));
        let [sum, count, written_sum, written_count] = bits.map(f64::from_bits);
        let now = [4.0 * sum, count, 4.0 * written_sum, written_count];
        if now == self.last {
            return;
        }
        // An update stores the count of its intent, then the sum, so the sum is read first.
        let ordered = now.windows(2).all(|pair| pair[0] <= pair[1]);
        let whole = now.iter().all(|number| number.fract() == 0.0);
        let forward = now.iter().zip(&self.last).all(|(now, last)| now >= last);
        if !(ordered && whole && forward) {
            seen.torn += 1;
        }
        seen.reads += 1;
        self.last = now;
    }
}
