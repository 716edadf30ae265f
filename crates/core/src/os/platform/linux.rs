//! Linux: segments and lock files share one tmpfs, and memory is reserved with `fallocate`.

use super::ownership::check_owner;
use crate::error::{Error, Result};
use crate::sync::AtomicU64;
use rustix::fs::{FallocateFlags, Mode, OFlags, StatFs};
use rustix::io::Errno;
use rustix::mm::Advice;
use rustix::thread::futex;
use std::ops::Range;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Where the segments show up as files, and where the lock files live beside them.
pub fn directory() -> Result<PathBuf> {
    Ok(PathBuf::from("/dev/shm"))
}

/// Puts memory behind those bytes of a segment, which is mapped at `addresses`, so that touching them can't fail.
///
/// A sparse page on a full tmpfs is a SIGBUS for whoever touches it, even for a reader; here it is an error.
pub fn reserve(segment: &str, bytes: Range<u64>, addresses: Range<usize>) -> Result<()> {
    let length = bytes.end - bytes.start;
    let unreserved = |_| Error::Full { bytes: length };
    let opened = rustix::shm::open(
        format!("/{segment}"),
        rustix::shm::OFlags::RDWR,
        Mode::empty(),
    );
    if let Err(Errno::NOENT) = opened {
        // Somebody has removed the file by hand. Its pages can still be asked for one by one.
        return populate_all(addresses).map_err(unreserved);
    }
    let file = opened.map_err(unreserved)?;
    // The kernel fills what is left before it finds that it is not enough, and gives it back then: meanwhile all others
    // would find memory full, again and again while series are dropped.
    if missing(&file, &bytes).map_err(unreserved)? {
        return Err(Error::Full { bytes: length });
    }
    loop {
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), bytes.start, length) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => continue,
            Err(error) => return Err(unreserved(error)),
        }
    }
}

/// Whether the file system has too little memory for what is not there yet of those bytes. A segment has memory from its
/// beginning on, so what it has beyond `from` was put there by a holder of the lock that died before it could say so.
fn missing(file: &impl AsFd, bytes: &Range<u64>) -> rustix::io::Result<bool> {
    let there = rustix::fs::fstat(file)?.st_blocks as u64 * 512;
    Ok(is_short_of(
        &rustix::fs::fstatfs(file)?,
        bytes.end.saturating_sub(there.max(bytes.start)),
    ))
}

/// How many bytes of a segment have memory behind them; `None` where nobody tells.
pub fn backed(segment: &str) -> Option<u64> {
    let found = rustix::fs::stat(directory().ok()?.join(segment)).ok()?;
    Some(found.st_blocks as u64 * 512)
}

/// Whether there may be memory for a new segment with so many bytes. A moment later there may not.
pub fn may_have_room(bytes: u64) -> bool {
    let found = directory().map(|path| rustix::fs::statfs(&path));
    !matches!(found, Ok(Ok(left)) if is_short_of(&left, bytes))
}

fn is_short_of(left: &StatFs, bytes: u64) -> bool {
    // A tmpfs without a limit says that it has no blocks at all.
    left.f_blocks != 0 && bytes > left.f_bavail * left.f_bsize as u64
}

/// Checks that a segment is a plain file that only this user can use, before it is mapped.
pub fn check_segment(segment: &str) -> Result<()> {
    let path = directory()?.join(segment);
    let file = rustix::fs::open(
        &path,
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK,
        Mode::empty(),
    );
    match file {
        Ok(file) => check_owner(&std::fs::File::from(file), &path),
        Err(Errno::NOENT) => Err(Error::NoSuchHeap),
        Err(Errno::LOOP | Errno::ACCESS | Errno::PERM) => Err(Error::NotOwned {
            path: path.display().to_string(),
        }),
        Err(error) => Err(Error::from_io(path.display().to_string(), error.into())),
    }
}

/// Removes the name of a segment; who has it mapped keeps it.
pub fn unlink_segment(segment: &str) {
    // A name that is gone already is what was wanted.
    let _ = rustix::shm::unlink(format!("/{segment}"));
}

/// Has the kernel put pages behind addresses that are about to be written, all at once: a third of the time that it takes when
/// each is asked for by a fault. Not large pages, which are often cold, and then take much longer. Somebody may write there
/// meanwhile.
pub fn populate(addresses: Range<usize>) {
    let page = rustix::param::page_size();
    let start = addresses.start.next_multiple_of(page);
    let whole = start..start + addresses.end.saturating_sub(start) / page * page;
    // After an error each page comes by its fault.
    let _ = populate_all(whole);
}

/// As [`populate`], for whole pages, and says whether they are there.
fn populate_all(pages: Range<usize>) -> rustix::io::Result<()> {
    if pages.is_empty() {
        return Ok(());
    }
    let start = std::ptr::without_provenance_mut(pages.start);
    // SAFETY: whosever memory is there, what it holds stays the same; where none is, this is an error.
    unsafe { rustix::mm::madvise(start, pages.len(), Advice::LinuxPopulateWrite) }
}

/// The half of a word that [`wait_for_change`] looks at. It is only given to the kernel.
fn low_half(word: &AtomicU64) -> &AtomicU32 {
    let halves = std::ptr::from_ref(word).cast::<AtomicU32>();
    let index = usize::from(cfg!(target_endian = "big"));
    // SAFETY: the word has two halves.
    let half = unsafe { halves.add(index) };
    // SAFETY: the half lives as long as the word, and is aligned for an `AtomicU32`; Rust never looks at it.
    unsafe { &*half }
}

/// Sleeps while the lower half of a word is `seen`, until somebody wakes its waiters, in whatever process, or `timeout`. It may
/// return early.
pub fn wait_for_change(word: &AtomicU64, seen: u32, timeout: Duration) {
    let timeout = futex::Timespec {
        tv_sec: timeout.as_secs().min(i64::MAX as u64) as i64,
        tv_nsec: timeout.subsec_nanos().into(),
    };
    // Without the flag for private words: the waiters may be in other processes. Every outcome means to look again.
    let _ = futex::wait(low_half(word), futex::Flags::empty(), seen, Some(&timeout));
}

/// Wakes those who wait for a change of the word.
pub fn wake(word: &AtomicU64) {
    // Without waiters there is nothing to wake.
    let _ = futex::wake(low_half(word), futex::Flags::empty(), i32::MAX as u32);
}
