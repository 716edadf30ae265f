//! Sparse buckets: a table of one writer, in step with the sum and the classic buckets of its cell.
//!
//! ```text
//! cell     | histogram ... | table | intent: word of the table, its new value | extensions |
//! table    | capacity | schema | zero threshold | NaN | zero bucket | key, count | key, count | ...
//! ```
//!
//! Each value is counted in one word of the table: that of NaN, of the zero bucket, or of an entry. The word belongs to the
//! redo record of the histogram (`histogram.rs`), so all parts of a cell agree whenever the writer dies. Entries are found by
//! open addressing. A key is stored before its first count; an entry with the count 0 shows nothing.
//!
//! A table that is too small or too fine is replaced. The writer fills another table, which no reader uses, with the same
//! counts. Then one store publishes the table. Before the table is filled, the sequence moves on: a reader that still copies
//! the last contents of that memory finds another sequence, and copies again. Tables stay in the list of extensions, two of
//! each capacity at most, and go back with the cell.

use super::histogram;
use crate::error::{Error, Result};
use crate::layout::native::{
    CAPACITY, COARSEST_BUCKETS, COUNT, ENTRIES, ENTRY_WORDS, INDEX_ZERO, INTENT_VALUE, INTENT_WORD,
    KEY, LEAST_CAPACITY, MOST_CAPACITY, NAN, NEGATIVE, SCHEMA, TABLE, TABLE_TAG, WORDS, ZERO,
    ZERO_THRESHOLD, first_entry, table_words,
};
use crate::layout::{Place, SEQUENCE_MASK, histogram as layout, low_place};
use crate::model::bucket_bounds::{COARSEST, FINEST};
use crate::model::native_spec::NativeSpec;
use crate::model::sparse::{Bucket, Sparse, Target};
use crate::storage::words::Words;
use crate::sync::{AtomicF64, AtomicU64, Ordering, fence};

/// A cell with sparse buckets.
#[derive(Clone, Copy)]
pub(crate) struct NativeCell<'a> {
    words: &'a Words,
    /// The words of the classic histogram.
    pub histogram: &'a [AtomicU64],
    own: &'a [AtomicU64],
}

