//! The constants of the layout for TypeScript, which writes none by hand.

#![allow(
    non_upper_case_globals,
    reason = "each name stands once, as JavaScript reads it"
)]

use napi_derive::napi;

/// The layout of a heap, in 64-bit words relative to a cell unless stated otherwise.
#[napi]
pub mod layout {
    use mpmetrics_core::layout;

    /// Changes with any of the others.
    #[napi]
    pub const version: u32 = layout::LAYOUT_VERSION as u32;
    /// A counter's number.
    #[napi]
    pub const counterValue: u32 = layout::counter::VALUE;
    /// Words of a counter's cell.
    #[napi]
    pub const counterWords: u32 = layout::counter::WORDS;
    /// A gauge's number.
    #[napi]
    pub const gaugeValue: u32 = layout::gauge::VALUE;
    /// The incarnation of the writer that has set the gauge, as the low u32 of the word.
    #[napi]
    pub const gaugeIncarnation: u32 = layout::gauge::INCARNATION;
    /// A histogram's sequence number, as the low u32 of the word: odd while an update is applied.
    #[napi]
    pub const histogramSequence: u32 = layout::histogram::SEQUENCE;
    /// The bucket of the intent.
    #[napi]
    pub const histogramIntentBucket: u32 = layout::histogram::INTENT_BUCKET;
    /// The new count of the bucket.
    #[napi]
    pub const histogramIntentCount: u32 = layout::histogram::INTENT_COUNT;
    /// The new sum.
    #[napi]
    pub const histogramIntentSum: u32 = layout::histogram::INTENT_SUM;
    /// The sum of all observed values.
    #[napi]
    pub const histogramSum: u32 = layout::histogram::SUM;
    /// The first bucket; each is one f64, `+Inf` last.
    #[napi]
    pub const histogramBuckets: u32 = layout::histogram::BUCKETS;
    /// Of a native histogram, behind its last bucket: the place of its table of sparse buckets, as the low u32; 0: none yet.
    #[napi]
    pub const nativeTable: u32 = layout::native::TABLE;
    /// The word of the table that the update is about, behind the last bucket as well.
    #[napi]
    pub const nativeIntentWord: u32 = layout::native::INTENT_WORD;
    /// The new value of that word, likewise.
    #[napi]
    pub const nativeIntentValue: u32 = layout::native::INTENT_VALUE;
    /// Of a table: how many entries there is room for, as the low u32: a power of two.
    #[napi]
    pub const nativeCapacity: u32 = layout::native::CAPACITY;
    /// Of a table: the resolution.
    #[napi]
    pub const nativeSchema: u32 = layout::native::SCHEMA;
    /// Of a table: the greatest absolute value in the zero bucket.
    #[napi]
    pub const nativeZeroThreshold: u32 = layout::native::ZERO_THRESHOLD;
    /// Of a table: how many values were NaN.
    #[napi]
    pub const nativeNan: u32 = layout::native::NAN;
    /// Of a table: how many values are in the zero bucket.
    #[napi]
    pub const nativeZero: u32 = layout::native::ZERO;
    /// Of a table: its first entry. A key is found from the entry on that its product with `nativeMultiplier` begins with.
    #[napi]
    pub const nativeEntries: u32 = layout::native::ENTRIES;
    /// Of an entry: its key, as the low u32; 0: the entry is free.
    #[napi]
    pub const nativeKey: u32 = layout::native::KEY;
    /// Of an entry: how many values are in the bucket.
    #[napi]
    pub const nativeCount: u32 = layout::native::COUNT;
    /// Words of an entry.
    #[napi]
    pub const nativeEntryWords: u32 = layout::native::ENTRY_WORDS;
    /// A key is the index of a bucket plus this …
    #[napi]
    pub const nativeIndexZero: u32 = layout::native::INDEX_ZERO;
    /// … and plus this, for a negative bucket.
    #[napi]
    pub const nativeNegative: u32 = layout::native::NEGATIVE;
    /// Spreads the keys over a table.
    #[napi]
    pub const nativeMultiplier: u32 = layout::native::MULTIPLIER;
    /// The most buckets that a declaration can ask for.
    #[napi]
    pub const nativeMaxBuckets: u32 = layout::native::MAX_BUCKETS;
    /// A summary's sequence number, as the low u32 of the word: odd while an update is applied.
    #[napi]
    pub const summarySequence: u32 = layout::summary::SEQUENCE;
    /// The new count.
    #[napi]
    pub const summaryIntentCount: u32 = layout::summary::INTENT_COUNT;
    /// The new sum.
    #[napi]
    pub const summaryIntentSum: u32 = layout::summary::INTENT_SUM;
    /// How many values were observed.
    #[napi]
    pub const summaryCount: u32 = layout::summary::COUNT;
    /// The sum of all observed values.
    #[napi]
    pub const summarySum: u32 = layout::summary::SUM;
    /// The first window.
    #[napi]
    pub const summaryWindows: u32 = layout::summary::WINDOWS;
    /// Words of a window.
    #[napi]
    pub const summaryWindowWords: u32 = layout::summary::WINDOW_WORDS;
    /// Of a window: its number plus 1; 0 while it is being cleared, and before its first use.
    #[napi]
    pub const summaryTag: u32 = layout::summary::TAG;
    /// Of a window: how many values it has.
    #[napi]
    pub const summaryWindowCount: u32 = layout::summary::WINDOW_COUNT;
    /// Of a window: how many of its raw values were put into bins.
    #[napi]
    pub const summarySpilled: u32 = layout::summary::SPILLED;
    /// Of a window: its first raw value.
    #[napi]
    pub const summaryRaw: u32 = layout::summary::RAW;
    /// How many values a window keeps as they are; the next one asks for `summarySpill` first.
    #[napi]
    pub const summaryRawValues: u32 = layout::summary::RAW_VALUES;
    /// The upper 32 bits of a double, shifted right (without sign) by this, are its octave.
    #[napi]
    pub const summaryOctaveShift: u32 = layout::summary::OCTAVE_SHIFT;
    /// The upper 32 bits of a double, shifted right (without sign) by this, end in the number of its bin …
    #[napi]
    pub const summaryBinShift: u32 = layout::summary::BIN_SHIFT;
    /// … and this many bins, a power of two, are an octave.
    #[napi]
    pub const summaryOctaveBins: u32 = layout::summary::OCTAVE_BINS;
    /// The tag of the bins of an octave is the octave plus the window's index times this.
    #[napi]
    pub const summaryWindowTag: u32 = layout::summary::WINDOW_TAG;
    /// The most windows of a summary.
    #[napi]
    pub const summaryMaxWindows: u32 = layout::summary::MAX_WINDOWS;
    /// Of a block that belongs to a cell, such as bins: the place of the next block, or 0. The last word of the cell leads
    /// to the first.
    #[napi]
    pub const extensionNext: u32 = layout::extension::NEXT;
    /// Of a block that belongs to a cell: its tag, as the low u32 of the word.
    #[napi]
    pub const extensionTag: u32 = layout::extension::TAG;
    /// Of a block that belongs to a cell: its body.
    #[napi]
    pub const extensionBody: u32 = layout::extension::BODY;
    /// An exemplar's sequence number, as the low u32 of the word. Its lowest bit is the index of the newest buffer. All
    /// offsets of an exemplar are relative to its place.
    #[napi]
    pub const exemplarSequence: u32 = layout::exemplar::SEQUENCE;
    /// The first of the two buffers.
    #[napi]
    pub const exemplarBuffers: u32 = layout::exemplar::BUFFERS;
    /// Of a buffer: the observed value.
    #[napi]
    pub const exemplarValue: u32 = layout::exemplar::VALUE;
    /// Of a buffer: when it was observed, in seconds since the epoch.
    #[napi]
    pub const exemplarTimestamp: u32 = layout::exemplar::TIMESTAMP;
    /// Of a buffer: the bytes of label text, as a double.
    #[napi]
    pub const exemplarLength: u32 = layout::exemplar::LENGTH;
    /// Of a buffer: the label text, escaped, as UTF-8.
    #[napi]
    pub const exemplarText: u32 = layout::exemplar::TEXT;
    /// Words of a buffer's text.
    #[napi]
    pub const exemplarTextWords: u32 = layout::exemplar::TEXT_WORDS;
    /// Words of a buffer.
    #[napi]
    pub const exemplarBufferWords: u32 = layout::exemplar::BUFFER_WORDS;
    /// How many seconds pass at least between two looks for an exemplar of one bucket, in the whole application.
    #[napi]
    pub const lookInterval: f64 = mpmetrics_core::LOOK_INTERVAL;
    /// Of an entry of a writer's directory: the cell's place, as the low u32 of the word.
    #[napi]
    pub const entryCell: u32 = layout::directory::CELL;
    /// Of an entry of a writer's directory: the generation that the cell is bound to, as the low u32 of the word; 0 for
    /// none.
    #[napi]
    pub const entryGeneration: u32 = layout::directory::GENERATION;
    /// The bits of that word for the generation. The other bits are marks.
    #[napi]
    pub const generations: u32 = layout::directory::GENERATIONS;
    /// A word of a writer's first chunk, relative to its start. It changes when space was freed.
    #[napi]
    pub const spaceEpoch: u32 = layout::control::SPACE_EPOCH;
    /// A word of the first chunk that holds `sentinelValue`, if the buffer is the memory and no copy.
    #[napi]
    pub const sentinel: u32 = layout::control::SENTINEL;
    /// The value of the sentinel.
    #[napi]
    pub const sentinelValue: f64 = layout::control::SENTINEL_VALUE;
    /// Whether plain stores keep their order on this processor, so that JavaScript may store directly.
    #[napi]
    pub const directTier: bool = cfg!(target_arch = "x86_64");
}
