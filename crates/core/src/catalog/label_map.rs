//! The label map: the series for a family and its label values.
//!
//! The map is a trie on the hash, with 16 branches a level. A word of a node is empty, or leads to another node or to a
//! chain of records. A chain of more than [`LONGEST_CHAIN`] records becomes a node. Nothing is ever rehashed, so the cost of
//! a new series does not grow with their number.
//!
//! Only the holder of the label-map lock changes the map, in a transaction. Readers take no lock. A reader may miss a series
//! during a change, and then looks again under the lock. It never follows a wrong record unnoticed, because the caller
//! compares the generation in the table of series before and after. Links lead only forward in the order of a chain, so a
//! reader between an old and a new chain cannot run in a circle.

use crate::error::{Error, Result};
use crate::layout::{MAP_FANOUT, Place, header, high_place, low_place, series};
use crate::model::labels::Labels;
use crate::storage::allocator::Allocator;
use crate::storage::journal::Transaction;
use crate::storage::words::Words;

/// A chain that is longer becomes a node.
const LONGEST_CHAIN: usize = 4;
/// Levels of the trie: 4 bits of the hash each.
const LEVELS: u32 = 16;
/// The most records of a chain above the last level. Each level may add one, if all records of a chain take one branch.
const MOST_IN_CHAIN: usize = LONGEST_CHAIN + LEVELS as usize;
/// Marks a word that leads to a node.
const NODE: u64 = 1 << 32;
/// The most empty nodes that are freed with one record, because other parts of the change need the rest of the journal.
/// Only hashes that were chosen to be alike lead so deep, and a remaining node is used again.
const PRUNED_AT_ONCE: usize = 2;
/// A chain with more records than this is corrupt, and leads back to itself.
const TOO_MANY: usize = 1 << 16;

fn slot(node: Place, hash: u64, level: u32) -> Place {
    node + (hash >> (4 * level)) as u32 % MAP_FANOUT
}

/// The word that the hash leads to, and its level.
fn descend(hash: u64, load: impl Fn(Place) -> Result<u64>) -> Result<(Place, u32)> {
    let mut node = header::LABEL_MAP;
    for level in 0..LEVELS {
        let at = slot(node, hash, level);
        let word = load(at)?;
        if word & NODE == 0 {
            return Ok((at, level));
        }
        node = low_place(word);
    }
    Err(Error::Corrupt {
        what: "the label map is too deep",
    })
}

/// The record with these labels in this family, if there is one.
pub(crate) fn find(words: &Words, family: u32, labels: &Labels) -> Result<Option<Place>> {
    let hash = labels.hash(words.key()?, family);
    let (at, _) = descend(hash, |place| words.load(place))?;
    let mut record = words.load_place(at)?;
    let mut text = Vec::new();
    for _ in 0..TOO_MANY {
        if record == 0 {
            return Ok(None);
        }
        let fields = words.slice(record, series::TEXT)?;
        // Acquire: a reader that finds a link also finds the record's text.
        let load = |word: u32| fields[word as usize].load(crate::sync::Ordering::Acquire);
        let next_and_length = load(series::NEXT_AND_LENGTH);
        if load(series::HASH) == hash && (load(series::NUMBER) >> 32) as u32 == family {
            text.clear();
            words.read_bytes(
                record + series::TEXT,
                next_and_length as u32 as usize,
                &mut text,
            )?;
            if labels.is_written_as(&text) {
                return Ok(Some(record));
            }
        }
        record = high_place(next_and_length);
    }
    Err(Error::Corrupt {
        what: "a chain of the label map does not end",
    })
}

/// The link of a record, with another one behind it.
fn linked(next_and_length: u64, next: Place) -> u64 {
    u64::from(next) << 32 | next_and_length & 0xffff_ffff
}

/// The records of a chain above the last level, in `room`.
fn chain<'room>(
    transaction: &Transaction,
    head: Place,
    room: &'room mut [Place; MOST_IN_CHAIN],
) -> Result<&'room [Place]> {
    let (mut next, mut length) = (head, 0);
    while next != 0 {
        let Some(record) = room.get_mut(length) else {
            return Err(Error::Corrupt {
                what: "a chain of the label map does not end",
            });
        };
        *record = next;
        length += 1;
        next = high_place(transaction.get(next + series::NEXT_AND_LENGTH)?);
    }
    Ok(&room[..length])
}

