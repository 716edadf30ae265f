//! The layout's constants for TypeScript, which never writes one by hand.

use mpmetrics_core::layout;
use napi_derive::napi;

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
    /// A summary's sequence number, as the low u32 of the word: odd while an update is applied.
    pub summary_sequence: u32,
    /// What the count will be.
    pub summary_intent_count: u32,
    /// What the sum will be.
    pub summary_intent_sum: u32,
    /// How many values were observed.
    pub summary_count: u32,
    /// The sum of all observed values.
    pub summary_sum: u32,
    /// The first window.
    pub summary_windows: u32,
    /// Words of a window.
    pub summary_window_words: u32,
    /// Of a window: its number plus 1; 0 while it is being cleared, and before its first use.
    pub summary_tag: u32,
    /// Of a window: how many values it has.
    pub summary_window_count: u32,
    /// Of a window: how many of its raw values were put into bins.
    pub summary_spilled: u32,
    /// Of a window: its first raw value.
    pub summary_raw: u32,
    /// How many values a window keeps as they are; the next one asks for `summarySpill` first.
    pub summary_raw_values: u32,
    /// The upper 32 bits of a double, shifted right (without sign) by this, are its octave.
    pub summary_octave_shift: u32,
    /// The upper 32 bits of a double, shifted right (without sign) by this, end in the number of its bin …
    pub summary_bin_shift: u32,
    /// … of which an octave has so many, a power of two.
    pub summary_octave_bins: u32,
    /// The tag of the bins of an octave is the octave plus the window's index times this.
    pub summary_window_tag: u32,
    /// As many windows as a summary can have.
    pub summary_max_windows: u32,
    /// Of a block that belongs to a cell, such as bins: the place of the next one, or 0. The last word of the cell leads to the
    /// first.
    pub extension_next: u32,
    /// Of such a block: its tag, as the low u32 of the word.
    pub extension_tag: u32,
    /// Of such a block: where the bins begin.
    pub extension_body: u32,
    /// An exemplar's sequence number, as the low u32 of the word, relative to the exemplar's place (as all of an exemplar's): its
    /// lowest bit tells which buffer holds the newest.
    pub exemplar_sequence: u32,
    /// The first of the two buffers.
    pub exemplar_buffers: u32,
    /// Of a buffer: the observed value.
    pub exemplar_value: u32,
    /// Of a buffer: when it was observed, in seconds since the epoch.
    pub exemplar_timestamp: u32,
    /// Of a buffer: the bytes of label text, as a double.
    pub exemplar_length: u32,
    /// Of a buffer: the label text, escaped, as UTF-8.
    pub exemplar_text: u32,
    /// Words of a buffer's text.
    pub exemplar_text_words: u32,
    /// Words of a buffer.
    pub exemplar_buffer_words: u32,
    /// Of an entry of a writer's directory: the cell's place, as the low u32 of the word.
    pub entry_cell: u32,
    /// Of such an entry: the generation that the cell is bound to, as the low u32 of the word; 0 for none.
    pub entry_generation: u32,
    /// The bits of that word which hold the generation; the others are marks.
    pub generations: u32,
    /// A word of a writer's first chunk, relative to its start: moves when space was freed.
    pub space_epoch: u32,
    /// A word of the first chunk that holds `sentinelValue`, if the buffer is the memory and no copy.
    pub sentinel: u32,
    /// What the sentinel holds.
    pub sentinel_value: f64,
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
        histogram_sequence: layout::histogram::SEQUENCE,
        histogram_intent_bucket: layout::histogram::INTENT_BUCKET,
        histogram_intent_count: layout::histogram::INTENT_COUNT,
        histogram_intent_sum: layout::histogram::INTENT_SUM,
        histogram_sum: layout::histogram::SUM,
        histogram_buckets: layout::histogram::BUCKETS,
        summary_sequence: layout::summary::SEQUENCE,
        summary_intent_count: layout::summary::INTENT_COUNT,
        summary_intent_sum: layout::summary::INTENT_SUM,
        summary_count: layout::summary::COUNT,
        summary_sum: layout::summary::SUM,
        summary_windows: layout::summary::WINDOWS,
        summary_window_words: layout::summary::WINDOW_WORDS,
        summary_tag: layout::summary::TAG,
        summary_window_count: layout::summary::WINDOW_COUNT,
        summary_spilled: layout::summary::SPILLED,
        summary_raw: layout::summary::RAW,
        summary_raw_values: layout::summary::RAW_VALUES,
        summary_octave_shift: layout::summary::OCTAVE_SHIFT,
        summary_bin_shift: layout::summary::BIN_SHIFT,
        summary_octave_bins: layout::summary::OCTAVE_BINS,
        summary_window_tag: layout::summary::WINDOW_TAG,
        summary_max_windows: layout::summary::MAX_WINDOWS,
        extension_next: layout::extension::NEXT,
        extension_tag: layout::extension::TAG,
        extension_body: layout::extension::BODY,
        exemplar_sequence: layout::exemplar::SEQUENCE,
        exemplar_buffers: layout::exemplar::BUFFERS,
        exemplar_value: layout::exemplar::VALUE,
        exemplar_timestamp: layout::exemplar::TIMESTAMP,
        exemplar_length: layout::exemplar::LENGTH,
        exemplar_text: layout::exemplar::TEXT,
        exemplar_text_words: layout::exemplar::TEXT_WORDS,
        exemplar_buffer_words: layout::exemplar::BUFFER_WORDS,
        entry_cell: layout::directory::CELL,
        entry_generation: layout::directory::GENERATION,
        generations: layout::directory::GENERATIONS,
        space_epoch: layout::control::SPACE_EPOCH,
        sentinel: layout::control::SENTINEL,
        sentinel_value: layout::control::SENTINEL_VALUE,
        direct_tier: cfg!(target_arch = "x86_64"),
    }
}
