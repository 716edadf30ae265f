//! The cells: what one writer stores for one series, and how others read it.

pub(crate) mod counter;
pub(crate) mod exemplar;
pub(crate) mod extension;
pub(crate) mod gauge;
pub(crate) mod histogram;
pub(crate) mod quantiles;
pub(crate) mod summary;

use crate::error::{Error, Result};
use crate::layout::Place;
use crate::model::declaration::FamilySpec;
use crate::model::family::Kind;
use crate::storage::heap::Heap;
use crate::sync::{AtomicU64, Ordering};

/// The bits of a sequence: JavaScript has no integer of more that it could store.
const SEQUENCE_MASK: u64 = 0xffff_ffff;

/// The size of a writer's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Its words; 0 where all writers share one value.
    pub words: u32,
    /// Whether its last word is the head of a list of extensions.
    pub extended: bool,
}

impl Shape {
    /// The shape of the cells of a family.
    pub fn of(spec: &FamilySpec) -> Result<Shape> {
        use crate::layout;
        let words = match spec.kind {
            _ if spec.is_shared() => {
                return Ok(Shape {
                    words: 0,
                    extended: false,
                });
            }
            Kind::Counter => layout::counter::WORDS,
            Kind::Gauge => layout::gauge::WORDS,
            Kind::Histogram => layout::histogram::BUCKETS + spec.bounds.len() as u32 + 1,
            Kind::Summary => {
                return Ok(Shape {
                    words: summary::words(spec.windows),
                    extended: true,
                });
            }
            Kind::Info | Kind::Enum => {
                return Err(Error::BadArgument {
                    what: "this kind of metric has no cells",
                });
            }
        };
        let extended = spec.exemplars && spec.kind != Kind::Gauge;
        Ok(Shape {
            words: words + u32::from(extended),
            extended,
        })
    }
}

/// Makes a cell that its last owner may have died on fit for a new one.
pub(crate) fn adopt(heap: &Heap, spec: &FamilySpec, cell: Place, incarnation: u32) -> Result<()> {
    let words = heap.words(cell, Shape::of(spec)?.words)?;
    match spec.kind {
        _ if spec.is_shared() => Ok(()),
        Kind::Gauge => gauge::adopt(words, incarnation),
        Kind::Histogram => histogram::repair(histogram_words(spec, words)),
        Kind::Summary => {
            summary::repair(words);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The words of a histogram's cell without the head of its extensions.
pub(crate) fn histogram_words<'a>(spec: &FamilySpec, words: &'a [AtomicU64]) -> &'a [AtomicU64] {
    &words[..words.len() - usize::from(spec.exemplars)]
}

/// What is in a word. Relaxed: whoever copies several words validates them together afterwards.
fn bits(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}
