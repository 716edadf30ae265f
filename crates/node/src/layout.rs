//! The layout's constants for TypeScript, which never writes one by hand.

use mpmetrics_core::layout;
use napi_derive::napi;

/// How many characters the labels of an exemplar may have, as OpenMetrics says.
const EXEMPLAR_MAX_CHARACTERS: u32 = 128;

/// Where things lie, in 64-bit words relative to a cell unless said otherwise.
#[napi(object, object_from_js = false)]
pub struct Layout {
    /// Changes when any of the others does.
    pub version: u32,
    /// A counter's number.
    pub counter_value: u32,
    /// Words of a counter's cell.
    pub counter_words: u32,
    /// A gauge's number.
    pub gauge_value: u32,
    /// The incarnation of the writer that has set the gauge, as the low u32 of the word.
    pub gauge_incarnation: u32,
    /// Words of a gauge's cell.
    pub gauge_words: u32,
    /// A histogram's sequence number, as the low u32 of the word: odd while an update is applied.
    pub histogram_sequence: u32,
    /// The bucket that the update is about.
    pub histogram_intent_bucket: u32,
    /// What that bucket will hold.
    pub histogram_intent_count: u32,
    /// What the sum will be.
    pub histogram_intent_sum: u32,
    /// The sum of all observed values.
    pub histogram_sum: u32,
    /// The first bucket; each is one f64, `+Inf` last.
    pub histogram_buckets: u32,
    /// A word of a writer's first chunk, relative to its start: moves when space was freed.
    pub space_epoch: u32,
    /// A word of the first chunk that holds `sentinelValue`, if the buffer is the memory and no copy.
    pub sentinel: u32,
    /// What the sentinel holds.
    pub sentinel_value: f64,
    /// How many characters the labels of an exemplar may have.
    pub exemplar_max_characters: u32,
    /// Whether plain stores keep their order on this processor, so that JavaScript may store itself.
    pub direct_tier: bool,
}

/// The layout of the heaps that this binding reads and writes.
#[napi(js_name = "layout")]
pub fn constants() -> Layout {
    Layout {
        version: layout::LAYOUT_VERSION as u32,
        counter_value: layout::counter::VALUE,
        counter_words: layout::counter::WORDS,
        gauge_value: layout::gauge::VALUE,
        gauge_incarnation: layout::gauge::INCARNATION,
        gauge_words: layout::gauge::WORDS,
        histogram_sequence: layout::histogram::SEQUENCE,
        histogram_intent_bucket: layout::histogram::INTENT_BUCKET,
        histogram_intent_count: layout::histogram::INTENT_COUNT,
        histogram_intent_sum: layout::histogram::INTENT_SUM,
        histogram_sum: layout::histogram::SUM,
        histogram_buckets: layout::histogram::BUCKETS,
        space_epoch: layout::control::SPACE_EPOCH,
        sentinel: layout::control::SENTINEL,
        sentinel_value: layout::control::SENTINEL_VALUE,
        exemplar_max_characters: EXEMPLAR_MAX_CHARACTERS,
        direct_tier: cfg!(target_arch = "x86_64"),
    }
}