/// Inserts a record, whose words are filled except for its link. Returns the value of the link word.
pub(crate) fn insert(
    transaction: &mut Transaction,
    record: Place,
    hash: u64,
    length: u32,
) -> Result<u64> {
    let (at, level) = descend(hash, |place| transaction.get(place))?;
    let head = transaction.get_place(at)?;
    let mut room = [0; MOST_IN_CHAIN];
    let chain = if level + 1 < LEVELS {
        chain(transaction, head, &mut room)?
    } else {
        &[]
    };
    if chain.len() < LONGEST_CHAIN {
        transaction.set(at, u64::from(record))?;
        return Ok(linked(u64::from(length), head));
    }
    let node = Allocator::allocate_in_heap(transaction, MAP_FANOUT)?;
    transaction.words().clear_tail(node, MAP_FANOUT)?;
    let mut heads = [0u64; MAP_FANOUT as usize];
    let branch = |hash: u64| (hash >> (4 * (level + 1))) as usize % MAP_FANOUT as usize;
    // From the end of the chain to its front: each record links to the one behind it that takes the same branch.
    for &old in chain.iter().rev() {
        let branch = branch(transaction.get(old + series::HASH)?);
        let link = transaction.get(old + series::NEXT_AND_LENGTH)?;
        transaction.set(
            old + series::NEXT_AND_LENGTH,
            linked(link, heads[branch] as Place),
        )?;
        heads[branch] = u64::from(old);
    }
    let behind = std::mem::replace(&mut heads[branch(hash)], u64::from(record));
    for (index, head) in heads.into_iter().enumerate() {
        if head != 0 || index == 0 {
            transaction.set(node + index as u32, head)?;
        }
    }
    transaction.set(at, NODE | u64::from(node))?;
    Ok(linked(u64::from(length), behind as Place))
}

/// Removes a record from the map, and frees the nodes that have become empty.
pub(crate) fn remove(transaction: &mut Transaction, record: Place) -> Result<()> {
    let hash = transaction.get(record + series::HASH)?;
    let behind = high_place(transaction.get(record + series::NEXT_AND_LENGTH)?);
    let mut path = vec![header::LABEL_MAP];
    let at = loop {
        let (node, level) = (path[path.len() - 1], path.len() as u32 - 1);
        let at = slot(node, hash, level);
        let word = transaction.get(at)?;
        if word & NODE == 0 {
            break at;
        }
        if level + 1 == LEVELS {
            return Err(Error::Corrupt {
                what: "the label map is too deep",
            });
        }
        path.push(low_place(word));
    };
    let mut current = transaction.get_place(at)?;
    if current == record {
        transaction.set(at, u64::from(behind))?;
        return prune(transaction, &path, hash);
    }
    for _ in 0..TOO_MANY {
        if current == 0 {
            break;
        }
        let link = transaction.get(current + series::NEXT_AND_LENGTH)?;
        let next = high_place(link);
        if next == record {
            return transaction.set(current + series::NEXT_AND_LENGTH, linked(link, behind));
        }
        current = next;
    }
    Err(Error::Corrupt {
        what: "a series is missing from the label map",
    })
}

/// Frees the empty nodes at the end of a path, so that short-lived label values leave no memory behind.
fn prune(transaction: &mut Transaction, path: &[Place], hash: u64) -> Result<()> {
    for level in (1..path.len()).rev().take(PRUNED_AT_ONCE) {
        let node = path[level];
        for index in 0..MAP_FANOUT {
            if transaction.get(node + index)? != 0 {
                return Ok(());
            }
        }
        transaction.set(slot(path[level - 1], hash, level as u32 - 1), 0)?;
        Allocator::Heap.free(transaction, node, MAP_FANOUT)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeapOptions, Writer};

    #[test]
    fn records_whose_hashes_are_nearly_alike_go_within_one_journal() {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        let heap = writer.heap();
        let mut exclusive = heap.lock().unwrap();
        // They part at the last level.
        let hashes = (0..32).map(|number| number << 60 | 7);
        let records: Vec<Place> = hashes
            .map(|hash: u64| {
                let mut transaction = exclusive.transaction();
                let record = Allocator::allocate_in_heap(&mut transaction, series::TEXT).unwrap();
                let link = insert(&mut transaction, record, hash, 0).unwrap();
                transaction.set(record + series::NUMBER, 0).unwrap();
                transaction.set(record + series::HASH, hash).unwrap();
                transaction
                    .set(record + series::NEXT_AND_LENGTH, link)
                    .unwrap();
                transaction.commit().unwrap();
                record
            })
            .collect();
        for record in records {
            let mut transaction = exclusive.transaction();
            // The replacement of a series changes this many words besides.
            (0..20).for_each(|_| transaction.add(header::SERIES_LIVE, 0).unwrap());
            remove(&mut transaction, record).unwrap();
            transaction.commit().unwrap();
        }
        let (at, level) = descend(7, |place| heap.words.load(place)).unwrap();
        assert_eq!(heap.words.load(at).unwrap(), 0);
        // The few nodes that had no room in the journal stay, and are used again.
        assert_eq!(level, LEVELS - 1 - PRUNED_AT_ONCE as u32);
    }
}
