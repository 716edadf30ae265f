//! Heaps with arbitrary words.
//!
//! A valid heap is copied, some of its words are changed, and visitors read all of it. They may find errors. They must not
//! panic, and must come to an end. No file is touched, so millions of heaps can be tried.

use super::visitor::{fill, labels, spec};
use crate::error::Result;
use crate::layout::{Place, header, segment_length};
use crate::membership::writer::Writer;
use crate::os::segment::Segment;
use crate::storage::heap::Heap;
use crate::sync::{AtomicU64, Ordering};
use crate::{Aggregator, HeapOptions, Kind};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// The words of a heap.
#[derive(Clone)]
pub struct Image {
    words: Vec<u64>,
    /// The places of the words in use.
    used: Vec<Place>,
}

/// A change of one word of an image, or of its length.
#[derive(Clone, Copy, Debug)]
pub enum Edit {
    /// The word at that place becomes the value.
    Word(Place, u64),
    /// The image has that many words.
    Length(usize),
}

impl Image {
    /// A heap with all kinds of metrics, of one live writer and one that has left.
    pub fn sample() -> Result<Image> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let options = HeapOptions {
            // The id of a private heap for these two writers only.
            id: Some(0x5a5a << 64 | u128::from(NEXT.fetch_add(1, Ordering::Relaxed))),
            ..HeapOptions::default()
        };
        let [alive, gone] = [0, 1].map(|thread| Writer::attach(&options, thread));
        let (alive, gone) = (alive?, gone?);
        // Each kind once, and one family with two series: a small heap is read quickly.
        fill(&alive, &["a"])?;
        fill(&gone, &["a"])?;
        let (counter, _) = alive.declare(&spec(Kind::Counter, Aggregator::Sum, "counter"))?;
        alive.bind(counter, &labels("b"))?;
        drop(gone);
        let heap = alive.heap();
        let length = heap.words.load_place(header::BUMP)?;
        let words = (0..segment_length(0))
            .map(|place| heap.words.load(place))
            .collect::<Result<Vec<_>>>()?;
        let used = (0..length)
            .filter(|place| words[*place as usize] != 0)
            .collect();
        debug_assert_eq!(heap.words.load(header::SEGMENTS)?, 1);
        Ok(Image { words, used })
    }

    /// The edits that the bytes stand for, eleven bytes each.
    ///
    /// The values are chosen to have a meaning: small numbers, places, values of other words, a single changed bit.
    pub fn edits(&self, bytes: &[u8]) -> Vec<Edit> {
        bytes
            .chunks_exact(11)
            .map(|bytes| self.edit(bytes))
            .collect()
    }

    fn edit(&self, bytes: &[u8]) -> Edit {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |all, byte| all << 8 | u64::from(*byte))
        };
        let (at, how, value) = (number(&bytes[..2]), bytes[2], number(&bytes[3..]));
        let at = match how >> 4 {
            0 => at as Place % segment_length(0),
            // The header is small, and all depends on it.
            1..=4 => at as Place % header::END,
            _ => self.used[at as usize % self.used.len()],
        };
        let before = self.words.get(at as usize).copied().unwrap_or_default();
        let place = u64::from(self.used[value as usize % self.used.len()]);
        match how & 15 {
            0 => Edit::Word(at, value),
            1 => Edit::Word(at, value & 0xff),
            2 => Edit::Word(at, before ^ 1 << (value & 63)),
            3 => Edit::Word(at, before.wrapping_add(value & 0xff)),
            4 => Edit::Word(at, before.wrapping_sub(value & 0xff)),
            5 => Edit::Word(at, place),
            6 => Edit::Word(at, self.words[place as usize]),
            7 => Edit::Word(at, before & !0xffff_ffff | place),
            8 => Edit::Word(at, before & 0xffff_ffff | value << 32),
            9 => Edit::Word(at, before & 0xffff_ffff | place << 32),
            10 => Edit::Word(at, u64::MAX),
            11 => Edit::Word(at, (value as f64).to_bits()),
            12 => Edit::Word(at, value & 0xffff_ffff),
            13 => Edit::Word(at, 0),
            14 => Edit::Word(at, u64::from(segment_length(0)) + (value & 0xff) - 128),
            _ => Edit::Length(value as usize % (2 * self.words.len())),
        }
    }

    /// A private heap with these words, for a process that opens it.
    pub fn heap(&self, edits: &[Edit]) -> Result<Arc<Heap>> {
        let length = edits.iter().rev().find_map(|edit| match edit {
            Edit::Length(length) => Some(*length),
            Edit::Word(..) => None,
        });
        let segment = Segment::private(length.unwrap_or(self.words.len()))?;
        for (word, value) in segment.words().iter().zip(&self.words) {
            // Relaxed: no other thread knows the segment yet.
            word.store(*value, Ordering::Relaxed);
        }
        apply(segment.words(), edits);
        Heap::of_words(segment).map(Arc::new)
    }
}