impl<'a> NativeCell<'a> {
    /// The parts of a cell, which has a head of its extensions.
    pub fn new(words: &'a Words, cell: &'a [AtomicU64]) -> Result<NativeCell<'a>> {
        let classic = cell.len().checked_sub(WORDS as usize + 1);
        let Some(classic) = classic.filter(|length| *length > layout::BUCKETS as usize) else {
            return Err(Error::Corrupt {
                what: "a native histogram has a cell of another kind",
            });
        };
        let (histogram, rest) = cell.split_at(classic);
        Ok(NativeCell {
            words,
            histogram,
            own: &rest[..WORDS as usize],
        })
    }

    /// The place of the table; 0: none.
    pub fn table_place(&self) -> Place {
        // Acquire: a reader that finds the place finds the table behind it.
        low_place(self.own[TABLE as usize].load(Ordering::Acquire))
    }

    /// The words of the table, if there is one.
    fn table(&self) -> Result<Option<&'a [AtomicU64]>> {
        let place = self.table_place();
        if place == 0 {
            return Ok(None);
        }
        // Relaxed: it never changes while the table is in use.
        let capacity = self.words.word(place + CAPACITY)?.load(Ordering::Relaxed) as u32;
        if !capacity.is_power_of_two() || !(LEAST_CAPACITY..=MOST_CAPACITY).contains(&capacity) {
            return Err(Error::Corrupt {
                what: "a table of sparse buckets has no such capacity",
            });
        }
        self.words.slice(place, table_words(capacity)).map(Some)
    }

    /// Counts several observations of that value. `total` is their sum, and `bucket` their classic bucket. `false`: the table
    /// has no entry for the value.
    pub fn add(&self, bucket: u32, number: f64, total: f64, value: f64) -> Result<bool> {
        let Some(table) = self.table()? else {
            return Ok(false);
        };
        let Some(word) = word_of(table, value) else {
            return Ok(false);
        };
        self.repair()?;
        let further = histogram::Further {
            intent: [INTENT_WORD, INTENT_VALUE].map(|word| &self.own[word as usize]),
            index: f64::from(word),
            word: &table[word as usize],
        };
        histogram::add(self.histogram, Some(further), bucket, number, total)?;
        Ok(true)
    }

    /// Finishes an update that its writer began. Only the owner of the cell may.
    pub fn repair(&self) -> Result<()> {
        // Acquire: as in `histogram::repair`.
        if self.histogram[layout::SEQUENCE as usize].load(Ordering::Acquire) & 1 == 0 {
            return Ok(());
        }
        let [word, value] = [INTENT_WORD, INTENT_VALUE]
            .map(|word| self.own[word as usize].load_f64(Ordering::Relaxed));
        let table = self.table()?;
        let Some(word) = table.and_then(|table| table.get(word as usize)) else {
            return Err(Error::Corrupt {
                what: "an intent is about no sparse bucket",
            });
        };
        // Relaxed: the even sequence publishes it.
        word.store_f64(value, Ordering::Relaxed);
        histogram::repair(self.histogram)
    }

    /// The owner's sparse buckets.
    pub fn sparse(&self, spec: &NativeSpec) -> Result<Sparse> {
        self.repair()?;
        let mut copy = TableCopy::default();
        copy.take(self)?;
        Ok(copy.sparse(false)?.unwrap_or_else(|| Sparse::new(spec)))
    }

    /// Makes an entry for that value beside those of `sparse`, which has the present contents. The sparse buckets become
    /// coarser if there would be too many. `extension` makes an extension with that tag and length, and gives its place.
    pub fn provide(
        &self,
        spec: &NativeSpec,
        mut sparse: Sparse,
        value: f64,
        extension: &mut dyn FnMut(u32, u32) -> Result<Place>,
    ) -> Result<()> {
        let table = self.table()?;
        let before = (sparse.schema, sparse.zero_threshold);
        sparse.provide(value);
        sparse.limit(spec);
        // It may have gone into the zero bucket, or another bucket, meanwhile.
        sparse.provide(value);
        let is_as_before = before == (sparse.schema, sparse.zero_threshold);
        match table {
            Some(table) if is_as_before && fits(sparse.buckets.len(), capacity_of(table)) => {
                if let Target::Bucket(bucket) = Target::of(value, before.0, before.1)
                    && let Some(free) = entry_for(table, key_of(bucket))
                {
                    // Relaxed: the sequence of the first update publishes it.
                    table[free as usize].store(key_of(bucket).into(), Ordering::Relaxed);
                }
                Ok(())
            }
            _ => self.replace(&sparse, extension),
        }
    }

    /// Publishes a table with these buckets.
    pub fn replace(
        &self,
        sparse: &Sparse,
        extension: &mut dyn FnMut(u32, u32) -> Result<Place>,
    ) -> Result<()> {
        let least = capacity_for(sparse.buckets.len());
        let (place, capacity) = self.spare_table(least, extension)?;
        let table = self.words.slice(place, table_words(capacity))?;
        let sequence = &self.histogram[layout::SEQUENCE as usize];
        let next = sequence.load(Ordering::Relaxed).wrapping_add(2) & SEQUENCE_MASK;
        // Relaxed, then a Release fence: a reader that finds any word below also finds that sequence.
        sequence.store(next, Ordering::Relaxed);
        fence(Ordering::Release);
        for word in table {
            word.store(0, Ordering::Relaxed);
        }
        table[CAPACITY as usize].store(capacity.into(), Ordering::Relaxed);
        for (word, number) in [
            (SCHEMA, f64::from(sparse.schema)),
            (ZERO_THRESHOLD, sparse.zero_threshold),
            (NAN, sparse.nan),
            (ZERO, sparse.zero),
        ] {
            table[word as usize].store_f64(number, Ordering::Relaxed);
        }
        for (bucket, count) in &sparse.buckets {
            if let Some(at) = entry_for(table, key_of(*bucket)) {
                table[at as usize].store(key_of(*bucket).into(), Ordering::Relaxed);
                table[(at + COUNT) as usize].store_f64(*count, Ordering::Relaxed);
            }
        }
        // Release: a reader that finds the place finds the whole table.
        self.own[TABLE as usize].store(place.into(), Ordering::Release);
        Ok(())
    }

    /// A table that is not in use, of at least that capacity. Without memory for one, a longer table of the cell serves.
    fn spare_table(
        &self,
        least: u32,
        extension: &mut dyn FnMut(u32, u32) -> Result<Place>,
    ) -> Result<(Place, u32)> {
        let mut shortage = Error::Full { bytes: 0 };
        let mut capacity = least;
        while capacity <= MOST_CAPACITY {
            for tag in table_tags(capacity) {
                match extension(tag, table_words(capacity)) {
                    Ok(place) if place != self.table_place() => return Ok((place, capacity)),
                    Ok(_) => {}
                    Err(error) if error.is_shortage() => shortage = error,
                    Err(error) => return Err(error),
                }
            }
            capacity *= 2;
        }
        Err(shortage)
    }
}

/// The tags of the two tables of a capacity.
pub(crate) fn table_tags(capacity: u32) -> [u32; 2] {
    [0, 1].map(|twin| TABLE_TAG + 2 * capacity.ilog2() + twin)
}

/// The capacity of a table for all buckets that a writer can have in one series.
pub(crate) fn greatest_capacity(spec: &NativeSpec) -> u32 {
    capacity_for(spec.max_buckets.max(COARSEST_BUCKETS) as usize)
}

fn capacity_for(buckets: usize) -> u32 {
    let mut capacity = LEAST_CAPACITY;
    while !fits(buckets, capacity) {
        capacity *= 2;
    }
    capacity
}

/// Whether a table with that many entries finds them fast.
fn fits(buckets: usize, capacity: u32) -> bool {
    4 * buckets <= 3 * capacity as usize || capacity == MOST_CAPACITY
}

