//! The series of the selected families.
//!
//! The series of each family are a chain through one array, which has an entry for each number. So no list grows while
//! series are assigned to families.

use super::chain::Chain;
use super::shown::Shown;
use crate::catalog::series::{Entries, with_family};
use crate::error::{Error, Result};
use crate::layout::header;
use crate::storage::words::Words;

/// Assigns the series to the families. `next` is the array of the chains, and may come from an earlier scrape.
pub(super) fn list(
    words: &Words,
    entries: &Entries,
    families: &mut [Shown],
    next: &mut Vec<u32>,
) -> Result<()> {
    next.resize(entries.count() as usize, 0);
    // As long as the selected families require. A count in the heap may be corrupt, and a failed allocation would end the
    // process.
    let last = families.iter().map(|shown| shown.number as usize).max();
    let mut chains = vec![None; last.map_or(0, |last| last + 1)];
    for shown in families.iter() {
        chains[shown.number as usize] = Some(Chain::default());
    }
    // From the last number to the first, because each series is put in front of its chain.
    for (first, page) in entries.pages().rev() {
        for (index, word) in page.iter().enumerate().rev() {
            let Some((_, family)) = with_family(words, word)? else {
                continue;
            };
            match chains.get_mut(family as usize) {
                Some(Some(chain)) => chain.push_front(first + index as u32, next),
                // It is not shown, or was declared after this scrape began.
                Some(None) => {}
                None if family < words.load(header::FAMILY_COUNT)? => {}
                None => {
                    return Err(Error::Corrupt {
                        what: "a series belongs to no family",
                    });
                }
            }
        }
    }
    for shown in families {
        shown.series = chains[shown.number as usize].unwrap_or_default();
    }
    Ok(())
}
