//! Linux: segments and lock files share one tmpfs, and memory is reserved with `fallocate`.

use super::ownership::{check_owner, permit};
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

/// The directory of the segments, which appear as files, and of the lock files.
pub fn directory() -> Result<PathBuf> {
    Ok(PathBuf::from("/dev/shm"))
}

/// Puts memory behind these bytes of a segment, which is mapped at `addresses`. Afterwards no access to them can fail.
///
/// On a full tmpfs, an access to a sparse page is a SIGBUS, even for a reader. Here it is an error.
pub fn reserve(segment: &str, bytes: Range<u64>, addresses: Range<usize>) -> Result<()> {
    let length = bytes.end - bytes.start;
    let unreserved = |error| match error {
        // EFAULT: the address has no memory, as the file system has none left.
        Errno::NOSPC | Errno::NOMEM | Errno::DQUOT | Errno::FAULT => Error::Full { bytes: length },
        other => Error::from_io(format!("/dev/shm/{segment}"), other.into()),
    };
    let opened = rustix::shm::open(
        format!("/{segment}"),
        rustix::shm::OFlags::RDWR,
        Mode::empty(),
    );
    let file = match opened {
        Ok(file) => file,
        // The file was removed by hand, no descriptor is free, or this process has given up the rights of the user that made
        // it. Its pages can still be requested by their addresses.
        Err(_) => return populate_all(addresses).map_err(unreserved),
    };
    // `fallocate` fills the rest of the file system before it fails and gives the memory back. Meanwhile memory would be
    // full for all other processes, again and again while series are dropped.
    if missing(&file, &bytes).map_err(unreserved)? {
        return Err(Error::Full { bytes: length });
    }
    loop {
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), bytes.start, length) {
            Ok(()) => return Ok(()),
            Err(Errno::INTR) => continue,
            // A file system without it. On an old kernel, this fails as well.
            Err(error @ (Errno::OPNOTSUPP | Errno::NOSYS)) => {
                return populate_all(addresses).map_err(|_| unreserved(error));
            }
            Err(error) => return Err(unreserved(error)),
        }
    }
}

/// Whether the file system lacks memory for these bytes. A segment has memory from its beginning on. If a holder of the lock
/// died before it recorded its reservation, some of the bytes have memory already.
fn missing(file: &impl AsFd, bytes: &Range<u64>) -> rustix::io::Result<bool> {
    let there = rustix::fs::fstat(file)?.st_blocks as u64 * 512;
    Ok(is_short_of(
        &rustix::fs::fstatfs(file)?,
        bytes.end.saturating_sub(there.max(bytes.start)),
    ))
}

/// How many bytes of a segment have memory behind them; `None` where this is unknown.
pub fn backed(segment: &str) -> Option<u64> {
    let found = rustix::fs::stat(directory().ok()?.join(segment)).ok()?;
    Some(found.st_blocks as u64 * 512)
}

/// Whether a new segment of this size may find memory. A moment later the answer may differ.
pub fn may_have_room(bytes: u64) -> bool {
    let found = directory().map(|path| rustix::fs::statfs(&path));
    !matches!(found, Ok(Ok(left)) if is_short_of(&left, bytes))
}

fn is_short_of(left: &StatFs, bytes: u64) -> bool {
    // A tmpfs without a limit reports zero blocks.
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

/// Gives a new segment the rights that its maker asked for, whatever the umask has taken.
pub fn permit_segment(segment: &str) -> Result<()> {
    let path = directory()?.join(segment);
    permit(&path).map_err(|error| Error::from_io(path.display().to_string(), error))
}

/// Removes the name of a segment. Existing mappings stay.
pub fn unlink_segment(segment: &str) {
    // It does not matter if the name is gone already.
    let _ = rustix::shm::unlink(format!("/{segment}"));
}

/// Has the kernel put pages behind addresses that will be written soon. One call takes a third of the time of a fault for
/// each page. Large pages are not requested: they are often cold, and then slower. Other threads may write there meanwhile.
pub fn populate(addresses: Range<usize>) {
    let page = rustix::param::page_size();
    let start = addresses.start.next_multiple_of(page);
    let whole = start..start + addresses.end.saturating_sub(start) / page * page;
    // After an error each page comes with its fault.
    let _ = populate_all(whole);
}

/// As [`populate`], for whole pages, with an error if they are missing.
fn populate_all(pages: Range<usize>) -> rustix::io::Result<()> {
    if pages.is_empty() {
        return Ok(());
    }
    let start = std::ptr::without_provenance_mut(pages.start);
    // SAFETY: the call keeps the contents of mapped memory, and fails for other addresses.
    unsafe { rustix::mm::madvise(start, pages.len(), Advice::LinuxPopulateWrite) }
}

/// The half of a word that [`wait_for_change`] looks at. It is only given to the kernel.
fn low_half(word: &AtomicU64) -> &AtomicU32 {
    let halves = std::ptr::from_ref(word).cast::<AtomicU32>();
    let index = usize::from(cfg!(target_endian = "big"));
    // SAFETY: the word has two halves.
    let half = unsafe { halves.add(index) };
    // SAFETY: the half lives as long as the word, and is aligned for an `AtomicU32`. Rust never accesses it.
    unsafe { &*half }
}

/// Sleeps while the lower half of a word is `seen`, until any process wakes its waiters, or until `timeout`. It may return
/// early.
pub fn wait_for_change(word: &AtomicU64, seen: u32, timeout: Duration) {
    let timeout = futex::Timespec {
        tv_sec: timeout.as_secs().min(i64::MAX as u64) as i64,
        tv_nsec: timeout.subsec_nanos().into(),
    };
    // Not the flag for private words: the waiters may be in other processes. After any outcome the caller looks again.
    let _ = futex::wait(low_half(word), futex::Flags::empty(), seen, Some(&timeout));
}

/// Wakes the waiters of the word.
pub fn wake(word: &AtomicU64) {
    // Without waiters this does nothing.
    let _ = futex::wake(low_half(word), futex::Flags::empty(), i32::MAX as u32);
}
