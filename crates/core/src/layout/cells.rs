//! The words of each kind of cell.

/// The bits of a sequence. JavaScript stores no larger integer.
pub(crate) const SEQUENCE_MASK: u64 = 0xffff_ffff;

/// The size of a writer's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Its words; 0 where all writers share one value.
    pub words: u32,
    /// Whether its last word is the head of a list of extensions.
    pub extended: bool,
}

/// A counter's cell, by word.
pub mod counter {
    /// The count of this writer (f64).
    pub const VALUE: u32 = 0;
    /// Words of the cell.
    pub const WORDS: u32 = 1;
}

/// A gauge's cell, by word.
pub mod gauge {
    /// The value that this writer has set (f64).
    pub const VALUE: u32 = 0;
    /// The incarnation of the writer that has set the value (low half). Invariant: stored after the value. A cell counts
    /// only while this equals the incarnation of its slot, so the contribution of a dead process ends for good. The high
    /// half is 1 if the value is a time: the latest time is shown where other values are summed.
    pub const INCARNATION: u32 = 1;
    /// Words of the cell.
    pub const WORDS: u32 = 2;
}

/// A histogram's cell, by word: see `cell/histogram.rs` for the protocol.
pub mod histogram {
    /// Odd (low half) while the intent is being applied.
    pub const SEQUENCE: u32 = 0;
    /// The bucket of the intent (f64).
    pub const INTENT_BUCKET: u32 = 1;
    /// The new count of the bucket (f64).
    pub const INTENT_COUNT: u32 = 2;
    /// The new sum (f64).
    pub const INTENT_SUM: u32 = 3;
    /// The sum of all observed values (f64).
    pub const SUM: u32 = 4;
    /// The buckets, `+Inf` last (f64 each).
    pub const BUCKETS: u32 = 5;
    /// The most buckets that a histogram can have, `+Inf` included.
    pub const MAX_BUCKETS: usize = 1024;
}

/// The words that a native histogram has behind its buckets, and its table of sparse buckets, by word: see `cell/native.rs`
/// for the protocol.
pub mod native {
    /// The place of the table (low half). 0: none yet. The intent and the table belong to the redo record of the histogram.
    pub const TABLE: u32 = 0;
    /// The word of the table that the intent changes (f64).
    pub const INTENT_WORD: u32 = 1;
    /// The new value of that word (f64).
    pub const INTENT_VALUE: u32 = 2;
    /// Words of a cell behind its buckets. The head of its extensions follows.
    pub const WORDS: u32 = 3;

    /// Of a table: how many entries there is room for (low half), a power of two.
    pub const CAPACITY: u32 = 0;
    /// Of a table: the resolution (f64).
    pub const SCHEMA: u32 = 1;
    /// Of a table: the greatest absolute value in the zero bucket (f64).
    pub const ZERO_THRESHOLD: u32 = 2;
    /// Of a table: how many values were NaN (f64).
    pub const NAN: u32 = 3;
    /// Of a table: how many values are in the zero bucket (f64).
    pub const ZERO: u32 = 4;
    /// Of a table: the first entry. A key is found from entry [`first_entry`] on.
    pub const ENTRIES: u32 = 5;
    /// Of an entry: the key (low half). 0: the entry is free.
    pub const KEY: u32 = 0;
    /// Of an entry: how many values are in the bucket (f64).
    pub const COUNT: u32 = 1;
    /// Words of an entry.
    pub const ENTRY_WORDS: u32 = 2;
    /// A key is the index of a bucket plus this, so no key is 0.
    pub const INDEX_ZERO: u32 = 1 << 19;
    /// Added to the keys of negative buckets.
    pub const NEGATIVE: u32 = 1 << 20;
    /// Spreads the keys of neighbours over the table.
    pub const MULTIPLIER: u32 = 0x9e37_79b1;
    /// The most buckets that a declaration can ask for. Invariant: this is three quarters of [`MOST_CAPACITY`], and no
    /// writer has more buckets in the coarsest schema.
    pub const MAX_BUCKETS: u32 = 768;
    /// The most buckets that a writer can have in the coarsest schema: 133 for each sign, one of them for infinity.
    pub const COARSEST_BUCKETS: u32 = 266;
    /// The least entries of a table.
    pub const LEAST_CAPACITY: u32 = 8;
    /// The most entries of a table.
    pub const MOST_CAPACITY: u32 = 1024;
    /// The tag of an extension with a table is this, plus twice the binary logarithm of the capacity, plus 0 or 1. A table is
    /// replaced by one with another tag, and is used again later.
    pub const TABLE_TAG: u32 = 1 << 16;

