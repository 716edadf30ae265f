//! The meaning of every word in shared memory.
//!
//! The heap is one array of 64-bit words. A [`Place`] is the index of a word, counted through all segments. Segment `k` has
//! [`FIRST_SEGMENT_WORDS`]` << k` words. Place 0 is the first word of the header, so 0 also means "nothing".
//!
//! ```text
//! segment 0                                          segment 1 ...
//! +--------+--------+---------+----------------------+----------------
//! | header | slots, arena chunks, records, tables ...
//! +--------+--------+---------+----------------------+----------------
//! ```
//!
//! All numbers are little-endian. A big-endian machine refuses the magic number.

mod cells;
mod place;

pub(crate) use cells::{SEQUENCE_MASK, Shape};
pub use cells::{counter, exemplar, extension, gauge, histogram, native, summary};
pub use place::{FIRST_SEGMENT_WORDS, MAX_SEGMENTS, PLACE_BITS, Place, WORD};
pub(crate) use place::{
    as_place, high_place, locate, low_place, segment_length, segment_start, start_of_last_segment,
};

/// The first word of every heap: the letters `mpmetric` in memory.
pub const MAGIC: u64 = u64::from_le_bytes(*b"mpmetric");
/// Grows whenever the meaning of a word changes. Each version has heaps of its own: see `os/name.rs`.
pub const LAYOUT_VERSION: u64 = if cfg!(feature = "another-layout") {
    1023
} else {
    5
};
/// Words of a cache line; no two writers share one.
pub const LINE: u32 = 8;

