//! Collectors: a scrape asks other isolates to refresh their values, and waits for a moment.
//!
//! Most metrics need no refresh. Some values, such as the lag of an event loop, are measured only on demand. Callbacks of
//! their isolate refresh them, its *collectors*.
//!
//! ```text
//! scrape:   request += 1; wake;                    wait until all have answered, or for so long
//! watcher:  wakes up; calls its isolates           (a thread of each process)
//! isolate:  runs its collectors; answered = request; answers += 1; wake
//! ```
//!
//! - A scrape asks and waits only if a live isolate has announced collectors.
//! - Concurrent scrapes share a request: a scrape that finds an open request waits for its answers.
//! - An isolate without an answer in time keeps its last values, and is counted. Later requests reach it as well, but no
//!   scrape waits for it until it has answered. So a blocked or stopped isolate delays one scrape.
//! - After a death at any point, the next request has a greater number. Numbers are 32 bits wide and wrap, so they are
//!   compared by their distance.

use crate::clock;
use crate::error::Result;
use crate::layout::{Place, header, slot};
use crate::membership::lease::{self, Lease};
use crate::membership::writer::Writer;
use crate::os::platform;
use crate::storage::directory;
use crate::storage::heap::Heap;
use crate::storage::table;
use crate::sync::{AtomicF64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The interval at which a waiting scrape checks that the isolates are alive.
const LOOK: Duration = Duration::from_millis(25);

/// A request to refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub number: u32,
    /// The slot of the isolate that scrapes. Its own collectors have run already.
    pub by: Option<u32>,
}

impl Request {
    fn of(word: u64) -> Request {
        Request {
            number: word as u32,
            by: ((word >> 32) as u32).checked_sub(1),
        }
    }

    fn word(self) -> u64 {
        u64::from(self.by.map_or(0, |slot| slot.wrapping_add(1))) << 32 | u64::from(self.number)
    }
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many isolates were waited for.
    pub waited_for: usize,
    /// How many of them did not answer in time.
    pub unanswered: usize,
}

/// Whether `number` comes after `other`.
pub(super) fn is_after(number: u32, other: u32) -> bool {
    (number.wrapping_sub(other) as i32) > 0
}

/// Raises a word to a number, unless it is at least that great.
fn raise(word: &AtomicU64, number: u32) {
    let raised = |seen: u64| is_after(number, seen as u32).then_some(number.into());
    // Release: a scrape that finds the number finds the refreshed values. An error means that the word is great enough.
    let _ = word.fetch_update(Ordering::Release, Ordering::Relaxed, raised);
}

impl Writer {
    /// Announces whether this isolate has collectors. If it has, it must [`Writer::answer`] the requests that [`watch`]
    /// returns.
    pub fn offer_collectors(&self, offered: bool) -> Result<()> {
        let words = self.words();
        let now = words.load(header::REQUEST)? as u32;
        for word in [slot::ANSWERED, slot::MISSED] {
            // Relaxed: published by the flag.
            words
                .word(self.at() + word)?
                .store(now.into(), Ordering::Relaxed);
        }
        let flag = if offered { self.incarnation() } else { 0 };
        // Release: a scrape that finds the flag also finds the first request that this isolate will answer.
        words
            .word(self.at() + slot::COLLECTORS)?
            .store(flag.into(), Ordering::Release);
        Ok(())
    }

    /// Answers a request, after this isolate's collectors have run.
    pub fn answer(&self, request: u32) -> Result<()> {
        let words = self.words();
        raise(words.word(self.at() + slot::ANSWERED)?, request);
        let answers = words.word(header::ANSWERS)?;
        // Release: the waiting scrape finds the answer.
        answers.fetch_add(1, Ordering::Release);
        platform::wake(answers);
        Ok(())
    }
}

/// The last request.
pub fn last_request(heap: &Heap) -> Result<Request> {
    heap.words.load(header::REQUEST).map(Request::of)
}

/// Waits until there is a request after the one of that number, or until `timeout`. Returns the last request.
pub fn watch(heap: &Heap, after: u32, timeout: Duration) -> Result<Request> {
    let word = heap.words.word(header::REQUEST)?;
    // Relaxed: the number is only compared, and then read again.
    if Request::of(word.load(Ordering::Relaxed)).number == after {
        platform::wait_for_change(word, after, timeout);
    }
    last_request(heap)
}

/// Wakes all threads in [`watch`], which then find the same request as before.
pub fn wake_watchers(heap: &Heap) -> Result<()> {
    platform::wake(heap.words.word(header::REQUEST)?);
    Ok(())
}

/// An isolate that was asked. The lower half of `answered` is the last request that it has answered.
pub(super) struct Addressee<'heap> {
    pub slot: u32,
    pub at: Place,
    pub answered: &'heap AtomicU64,
}

impl Addressee<'_> {
    fn has_answered(&self, request: u32) -> bool {
        // Acquire: pairs with the Release in `raise`.
        !is_after(request, self.answered.load(Ordering::Acquire) as u32)
    }

    pub fn is_alive(&self, heap: &Heap) -> Result<bool> {
        Ok(lease::probe(&heap.words, self.slot, self.at)? != Lease::Free)
    }
}