    /// The entry of a table from which on a key is looked for.
    pub(crate) fn first_entry(key: u32, capacity: u32) -> u32 {
        key.wrapping_mul(MULTIPLIER) >> (u32::BITS - capacity.ilog2())
    }

    /// Words of a table.
    pub(crate) fn table_words(capacity: u32) -> u32 {
        ENTRIES + capacity * ENTRY_WORDS
    }
}

/// A summary's cell, by word: see `cell/summary.rs` for the protocol.
pub mod summary {
    /// Odd (low half) while the intent is being applied.
    pub const SEQUENCE: u32 = 0;
    /// The new count (f64).
    pub const INTENT_COUNT: u32 = 1;
    /// The new sum (f64).
    pub const INTENT_SUM: u32 = 2;
    /// The number of observed values (f64).
    pub const COUNT: u32 = 3;
    /// The sum of all observed values (f64).
    pub const SUM: u32 = 4;
    /// The first window. The head of the list of extensions follows the last window.
    pub const WINDOWS: u32 = 5;
    /// The most windows that a summary can have.
    pub const MAX_WINDOWS: u32 = 50;
    /// Words of a cell with that many windows (at least one), without the head of its extensions.
    pub(crate) fn words(windows: u32) -> u32 {
        WINDOWS + windows.max(1) * WINDOW_WORDS
    }

    /// Of a window: its number plus 1 (f64). 0 before its first use, and while it is being cleared.
    pub const TAG: u32 = 0;
    /// Of a window: the number of its values (f64).
    pub const WINDOW_COUNT: u32 = 1;
    /// Of a window: the number of raw values that were put into bins (f64). Invariant: the bins count once this is
    /// [`RAW_VALUES`].
    pub const SPILLED: u32 = 2;
    /// Of a window: the first [`RAW_VALUES`] values (f64 each).
    pub const RAW: u32 = 3;
    /// The number of raw values that a window keeps.
    pub const RAW_VALUES: u32 = 32;
    /// Words of a window.
    pub const WINDOW_WORDS: u32 = RAW + RAW_VALUES;

    /// Bins in an octave. An octave holds all doubles with the same sign and exponent.
    pub const OCTAVE_BINS: u32 = 64;
    /// The upper 32 bits of a double, shifted right by this, are its octave.
    pub const OCTAVE_SHIFT: u32 = 20;
    /// The upper 32 bits of a double, shifted right by this, end in the number of its bin.
    pub const BIN_SHIFT: u32 = 14;
    /// The tag of an extension with the bins of an octave is the octave plus the window's index times this.
    pub const WINDOW_TAG: u32 = 1 << 12;
}

/// A block that belongs to a cell, by word: bins of a summary, or an exemplar. The last word of such a cell is the head of
/// its list.
pub mod extension {
    /// The next block of the same cell, or 0.
    pub const NEXT: u32 = 0;
    /// The purpose of the block in the lower half, the words of its body in the upper half.
    pub const TAG: u32 = 1;
    /// The body.
    pub const BODY: u32 = 2;
}

/// An exemplar in the body of an extension whose tag is the bucket, by word: see `cell/exemplar.rs` for the protocol.
pub mod exemplar {
    /// Counts the exemplars that were stored here. The lowest bit is the index of the newest buffer.
    pub const SEQUENCE: u32 = 0;
    /// The two buffers.
    pub const BUFFERS: u32 = 1;
    /// Of a buffer: the observed value (f64).
    pub const VALUE: u32 = 0;
    /// Of a buffer: the time of the observation, in seconds since the epoch (f64).
    pub const TIMESTAMP: u32 = 1;
    /// Of a buffer: the bytes of label text (f64).
    pub const LENGTH: u32 = 2;
    /// Of a buffer: the label text, already escaped.
    pub const TEXT: u32 = 3;
    /// Words of a buffer's text. OpenMetrics 1.0.0 allows 128 characters, which take at most five bytes each, as in `a="",`.
    pub const TEXT_WORDS: u32 = 96;
    /// Words of a buffer.
    pub const BUFFER_WORDS: u32 = TEXT + TEXT_WORDS;
    /// Words of the body.
    pub const WORDS: u32 = BUFFERS + 2 * BUFFER_WORDS;
}
