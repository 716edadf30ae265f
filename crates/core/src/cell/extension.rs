//! Blocks that belong to a cell: bins of a summary, exemplars. The last word of the cell is the head of their list.
//!
//! Only the owner of the cell adds to the list, at its front. It frees the blocks when the cell is given to another series.

use crate::error::{Error, Result};
use crate::layout::{Place, extension, low_place};
use crate::storage::words::Words;
use crate::sync::{AtomicU64, Ordering};

/// The tag word of a block.
pub(crate) fn tag_word(tag: u32, words: u32) -> u64 {
    u64::from(words) << 32 | u64::from(tag)
}

/// The words of a list's blocks so far. The list of a corrupt heap may have no end: it is longer than the heap.
#[derive(Default)]
pub(crate) struct Extent {
    seen: u64,
    most: u64,
}

impl Extent {
    /// Adds one more block, with a body of that many words.
    pub fn add(&mut self, words: &Words, body: u32) -> Result<()> {
        self.seen += u64::from(extension::BODY) + u64::from(body);
        if self.seen > self.most {
            // Read again only here: a heap may grow meanwhile.
            self.most = words.mapped();
            if self.seen > self.most {
                return Err(Error::Corrupt {
                    what: "the extensions of a cell do not end",
                });
            }
        }
        Ok(())
    }
}

/// Calls `visit` with place and length of the body, and the tag, of each block of the cell.
pub(crate) fn for_each(
    words: &Words,
    cell: &[AtomicU64],
    mut visit: impl FnMut(Place, u32, u32) -> Result<()>,
) -> Result<()> {
    let Some(head) = cell.last() else {
        return Ok(());
    };
    // Acquire: a reader that finds the link also finds the block.
    let mut place = low_place(head.load(Ordering::Acquire));
    let mut extent = Extent::default();
    while place != 0 {
        let tag = words.load(place + extension::TAG)?;
        let (tag, length) = (tag as u32, (tag >> 32) as u32);
        extent.add(words, length)?;
        visit(place + extension::BODY, tag, length)?;
        place = words.load_place(place + extension::NEXT)?;
    }
    Ok(())
}

/// The body of the block with that tag, if the cell has one.
pub(crate) fn find(words: &Words, cell: &[AtomicU64], tag: u32) -> Result<Option<Place>> {
    let mut found = None;
    for_each(words, cell, |place, other, _| {
        if other == tag {
            found = Some(place);
        }
        Ok(())
    })?;
    Ok(found)
}
