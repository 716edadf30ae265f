//! The errors of the crate, as one enum. Each message says how to mend the cause.

use std::io;

/// An error of a heap. [`Error::code`] is stable and meant for programs, the message is for people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The name of a heap is empty, too long, or has a character that no file name should have.
    #[error(
        "the heap name {name:?} is not valid: use 1 to 64 of the characters A-Z a-z 0-9 _ . - and do not begin with a dot"
    )]
    InvalidName {
        /// The name that was refused.
        name: String,
    },
    /// The system has no more shared memory.
    #[error(
        "shared memory is full ({bytes} more bytes were requested): enlarge it, or use fewer series"
    )]
    Full {
        /// How many bytes were requested.
        bytes: u64,
    },
    /// The system offers no usable shared memory.
    #[error("shared memory can't be used ({path}: {source}): {}", advice(source))]
    NoSharedMemory {
        /// The file or directory that refused.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// Two words of the heap contradict each other.
    #[error("the heap is corrupt ({what}): stop every process that uses it, and start again")]
    Corrupt {
        /// The contradiction.
        what: &'static str,
    },
    /// Another version of this library has made the heap.
    #[error(
        "the heap has layout version {found}, this process reads {expected}: read it with the version of mpmetrics that writes it, or install one version everywhere"
    )]
    LayoutMismatch {
        /// The version in the header.
        found: u64,
        /// The version of this library.
        expected: u64,
    },
    /// There is a heap of that name, but it has another id than the requested one.
    #[error("the heap of that name has another id: it belongs to another run of the application")]
    IdMismatch,
    /// A file of that name belongs to another user, or others may write to it.
    #[error(
        "{path} is not a file that only this user can use: run all processes of the application as one user, which they have become before their first metric, or choose another heap name"
    )]
    NotOwned {
        /// The file that was refused.
        path: String,
    },
    /// The holder of the gate did not release it in time.
    #[error(
        "the gate of the heap stayed locked for {seconds} s: is a process of this application stopped?"
    )]
    GateTimeout {
        /// How long this process has waited.
        seconds: f64,
    },
    /// No process has made a heap of that name.
    #[error("there is no heap of that name: start the application that writes to it first")]
    NoSuchHeap,
    /// The last writer has left the heap.
    #[error("the heap is closed: its last writer has left")]
    Closed,
    /// The holder of the label-map lock did not release it in time.
    #[error("the label map is locked by a process that seems to be stopped")]
    Busy,
    /// The family or the heap has reached its limit of series.
    #[error("the {} has reached its limit of {} series: does a label have too many values?", .0.subject(), .0.series)]
    Limit(SeriesLimit),
    /// A writer changed a cell during each attempt to read it.
    #[error("a cell changed at each of {tries} tries to read it: try again")]
    Contended {
        /// The number of attempts.
        tries: u64,
    },
    /// An argument is out of its bounds.
    #[error("{what}")]
    BadArgument {
        /// The reason.
        what: &'static str,
    },
}

/// The advice for an error of the system.
fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => "mount a file system in memory there, or ask for a private heap",
        io::ErrorKind::PermissionDenied => {
            "make it writable for this user, or ask for a private heap"
        }
        io::ErrorKind::ReadOnlyFilesystem => "mount it writable, or ask for a private heap",
        io::ErrorKind::Unsupported => {
            "its file system can't reserve memory: mount a tmpfs there, or ask for a private heap"
        }
        _ => advice_by_number(source),
    }
}

#[cfg(unix)]
fn advice_by_number(source: &io::Error) -> &'static str {
    use rustix::io::Errno;
    match source.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::MFILE) => {
            "this process has no free file descriptor: raise its limit (ulimit -n)"
        }
        Some(Errno::NFILE) => {
            "the system has no free file descriptor: raise its limit (fs.file-max)"
        }
        Some(Errno::NOLCK) => "the system has no free lock: raise its limit",
        _ => OTHER_ADVICE,
    }
}

#[cfg(not(unix))]
fn advice_by_number(_: &io::Error) -> &'static str {
    OTHER_ADVICE
}

const OTHER_ADVICE: &str = "see what the system says about it, or ask for a private heap";

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The stable code of the error, such as `MPMETRICS_FULL`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::InvalidName { .. } => "MPMETRICS_INVALID_NAME",
            Error::Full { .. } => "MPMETRICS_FULL",
            Error::NoSharedMemory { .. } => "MPMETRICS_NO_SHARED_MEMORY",
            Error::Corrupt { .. } => "MPMETRICS_CORRUPT",
            Error::LayoutMismatch { .. } => "MPMETRICS_LAYOUT_MISMATCH",
            Error::IdMismatch => "MPMETRICS_ID_MISMATCH",
            Error::NotOwned { .. } => "MPMETRICS_NOT_OWNED",
            Error::GateTimeout { .. } => "MPMETRICS_GATE_TIMEOUT",
            Error::NoSuchHeap => "MPMETRICS_NO_SUCH_HEAP",
            Error::Closed => "MPMETRICS_CLOSED",
            Error::Busy => "MPMETRICS_BUSY",
            Error::Limit(_) => "MPMETRICS_LIMIT",
            Error::Contended { .. } => "MPMETRICS_CONTENDED",
            Error::BadArgument { .. } => "MPMETRICS_BAD_ARGUMENT",
        }
    }

    /// An error of the system about `path`, without which there is no shared memory.
    pub(crate) fn from_io(path: impl Into<String>, source: io::Error) -> Error {
        Error::NoSharedMemory {
            path: path.into(),
            source,
        }
    }

    /// The shortage behind this error, if the update should be dropped and counted. `None`: the error is a fault, and is
    /// reported.
    pub fn shortage(&self) -> Option<Shortage> {
        match self {
            Error::Full { .. } | Error::NoSharedMemory { .. } | Error::NotOwned { .. } => {
                Some(Shortage::Full)
            }
            Error::Busy => Some(Shortage::Busy),
            Error::Limit(_) => Some(Shortage::Limit),
            _ => None,
        }
    }

    /// Whether the error is a [`Shortage`].
    pub fn is_shortage(&self) -> bool {
        self.shortage().is_some()
    }
}

/// Why a series could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Shared memory is full, or the system does not give more for another reason.
    Full,
    /// A process that seems to be stopped holds the label-map lock.
    Busy,
    /// The family or the heap has reached its limit of series.
    Limit,
}

/// A limit of series that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesLimit {
    /// The most series.
    pub series: u32,
    /// Whether it is the limit of the whole heap, and not that of a family.
    pub of_heap: bool,
}

impl SeriesLimit {
    fn subject(&self) -> &'static str {
        if self.of_heap { "heap" } else { "family" }
    }
}