/// Asks all other isolates with collectors to refresh, and waits for them. `own` is the slot of the caller, whose collectors
/// have run. If `wait` is zero, no isolate is asked.
pub fn ask(heap: &Heap, own: Option<u32>, wait: Duration) -> Result<Asked> {
    if wait.is_zero() {
        return Ok(Asked::default());
    }
    let (anybody, mut waiting) = addressees(heap, own)?;
    if !anybody {
        return Ok(Asked::default());
    }
    let request = join_or_make(heap, own, wait, &waiting)?;
    let waited_for = waiting.len();
    wait_for(heap, request, wait, &mut waiting)?;
    for collector in &waiting {
        raise(heap.words.word(collector.at + slot::MISSED)?, request);
    }
    // Relaxed: a count for display.
    heap.words
        .word(header::UNANSWERED)?
        .fetch_add(waiting.len() as u64, Ordering::Relaxed);
    Ok(Asked {
        waited_for,
        unanswered: waiting.len(),
    })
}

/// Whether [`ask`] would find no other isolate with collectors.
pub fn is_alone(heap: &Heap, own: Option<u32>) -> Result<bool> {
    Ok(!addressees(heap, own)?.0)
}

/// Whether any other isolate has collectors, and those for which a scrape waits.
fn addressees(heap: &Heap, own: Option<u32>) -> Result<(bool, Vec<Addressee<'_>>)> {
    let mut waiting = Vec::new();
    let mut anybody = false;
    for slot in 0..table::count(&heap.words, header::SLOT_COUNT)? {
        let at = directory::slot_place(&heap.words, slot)?;
        let flag = heap.words.load(at + slot::COLLECTORS)?;
        let collector = Addressee {
            slot,
            at,
            answered: heap.words.word(at + slot::ANSWERED)?,
        };
        if own != Some(slot)
            && flag != 0
            && flag == heap.words.load(at + slot::INCARNATION)?
            && collector.is_alive(heap)?
        {
            anybody = true;
            if collector.has_answered(heap.words.load(at + slot::MISSED)? as u32) {
                waiting.push(collector);
            }
        }
    }
    Ok((anybody, waiting))
}

/// The number of a request that is still being answered, or of a new one.
fn join_or_make(
    heap: &Heap,
    own: Option<u32>,
    wait: Duration,
    waiting: &[Addressee],
) -> Result<u32> {
    let requested = heap.words.word(header::REQUESTED)?;
    let now = clock::monotonic();
    make_unless(heap, own, |number| {
        // Relaxed: the time stands for itself. If it belongs to another request, this scrape makes one request more, or
        // joins one too late.
        let age = now - requested.load_f64(Ordering::Relaxed);
        (0.0..wait.as_secs_f64()).contains(&age)
            && waiting.iter().any(|one| !one.has_answered(number))
    })
}

/// Makes a request and wakes all watchers, unless `is_enough` accepts the last one. Returns its number. `own` is the slot of
/// the caller.
pub(super) fn make_unless(
    heap: &Heap,
    own: Option<u32>,
    is_enough: impl Fn(u32) -> bool,
) -> Result<u32> {
    let word = heap.words.word(header::REQUEST)?;
    // Acquire, as on failure below: a scrape that joins a request finds the values of its maker.
    let mut seen = word.load(Ordering::Acquire);
    let made = loop {
        let number = seen as u32;
        if is_enough(number) {
            return Ok(number);
        }
        let next = Request {
            number: number.wrapping_add(1),
            by: own,
        };
        // Release: watchers find the values that the caller has set.
        match word.compare_exchange(seen, next.word(), Ordering::Release, Ordering::Acquire) {
            Ok(_) => break next.number,
            Err(now) => seen = now,
        }
    };
    // Relaxed: a time stands for itself.
    heap.words
        .word(header::REQUESTED)?
        .store_f64(clock::monotonic(), Ordering::Relaxed);
    platform::wake(word);
    if let Some(own) = own {
        // Other scrapes that join this request wait for this isolate, too.
        let at = directory::slot_place(&heap.words, own)?;
        raise(heap.words.word(at + slot::ANSWERED)?, made);
    }
    Ok(made)
}

/// Waits until all isolates have answered or ended. The others stay in the list.
pub(super) fn wait_for(
    heap: &Heap,
    request: u32,
    wait: Duration,
    waiting: &mut Vec<Addressee>,
) -> Result<()> {
    let deadline = Instant::now() + wait;
    let answers = heap.words.word(header::ANSWERS)?;
    let mut looked = Instant::now();
    loop {
        // Acquire: pairs with the Release in `Writer::answer`.
        let seen = answers.load(Ordering::Acquire) as u32;
        waiting.retain(|collector| !collector.has_answered(request));
        let left = deadline.saturating_duration_since(Instant::now());
        if waiting.is_empty() || left.is_zero() {
            return Ok(());
        }
        platform::wait_for_change(answers, seen, left.min(LOOK));
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            let mut alive = Vec::with_capacity(waiting.len());
            for collector in waiting.drain(..) {
                if collector.is_alive(heap)? {
                    alive.push(collector);
                }
            }
            *waiting = alive;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_wrap() {
        assert!(is_after(1, 0) && !is_after(0, 1) && !is_after(7, 7));
        assert!(is_after(3, u32::MAX - 3) && !is_after(u32::MAX, 2));
        let word = AtomicU64::new(u64::from(u32::MAX));
        raise(&word, u32::MAX - 1);
        assert_eq!(word.load(Ordering::Relaxed), u64::from(u32::MAX));
        raise(&word, 2);
        assert_eq!(word.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_request_names_the_slot_of_its_scrape() {
        for by in [None, Some(0), Some(77)] {
            let request = Request { number: 9, by };
            assert_eq!(Request::of(request.word()), request);
        }
    }
}
