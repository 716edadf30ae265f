//! What lies in the cells of each kind of metric, by word.

/// The bits of a sequence: JavaScript has no integer of more that it could store.
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
    /// What this writer has counted (f64).
    pub const VALUE: u32 = 0;
    /// Words of the cell.
    pub const WORDS: u32 = 1;
}

/// A gauge's cell, by word.
pub mod gauge {
    /// What this writer has set (f64).
    pub const VALUE: u32 = 0;
    /// The incarnation that has set it (low half). Invariant: stored after the value; a cell counts only while this is
    /// the incarnation of its slot, so the share of a dead process vanishes and stays gone. The high half is 1 if the
    /// value is a time, of which the latest is wanted where others are added up.
    pub const INCARNATION: u32 = 1;
    /// Words of the cell.
    pub const WORDS: u32 = 2;
}

/// A histogram's cell, by word: see `cell/histogram.rs` for the protocol.
pub mod histogram {
    /// Odd (low half) while the intent is being applied.
    pub const SEQUENCE: u32 = 0;
    /// The bucket the intent is about (f64).
    pub const INTENT_BUCKET: u32 = 1;
    /// What the bucket will hold (f64).
    pub const INTENT_COUNT: u32 = 2;
    /// What the sum will be (f64).
    pub const INTENT_SUM: u32 = 3;
    /// The sum of all observed values (f64).
    pub const SUM: u32 = 4;
    /// The buckets, `+Inf` last (f64 each).
    pub const BUCKETS: u32 = 5;
    /// As many buckets as a histogram can have, `+Inf` included.
    pub const MAX_BUCKETS: usize = 1024;
}

/// A summary's cell, by word: see `cell/summary.rs` for the protocol.
pub mod summary {
    /// Odd (low half) while the intent is being applied.
    pub const SEQUENCE: u32 = 0;
    /// What the count will be (f64).
    pub const INTENT_COUNT: u32 = 1;
    /// What the sum will be (f64).
    pub const INTENT_SUM: u32 = 2;
    /// How many values were observed (f64).
    pub const COUNT: u32 = 3;
    /// The sum of all observed values (f64).
    pub const SUM: u32 = 4;
    /// The windows begin here; behind the last one is the head of the list of extensions.
    pub const WINDOWS: u32 = 5;
    /// As many windows as a summary can have.
    pub const MAX_WINDOWS: u32 = 50;
    /// Words of a cell with so many windows, with at least one, without the head of its extensions.
    pub(crate) fn words(windows: u32) -> u32 {
        WINDOWS + windows.max(1) * WINDOW_WORDS
    }

    /// Of a window: its number plus 1 (f64); 0 while it is being cleared, and before its first use.
    pub const TAG: u32 = 0;
    /// Of a window: how many values it has (f64).
    pub const WINDOW_COUNT: u32 = 1;
    /// Of a window: how many of the raw values were put into bins (f64). Invariant: the bins count once this is [`RAW_VALUES`].
    pub const SPILLED: u32 = 2;
    /// Of a window: the first [`RAW_VALUES`] values (f64 each).
    pub const RAW: u32 = 3;
    /// How many values a window keeps as they are.
    pub const RAW_VALUES: u32 = 32;
    /// Words of a window.
    pub const WINDOW_WORDS: u32 = RAW + RAW_VALUES;

    /// Bins in an octave, that is for all doubles with the same sign and exponent.
    pub const OCTAVE_BINS: u32 = 64;
    /// The upper 32 bits of a double, shifted right by this, are its octave.
    pub const OCTAVE_SHIFT: u32 = 20;
    /// The upper 32 bits of a double, shifted right by this, end in the number of its bin.
    pub const BIN_SHIFT: u32 = 14;
    /// The tag of an extension with the bins of an octave is the octave plus the window's index times this.
    pub const WINDOW_TAG: u32 = 1 << 12;
}

/// A block that belongs to a cell, by word: bins of a summary, or an exemplar. The last word of a cell that may have
/// them is the head of their list.
pub mod extension {
    /// The next block of the same cell, or 0.
    pub const NEXT: u32 = 0;
    /// What the block is for in the lower half, the words of its body in the upper.
    pub const TAG: u32 = 1;
    /// The body.
    pub const BODY: u32 = 2;
}

/// An exemplar in the body of an extension whose tag is the bucket, by word: see `cell/exemplar.rs` for the protocol.
pub mod exemplar {
    /// Counts the exemplars stored here; its lowest bit tells which buffer holds the newest.
    pub const SEQUENCE: u32 = 0;
    /// The two buffers.
    pub const BUFFERS: u32 = 1;
    /// Of a buffer: the observed value (f64).
    pub const VALUE: u32 = 0;
    /// Of a buffer: when it was observed, seconds since the epoch (f64).
    pub const TIMESTAMP: u32 = 1;
    /// Of a buffer: the bytes of label text (f64).
    pub const LENGTH: u32 = 2;
    /// Of a buffer: the label text, already escaped.
    pub const TEXT: u32 = 3;
    /// Words of a buffer's text: room for 128 characters, the most that OpenMetrics 1.0.0 allows, which take five bytes each at
    /// most, as in `a="",`.
    pub const TEXT_WORDS: u32 = 96;
    /// Words of a buffer.
    pub const BUFFER_WORDS: u32 = TEXT + TEXT_WORDS;
    /// Words of the body.
    pub const WORDS: u32 = BUFFERS + 2 * BUFFER_WORDS;
}