/// The header of segment 0, by word. Invariant: [`header::MAGIC`], [`header::KEEP`], [`header::ENDED`] and
/// [`header::CLOSED`] have these places and meanings in every layout, so that every version can sweep the heaps of others.
pub mod header {
    use super::Place;
    /// [`super::MAGIC`].
    pub const MAGIC: Place = 0;
    /// [`super::LAYOUT_VERSION`].
    pub const VERSION: Place = 1;
    /// The heap's random id, two words.
    pub const ID: Place = 2;
    /// The user the heap belongs to.
    pub const OWNER: Place = 4;
    /// Device and inode of the gate of this heap. A gate that was made later belongs to another heap.
    pub const GATE_DEVICE: Place = 5;
    /// See [`GATE_DEVICE`].
    pub const GATE_INODE: Place = 6;
    /// When the heap was made, seconds since the epoch (f64).
    pub const CREATED: Place = 7;
    /// Inode of the lock file of the label map.
    pub const MAP_INODE: Place = 9;
    /// 1 once the words above are written. Invariant: stored last, with Release; none of these words changes afterwards.
    pub const READY: Place = 8;
    /// How many seconds the heap is kept after its last writer has ended; 0: it is not kept. Only grows. The holder of the
    /// gate stores it.
    pub const KEEP: Place = 10;
    /// When the heap was first seen without a writer, seconds since the epoch (f64); 0: not yet. The holder of the gate
    /// stores it. Invariant: a heap with a time here is never joined again.
    pub const ENDED: Place = 11;
    /// 1 once the last writer has left. Invariant: never returns to 0.
    pub const CLOSED: Place = 16;
    /// The requests to the collectors: the number of the last one in the lower half, on which watchers wait; in the upper
    /// half the slot of the scrape, plus 1.
    pub const REQUEST: Place = 17;
    /// The time of the last request, on the machine's monotonic clock (f64 seconds).
    pub const REQUESTED: Place = 18;
    /// Counts the answers (low half). A scrape waits on this word.
    pub const ANSWERS: Place = 19;
    /// How many slots were adopted from a dead writer.
    pub const ADOPTIONS: Place = 24;
    /// How many declarations met a different one of the same name.
    pub const CONFLICTS: Place = 25;
    /// How many series were dropped for want of memory …
    pub const DROPPED_FULL: Place = 26;
    /// … because the label map was locked …
    pub const DROPPED_BUSY: Place = 27;
    /// … and because their family had reached its limit.
    pub const DROPPED_LIMIT: Place = 28;
    /// 1 after a series was dropped. A writer that frees space sets it to 0, and notifies all writers.
    pub const SHORTAGE: Place = 29;
    /// How many reads were repeated because a writer had changed a cell meanwhile.
    pub const RETRIES: Place = 30;
    /// How often an isolate with collectors did not answer in time.
    pub const UNANSWERED: Place = 31;
    /// How many segments there are.
    pub const SEGMENTS: Place = 32;
    /// The first word that was never allocated.
    pub const BUMP: Place = 33;
    /// The first word that has no memory behind it yet. Invariant: `BUMP <= RESERVED`.
    pub const RESERVED: Place = 34;
    /// How many slots there are, then registries, families and series numbers.
    pub const SLOT_COUNT: Place = 35;
    /// See [`SLOT_COUNT`].
    pub const REGISTRY_COUNT: Place = 36;
    /// See [`SLOT_COUNT`].
    pub const FAMILY_COUNT: Place = 37;
    /// See [`SLOT_COUNT`].
    pub const SERIES_COUNT: Place = 38;
    /// The first free series number, plus 1.
    pub const FREE_SERIES: Place = 39;
    /// How many series there are now; see [`super::series_counts`].
    pub const SERIES_LIVE: Place = 40;
    /// Words that are allocated now.
    pub const USED: Place = 41;
    /// Two words with a bit for each free list of the heap: 1 if it has blocks.
    pub const FREE_CLASSES: Place = 46;
    /// Tables, [`super::TABLE_PAGES`] words each.
    pub const SLOT_TABLE: Place = 48;
    /// See [`SLOT_TABLE`].
    pub const REGISTRY_TABLE: Place = SLOT_TABLE + super::TABLE_PAGES;
    /// See [`SLOT_TABLE`].
    pub const FAMILY_TABLE: Place = REGISTRY_TABLE + super::TABLE_PAGES;
    /// See [`SLOT_TABLE`].
    pub const SERIES_TABLE: Place = FAMILY_TABLE + super::TABLE_PAGES;
    /// The root node of the label map.
    pub const LABEL_MAP: Place = SERIES_TABLE + super::TABLE_PAGES;
    /// Heads of the free lists, one for each size class.
    pub const FREE_LISTS: Place = LABEL_MAP + super::MAP_FANOUT;
    /// The journal of the label-map lock.
    pub const JOURNAL: Place = FREE_LISTS + super::SIZE_CLASSES;
    /// [`LOOK_WORDS`] words, by the hash of a bucket: in the lower half the last interval in which a writer has looked for an
    /// exemplar, in the upper half more of the hash. See `write/sampling.rs`.
    pub const LOOKS: Place = 576;
    /// Words of that table.
    pub const LOOK_WORDS: u32 = 512;
    /// The end of the header.
    pub const END: Place = LOOKS + LOOK_WORDS;
    const _: () = assert!(
        MAGIC == 0 && KEEP == 10 && ENDED == 11 && CLOSED == 16,
        "other versions of this library read and write these words"
    );
    const _: () =
        assert!(JOURNAL + super::journal::HEAD + 2 * super::journal::HEAP_ENTRIES <= LOOKS);
}

/// Pages of a table: page `k` has `TABLE_FIRST << k` entries.
pub const TABLE_PAGES: u32 = 24;
/// Entries in the first page of a table.
pub const TABLE_FIRST: u32 = 16;
/// Children of a node of the label map.
pub const MAP_FANOUT: u32 = 16;
/// Free lists of the heap, one for each size class: see `storage/allocator.rs`.
pub const SIZE_CLASSES: u32 = 112;
/// Free lists of a writer's arena.
pub const ARENA_SIZE_CLASSES: u32 = 64;

