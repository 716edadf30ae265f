//! Event loops: whether the event loops of the application still turn.
//!
//! Isolates report nothing by themselves. A request (see [`collect`](crate::collect)) reaches each listening isolate through
//! its event loop, and the isolate notes the number of the request. An event loop that is blocked, or whose process is
//! stopped, keeps an older number.

use crate::error::Result;
use crate::layout::{Place, header, slot};
use crate::membership::writer::Writer;
use crate::os::platform;
use crate::read::collect::{Addressee, is_after, make_unless, wait_for};
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::sync::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

/// An isolate that notes the requests at which its event loop has turned. It may outlive its writer.
pub struct Listener {
    heap: Arc<Heap>,
    at: Place,
    incarnation: u32,
}

impl Listener {
    /// Notes that the event loop has turned since the request of that number.
    pub fn turned(&self, request: u32) -> Result<()> {
        let turned = |seen: u64| {
            let is_newer = is_after(request, seen as u32);
            (incarnation_of(seen) == self.incarnation && is_newer)
                .then(|| word(self.incarnation, request))
        };
        let words = &self.heap.words;
        // Release: as for every word that other processes follow. Relaxed: the word is only compared. An error means that
        // the writer has left, or that the word is great enough.
        let _ = words.word(self.at + slot::TURNED)?.fetch_update(
            Ordering::Release,
            Ordering::Relaxed,
            turned,
        );
        let answers = words.word(header::ANSWERS)?;
        // Release: the waiting process finds the number.
        answers.fetch_add(1, Ordering::Release);
        platform::wake(answers);
        Ok(())
    }
}

fn word(incarnation: u32, request: u32) -> u64 {
    u64::from(incarnation) << 32 | u64::from(request)
}

fn incarnation_of(word: u64) -> u32 {
    (word >> 32) as u32
}

impl Writer {
    /// Begins to listen. From now on, an event loop that does not follow a request counts as blocked.
    pub fn listen(&self) -> Result<Listener> {
        let now = self.words().load(header::REQUEST)? as u32;
        self.store_turned(word(self.incarnation(), now))?;
        Ok(Listener {
            heap: Arc::clone(self.heap()),
            at: self.at(),
            incarnation: self.incarnation(),
        })
    }

    /// Stops listening.
    pub fn stop_listening(&self) -> Result<()> {
        self.store_turned(0)
    }

    fn store_turned(&self, word: u64) -> Result<()> {
        // Release: a reader that finds the word also finds the owner of the slot.
        self.words()
            .word(self.at() + slot::TURNED)?
            .store(word, Ordering::Release);
        Ok(())
    }
}

/// An isolate whose event loop has not turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The number of its slot.
    pub slot: u32,
    /// How many writers have had the slot, including this one.
    pub incarnation: u32,
    /// The process, as its own pid namespace numbers it.
    pub pid: u32,
    /// The thread in its process, 0 for the main one.
    pub thread: u32,
    /// The number of the last request that it has followed. As long as the number stays, the event loop has not turned.
    pub turned: u32,
}

/// The outcome of a request to all event loops.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// How many isolates were asked.
    pub asked: usize,
    /// The isolates that have not turned.
    pub blocked: Vec<Blocked>,
}

/// Asks the event loops of all isolates that listen to turn once, and waits for them.
///
/// ```
/// use mpmetrics_core::{HeapOptions, Writer, turns};
/// use std::time::Duration;
/// let writer = Writer::attach(&HeapOptions::default(), 0)?;
/// let listener = writer.listen()?;
/// // Nobody here follows the requests.
/// let turns = turns::ask(writer.heap(), Duration::from_millis(1))?;
/// assert_eq!((turns.asked, turns.blocked[0].pid), (1, std::process::id()));
/// # Ok::<(), mpmetrics_core::Error>(())
/// ```
pub fn ask(heap: &Heap, wait: Duration) -> Result<Turns> {
    let words = &heap.words;
    let mut waiting = Vec::new();
    for number in 0..table::count(words, header::SLOT_COUNT)? {
        let at = directory::slot_place(words, number)?;
        let turned: &AtomicU64 = words.word(at + slot::TURNED)?;
        // Acquire: pairs with the Release in `listen`.
        let incarnation = incarnation_of(turned.load(Ordering::Acquire));
        let addressee = Addressee {
            slot: number,
            at,
            answered: turned,
        };
        if incarnation != 0
            && incarnation == words.load(at + slot::INCARNATION)? as u32
            && addressee.is_alive(heap)?
        {
            waiting.push(addressee);
        }
    }
    let asked = waiting.len();
    if asked > 0 {
        // A new one: that of a scrape does not reach the isolate that scrapes.
        let request = make_unless(heap, None, |_| false)?;
        wait_for(heap, request, wait, &mut waiting)?;
    }
    let blocked = waiting
        .iter()
        .map(|&Addressee { slot, at, answered }| {
            Ok(Blocked {
                slot,
                incarnation: words.load(at + slot::INCARNATION)? as u32,
                pid: words.load(at + slot::PID)? as u32,
                thread: words.load(at + slot::THREAD)? as u32,
                // Relaxed: the number is only compared.
                turned: answered.load(Ordering::Relaxed) as u32,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Turns { asked, blocked })
}
