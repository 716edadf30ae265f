//! A table of pages, each twice as long as the one before, so that entries never move.

use crate::error::{Error, Result};
use crate::layout::{Place, TABLE_FIRST, TABLE_PAGES};
use crate::storage::words::Words;
use crate::sync::AtomicU64;

/// The most entries of a table.
const LONGEST: u32 = TABLE_FIRST * ((1 << TABLE_PAGES) - 1);

/// The page of entry `number`, and the entry's index in it.
#[inline]
pub(crate) fn locate(number: u32) -> Result<(u32, u32)> {
    if number >= LONGEST {
        return Err(Error::Corrupt {
            what: "a number is greater than a table can have",
        });
    }
    let page = (number / TABLE_FIRST + 1).ilog2();
    Ok((page, number - first_of_page(page)))
}

/// The first number of a page.
#[inline]
pub(crate) fn first_of_page(page: u32) -> u32 {
    TABLE_FIRST * ((1 << page) - 1)
}

/// How many entries a page has.
pub(crate) fn page_length(page: u32) -> u32 {
    TABLE_FIRST << page
}

/// The place of entry `number` of the table whose page list begins at `root`; `None` if its page is missing.
#[inline]
pub(crate) fn entry(words: &Words, root: Place, number: u32) -> Result<Option<Place>> {
    let (page, index) = locate(number)?;
    let start = words.load_place(root + page)?;
    Ok((start != 0).then_some(start + index))
}

/// The pages that hold the first `count` entries.
pub(crate) fn pages(words: &Words, root: Place, count: u32) -> Result<Vec<&[AtomicU64]>> {
    let last = match count.checked_sub(1) {
        Some(last) => locate(last)?.0,
        None => return Ok(Vec::new()),
    };
    (0..=last)
        .map(|page| match words.load_place(root + page)? {
            0 => Err(Error::Corrupt {
                what: "a page of a table is missing",
            }),
            start => words.slice(start, page_length(page)),
        })
        .collect()
}

/// How many entries a table has, from the word that counts them.
pub(crate) fn count(words: &Words, count: Place) -> Result<u32> {
    // The bound is generous. It ends loops over a corrupt count.
    u32::try_from(words.load(count)?)
        .ok()
        .filter(|count| *count <= LONGEST)
        .ok_or(Error::Corrupt {
            what: "a table is longer than it can be",
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_fill_the_pages_without_gaps() {
        let (mut page, mut index) = (0, 0);
        for number in 0..10_000 {
            assert_eq!(locate(number).unwrap(), (page, index));
            index += 1;
            if index == page_length(page) {
                (page, index) = (page + 1, 0);
            }
        }
    }
}