/// A journal, by word: see `storage/journal.rs`.
pub mod journal {
    /// Odd while the entries are being applied.
    pub const SEQUENCE: u32 = 0;
    /// The number of valid entries.
    pub const LENGTH: u32 = 1;
    /// A series whose bindings are broken after the entries were applied: its number plus 1 in the lower half, the
    /// generation that ends in the upper half. 0: none.
    pub const BREAK: u32 = 2;
    /// The first entry. Each is a place and the new value of its word.
    pub const HEAD: u32 = 3;
    /// Entries in the journal of the heap.
    pub const HEAP_ENTRIES: u32 = 112;
    /// Entries in the journal of a writer.
    pub const WRITER_ENTRIES: u32 = 24;
}

/// A writer's slot, by word.
pub mod slot {
    /// Counts the writers that have held the slot. Invariant: a new holder adds 1 before any other store to the slot.
    pub const INCARNATION: u32 = 0;
    /// The process of the last holder: for display only, never a proof of life.
    pub const PID: u32 = 1;
    /// Inode of the pid namespace.
    pub const PID_NAMESPACE: u32 = 2;
    /// Start of the process, in the kernel's own unit.
    pub const PROCESS_START: u32 = 3;
    /// Number of the thread in its process, 0 for the main one.
    pub const THREAD: u32 = 4;
    /// When the slot was taken, seconds since the epoch (f64).
    pub const TAKEN: u32 = 5;
    /// 1 while the slot is held, in a private heap, which has no lock files.
    pub const HELD: u32 = 6;
    /// Inode of the lease. Invariant: a slot whose lease is missing or another file is never adopted.
    pub const LEASE_INODE: u32 = 7;
    /// How many chunks the arena has.
    pub const CHUNK_COUNT: u32 = 8;
    /// The next free word of the newest chunk, and the end of the chunk.
    pub const BUMP: u32 = 9;
    /// See [`BUMP`].
    pub const LIMIT: u32 = 10;
    /// The incarnation that has collectors; 0: none.
    pub const COLLECTORS: u32 = 11;
    /// The last request that the collectors have answered.
    pub const ANSWERED: u32 = 12;
    /// The last request without an answer in time. Invariant: while it is greater than [`ANSWERED`], no scrape waits for
    /// this slot.
    pub const MISSED: u32 = 13;
    /// The last request at which the holder's event loop has turned (lower half), and the incarnation of that holder (upper
    /// half). 0: the holder does not store this word.
    pub const TURNED: u32 = 14;
    /// The chunks: the place of each in the lower half, its words in the upper half.
    pub const CHUNKS: u32 = 16;
    /// The directory of series: a table of leaves.
    pub const SERIES: u32 = CHUNKS + super::MAX_CHUNKS;
    /// The directory of families: a table of flags.
    pub const FAMILIES: u32 = SERIES + super::TABLE_PAGES;
    /// Heads of the arena's free lists.
    pub const FREE_LISTS: u32 = FAMILIES + super::TABLE_PAGES;
    /// The journal of the writer.
    pub const JOURNAL: u32 = FREE_LISTS + super::ARENA_SIZE_CLASSES;
    /// The numbers of the servers that the holder has started. 0: none.
    pub const SERVERS: u32 = JOURNAL + super::journal::HEAD + 2 * super::journal::WRITER_ENTRIES;
    /// The most servers that a slot has room for.
    pub const MAX_SERVERS: u32 = 4;
    /// The place and the length of a chunk.
    pub(crate) fn chunk(word: u64) -> (super::Place, u32) {
        (super::low_place(word), (word >> 32) as u32)
    }
    /// Words of a slot.
    pub const WORDS: u32 = 224;
    const _: () = assert!(SERVERS + MAX_SERVERS <= WORDS);
}

/// Words in the first chunk of an arena: 4 KiB. Each further chunk is twice as large, or a half, a quarter or an eighth of
/// that when memory is short.
pub const FIRST_CHUNK_WORDS: u32 = 512;
/// The most chunks that an arena can have.
pub const MAX_CHUNKS: u32 = 20;

