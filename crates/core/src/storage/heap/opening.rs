//! The creation of a heap, and the checks of its header when it is opened.

use super::Heap;
use crate::clock::now;
use crate::error::{Error, Result};
use crate::layout::{FIRST_SEGMENT_WORDS, LAYOUT_VERSION, MAGIC, Place, header, segment_length};
use crate::os::lock::LockFile;
use crate::os::name::HeapFiles;
use crate::os::options::HeapOptions;
use crate::os::platform;
use crate::os::segment::Segment;
#[cfg(any(test, feature = "verification"))]
use crate::os::segment::check_length;
use crate::storage::lock::MapLock;
use crate::storage::words::Words;
use crate::sync::{LocalU64, Ordering};
use std::sync::Mutex;

impl Heap {
    /// A heap over its first segment, whose header the caller writes or checks.
    fn over(options: &HeapOptions, files: Option<HeapFiles>, first: Segment, id: u128) -> Heap {
        Heap {
            words: Words::over(files, first),
            lock: MapLock::new(options.lock_wait),
            declarations: Mutex::default(),
            name: options.name.clone(),
            id,
            known_partial: LocalU64::new(0),
        }
    }

    /// Makes a heap. The caller holds the gate, so no other process has the files open.
    pub(crate) fn create(
        options: &HeapOptions,
        shared: Option<(HeapFiles, &LockFile)>,
        id: u128,
    ) -> Result<Heap> {
        let reserved = FIRST_SEGMENT_WORDS;
        let first = match &shared {
            Some((files, _)) => Segment::create(
                &files.segment(0),
                segment_length(0) as usize,
                reserved as usize,
            )?,
            None => Segment::private(segment_length(0) as usize)?,
        };
        let gate = shared
            .as_ref()
            .map_or(Ok((0, 0)), |(_, gate)| gate.identity())?;
        let map_inode = match &shared {
            Some((files, _)) => LockFile::open_or_create(files.label_map())?.identity()?.1,
            None => 0,
        };
        let heap = Heap::over(options, shared.map(|(files, _)| files), first, id);
        // Relaxed: READY, stored last with Release, publishes all of it.
        let set = |place: Place, value: u64| {
            heap.words
                .word(place)
                .map(|word| word.store(value, Ordering::Relaxed))
        };
        set(header::MAGIC, MAGIC)?;
        set(header::VERSION, LAYOUT_VERSION)?;
        set(header::ID, id as u64)?;
        set(header::ID + 1, (id >> 64) as u64)?;
        set(header::OWNER, u64::from(platform::user()))?;
        set(header::GATE_DEVICE, gate.0)?;
        set(header::GATE_INODE, gate.1)?;
        set(header::MAP_INODE, map_inode)?;
        set(header::CREATED, now().to_bits())?;
        set(header::SEGMENTS, 1)?;
        set(header::BUMP, u64::from(header::END))?;
        set(header::RESERVED, u64::from(reserved))?;
        heap.words.word(header::READY)?.store(1, Ordering::Release);
        Ok(heap)
    }

    /// Maps an existing heap, and checks its header. A writer holds the gate meanwhile; an observer does not.
    pub(crate) fn open(options: &HeapOptions, files: HeapFiles) -> Result<Heap> {
        let (files, first) = loop {
            let present = files.of_present()?;
            match Segment::open(&present.segment(0), segment_length(0) as usize) {
                // The heap has ended since, and maybe another has begun.
                Err(Error::NoSuchHeap) if !files.of_present()?.is_same_heap(&present) => {}
                opened => break (present, opened?),
            }
        };
        let mut heap = Heap::over(options, Some(files), first, 0);
        heap.id = heap.check(options)?;
        Ok(heap)
    }

    /// A heap of this process alone over words that may be anything, if its header is right.
    #[cfg(any(test, feature = "verification"))]
    pub(crate) fn of_words(first: Segment) -> Result<Heap> {
        check_length(first.words().len(), segment_length(0) as usize)?;
        let options = HeapOptions::default();
        let mut heap = Heap::over(&options, None, first, 0);
        heap.id = heap.check(&options)?;
        Ok(heap)
    }

    /// Reads the header once, and compares it with the expected values. Returns the id.
    fn check(&self, options: &HeapOptions) -> Result<u128> {
        let words = &self.words;
        // Acquire: pairs with the Release store of READY, so that the rest of the header is visible.
        if words.word(header::READY)?.load(Ordering::Acquire) != 1 {
            return Err(Error::NoSuchHeap);
        }
        if words.load(header::MAGIC)? != MAGIC {
            return Err(Error::Corrupt {
                what: "the magic number is wrong, or of a machine of other endianness",
            });
        }
        let found = words.load(header::VERSION)?;
        if found != LAYOUT_VERSION {
            return Err(Error::LayoutMismatch {
                found,
                expected: LAYOUT_VERSION,
            });
        }
        if words.load(header::OWNER)? != u64::from(platform::user()) {
            return Err(Error::NotOwned {
                path: words
                    .files()
                    .map_or(String::new(), |files| files.segment(0)),
            });
        }
        let id =
            u128::from(words.load(header::ID)?) | u128::from(words.load(header::ID + 1)?) << 64;
        if options.id.is_some_and(|expected| expected != id) {
            return Err(Error::IdMismatch);
        }
        Ok(id)
    }
}