/// Changes words.
fn apply(words: &[AtomicU64], edits: &[Edit]) {
    for edit in edits {
        if let Edit::Word(place, value) = edit
            && let Some(word) = words.get(*place as usize)
        {
            // Relaxed: a corruption follows no order.
            word.store(*value, Ordering::Relaxed);
        }
    }
}

/// Makes changes and reverts them, again and again, until `over` returns `true`.
pub fn disturb(heap: &Heap, image: &Image, edits: &[Edit], over: impl Fn() -> bool) {
    let Ok(words) = heap.words.slice(0, segment_length(0)) else {
        return;
    };
    while !over() {
        apply(words, edits);
        for edit in edits {
            if let Edit::Word(place, _) = edit {
                apply(words, &[Edit::Word(*place, image.words[*place as usize])]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::visitor::{read, write};
    use super::*;
    use crate::expose::{Dialect, Format};
    use std::sync::atomic::AtomicBool;

    /// Numbers that look random and are the same each time: SplitMix64.
    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        (1u64..).map(move |turn| {
            let mut mixed = seed.wrapping_add(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        })
    }

    fn bytes(seed: u64, length: usize) -> Vec<u8> {
        numbers(seed)
            .flat_map(u64::to_le_bytes)
            .take(length)
            .collect()
    }

    #[test]
    fn an_image_that_nobody_has_changed_is_sound() {
        let heap = Image::sample().unwrap().heap(&[]).unwrap();
        assert_eq!(super::super::check(&heap).unwrap(), Vec::<String>::new());
        assert_eq!(read(&heap, Format::OpenMetrics(Dialect::Standard)), 0);
        write(&heap).unwrap();
        assert_eq!(super::super::check(&heap).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_foreign_header_is_refused_with_advice() {
        let image = Image::sample().unwrap();
        let swapped = crate::layout::MAGIC.swap_bytes();
        for (edit, code, remedy) in [
            (
                Edit::Word(header::MAGIC, 1),
                "MPMETRICS_CORRUPT",
                "start again",
            ),
            (
                Edit::Word(header::MAGIC, swapped),
                "MPMETRICS_CORRUPT",
                "endianness",
            ),
            (
                Edit::Word(header::VERSION, 0),
                "MPMETRICS_LAYOUT_MISMATCH",
                "install one version",
            ),
            (
                Edit::Word(header::VERSION, u64::MAX),
                "MPMETRICS_LAYOUT_MISMATCH",
                "install one version",
            ),
            (
                Edit::Word(header::OWNER, 4242),
                "MPMETRICS_NOT_OWNED",
                "another heap name",
            ),
            (
                Edit::Word(header::READY, 0),
                "MPMETRICS_NO_SUCH_HEAP",
                "start the application",
            ),
            (Edit::Length(100), "MPMETRICS_CORRUPT", "start again"),
            (Edit::Length(0), "MPMETRICS_CORRUPT", "start again"),
        ] {
            let error = image.heap(&[edit]).err().expect("an error");
            assert_eq!(error.code(), code, "{edit:?}");
            assert!(error.to_string().contains(remedy), "{edit:?}: {error}");
        }
        // Words beyond the layout have no owner.
        assert_eq!(
            read(&image.heap(&[Edit::Length(9000)]).unwrap(), Format::Text),
            0
        );
    }

    #[test]
    fn a_heap_of_any_contents_is_read_or_refused() {
        let image = Image::sample().unwrap();
        let (mut refused, mut wrong) = (0, 0);
        for seed in 0..5_000 {
            let edits = image.edits(&bytes(seed, 11 * (1 + seed as usize % 6)));
            match image.heap(&edits) {
                Err(_) => refused += 1,
                Ok(heap) => {
                    wrong += usize::from(read(&heap, Format::OpenMetrics(Dialect::Standard)) > 0);
                    // An error is a valid result. In any case the writer leaves another heap to read.
                    let _ = write(&heap);
                    read(&heap, Format::OpenMetrics(Dialect::Standard));
                }
            }
        }
        assert!(
            refused > 100 && wrong > 100,
            "{refused} refused, {wrong} wrong"
        );
    }

    #[test]
    fn a_heap_that_changes_while_it_is_read_is_read_or_refused() {
        let image = Image::sample().unwrap();
        for seed in 0..100 {
            let edits = image.edits(&bytes(!seed, 11 * (1 + seed as usize % 6)));
            let heap = image.heap(&[]).unwrap();
            let over = AtomicBool::new(false);
            std::thread::scope(|scope| {
                scope.spawn(|| disturb(&heap, &image, &edits, || over.load(Ordering::Relaxed)));
                for _ in 0..8 {
                    read(&heap, Format::OpenMetrics(Dialect::Standard));
                }
                over.store(true, Ordering::Relaxed);
            });
        }
    }
}