/// The first cache line of an arena's first chunk.
pub mod control {
    /// Holds [`SENTINEL_VALUE`]. JavaScript reads it back: its buffer must be the memory, and not a copy.
    pub const SENTINEL: u32 = 0;
    /// The value of [`SENTINEL`] (f64).
    pub const SENTINEL_VALUE: f64 = 1_836_085_613.0;
    /// Grows when space was freed, so that dropped series try again. Other writers store this word.
    pub const SPACE_EPOCH: u32 = 8;
    /// The first word of the arena's cells.
    pub const END: u32 = 16;
}

/// A leaf of a writer's directory: [`directory::LEAF_SERIES`] pairs of a cell and a generation.
pub mod directory {
    /// Series in a leaf.
    pub const LEAF_SERIES: u32 = 64;
    /// Words of an entry.
    pub const ENTRY_WORDS: u32 = 2;
    /// The cell's place in the lower half, its size in words above, and in the topmost bit whether it has extensions.
    pub const CELL: u32 = 0;
    /// The generation that the cell is bound to; 0: none. Invariant: a cell counts only if this generation equals the one in
    /// the table of series. The removal of a series stores 0 here, and children compare the word before each update. With
    /// [`WATCHED`], the upper half holds the time of the mark: see `read/staleness.rs`.
    pub const GENERATION: u32 = 1;
    /// The bits of a generation, here and in the table of series.
    pub const GENERATIONS: u32 = (1 << 30) - 1;
    /// Marks a binding that is watched and has not been updated since.
    pub const WATCHED: u64 = 1 << 31;

    /// Marks a cell with extensions.
    const EXTENDED: u64 = 1 << 63;

    /// The word of an entry that holds its cell.
    pub(crate) fn cell_word(cell: super::Place, shape: super::Shape) -> u64 {
        let extended = if shape.extended { EXTENDED } else { 0 };
        u64::from(cell) | u64::from(shape.words) << 32 | extended
    }

    /// The inverse of [`cell_word`].
    pub(crate) fn cell_of(word: u64) -> (super::Place, super::Shape) {
        let shape = super::Shape {
            words: (word >> 32) as u32 & 0x7fff_ffff,
            extended: word & EXTENDED != 0,
        };
        (super::low_place(word), shape)
    }
}

/// A record of a series, by word.
pub mod series {
    /// The family's number in the upper half, the series' own in the lower.
    pub const NUMBER: u32 = 0;
    /// The hash of family and labels.
    pub const HASH: u32 = 1;
    /// The next record of the same chain of the label map in the upper half, the bytes of label text in the lower.
    pub const NEXT_AND_LENGTH: u32 = 2;
    /// When the series was made, seconds since the epoch (f64).
    pub const CREATED: u32 = 3;
    /// The value that all writers share, if the family has shared values (f64).
    pub const SHARED: u32 = 4;
    /// In the same word, for all other families: the last start from zero, in seconds since the epoch (f64). 0: the
    /// creation.
    pub const RESTARTED: u32 = SHARED;
    /// The label text, already escaped.
    pub const TEXT: u32 = 5;
}

/// A record of a family, by word.
pub mod family {
    /// The hash of registries and name.
    pub const HASH: u32 = 0;
    /// How many series the family has; see [`super::series_counts`].
    pub const SERIES: u32 = 1;
    /// The bytes of the declaration.
    pub const LENGTH: u32 = 2;
    /// The declaration, in the encoding of `model/declaration/encoding.rs`.
    pub const TEXT: u32 = 3;
}

/// The two counts in a word that counts series: series of the application (lower half), and overflow series (upper half),
/// for which no limit holds.
pub(crate) fn series_counts(word: u64) -> (u32, u32) {
    (word as u32, (word >> 32) as u32)
}

/// The amount that one series adds to a word that counts series.
pub(crate) fn series_count(is_overflow: bool) -> i64 {
    if is_overflow { 1 << 32 } else { 1 }
}