fn capacity_of(table: &[AtomicU64]) -> u32 {
    (table.len() as u32 - ENTRIES) / ENTRY_WORDS
}

fn key_of(bucket: Bucket) -> u32 {
    let sign = if bucket.is_negative { NEGATIVE } else { 0 };
    sign + INDEX_ZERO.wrapping_add_signed(bucket.index)
}

fn bucket_of(key: u32) -> Bucket {
    Bucket {
        is_negative: key & NEGATIVE != 0,
        index: (key & (NEGATIVE - 1)) as i32 - INDEX_ZERO as i32,
    }
}

/// The index of the word that counts the value. `None`: the table has no entry for its bucket.
fn word_of(table: &[AtomicU64], value: f64) -> Option<u32> {
    let [schema, threshold] =
        [SCHEMA, ZERO_THRESHOLD].map(|word| table[word as usize].load_f64(Ordering::Relaxed));
    match Target::of(value, (schema as i8).clamp(COARSEST, FINEST), threshold) {
        Target::Nan => Some(NAN),
        Target::Zero => Some(ZERO),
        Target::Bucket(bucket) => {
            let key = key_of(bucket);
            let at = entry_for(table, key)?;
            // Relaxed: only the owner changes it.
            let is_there = table[at as usize].load(Ordering::Relaxed) == u64::from(key);
            is_there.then_some(at + COUNT)
        }
    }
}

/// The word of the entry with that key, or of the free entry for it. `None`: the table is full.
fn entry_for(table: &[AtomicU64], key: u32) -> Option<u32> {
    let capacity = capacity_of(table);
    let first = first_entry(key, capacity);
    (0..capacity)
        .map(|step| ENTRIES + (first + step) % capacity * ENTRY_WORDS + KEY)
        .find(|at| {
            // Relaxed: only the owner changes it.
            let found = table[*at as usize].load(Ordering::Relaxed);
            found == 0 || found == u64::from(key)
        })
}

/// A copy of the words of a table, and of the intent.
#[derive(Default)]
pub(crate) struct TableCopy {
    words: Vec<u64>,
    intent: [f64; 2],
}

impl TableCopy {
    /// Copies the words of a cell. The caller makes sure that no update falls in between.
    pub fn take(&mut self, cell: &NativeCell) -> Result<()> {
        self.words.clear();
        // Relaxed: see `histogram::read`.
        self.intent = [INTENT_WORD, INTENT_VALUE]
            .map(|word| cell.own[word as usize].load_f64(Ordering::Relaxed));
        if let Some(table) = cell.table()? {
            let words = table.iter().map(|word| word.load(Ordering::Relaxed));
            self.words.extend(words);
        }
        Ok(())
    }

    /// The sparse buckets of the copy. With the intent, if an update was under way.
    pub fn sparse(&mut self, is_under_way: bool) -> Result<Option<Sparse>> {
        if self.words.is_empty() {
            return Ok(None);
        }
        if is_under_way {
            let [word, value] = self.intent;
            let Some(word) = self.words.get_mut(word as usize) else {
                return Err(Error::Corrupt {
                    what: "an intent is about no sparse bucket",
                });
            };
            *word = value.to_bits();
        }
        let number = |word: u32| f64::from_bits(self.words[word as usize]);
        let schema = number(SCHEMA);
        let zero_threshold = number(ZERO_THRESHOLD);
        if !(f64::from(COARSEST)..=f64::from(FINEST)).contains(&schema) || zero_threshold.is_nan() {
            return Err(Error::Corrupt {
                what: "a table of sparse buckets has no such resolution",
            });
        }
        let entries = self.words[ENTRIES as usize..].chunks_exact(ENTRY_WORDS as usize);
        Ok(Some(Sparse {
            schema: schema as i8,
            zero_threshold,
            zero: number(ZERO),
            nan: number(NAN),
            buckets: entries
                .filter(|entry| entry[KEY as usize] != 0)
                .map(|entry| {
                    let bucket = bucket_of(entry[KEY as usize] as u32);
                    (bucket, f64::from_bits(entry[COUNT as usize]))
                })
                .collect(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_the_greatest_capacity_has_room_for_all_values() {
        let mut sparse = Sparse {
            schema: COARSEST,
            ..Sparse::default()
        };
        // Each power of two, from the least subnormal number on, and infinity.
        let subnormal = (0..52).map(|bit| 1 << bit);
        let bits = subnormal.chain((1..=2047).map(|exponent| exponent << 52));
        for value in bits.map(f64::from_bits) {
            sparse.provide(value);
            sparse.provide(-value);
        }
        assert_eq!(sparse.buckets.len(), COARSEST_BUCKETS as usize);
        assert_eq!(greatest_capacity(&NativeSpec::default()), 512);
        let most = NativeSpec {
            max_buckets: 768,
            ..NativeSpec::default()
        };
        assert_eq!(greatest_capacity(&most), MOST_CAPACITY);
    }
}
