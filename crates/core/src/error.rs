//! Everything that can go wrong in the heap, as one enum whose members say what to do.

use std::io;

/// What can go wrong in the heap. [`Error::code`] is stable and meant for programs, the text for people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The name of a heap is empty, too long, or has characters that file names should not have.
    #[error(
        "the heap name {name:?} is not valid: use 1 to 64 of the characters A-Z a-z 0-9 _ . - and do not begin with a dot"
    )]
    InvalidName {
        /// The name that was refused.
        name: String,
    },
    /// No more shared memory can be had.
    #[error(
        "shared memory is full ({bytes} more bytes were asked for): enlarge it, or use fewer series"
    )]
    Full {
        /// How many bytes were asked for.
        bytes: u64,
    },
    /// Shared memory can't be used at all.
    #[error(
        "shared memory can't be used ({path}: {source}): make it writable for this user, or ask for a private heap"
    )]
    NoSharedMemory {
        /// The file or directory that refused.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something in the heap contradicts itself.
    #[error("the heap is corrupt ({what}): stop every process that uses it, and start again")]
    Corrupt {
        /// What is wrong.
        what: &'static str,
    },
    /// The heap was laid out by another version of this library.
    #[error(
        "the heap has layout version {found}, this process reads {expected}: read it with the version of mpmetrics that writes it, or install one version everywhere"
    )]
    LayoutMismatch {
        /// The version in the header.
        found: u64,
        /// The version of this library.
        expected: u64,
    },
    /// A heap of that name is there, but it is not the one that was meant.
    #[error("the heap of that name has another id: it belongs to another run of the application")]
    IdMismatch,
    /// A file of that name belongs to another user, or others may write to it.
    #[error(
        "{path} is not a file that only this user can use: remove it, or choose another heap name"
    )]
    NotOwned {
        /// The file that was refused.
        path: String,
    },
    /// Whoever holds the gate of the heap did not let go of it in time.
    #[error(
        "the gate of the heap stayed locked for {seconds} s: is a process of this application stopped?"
    )]
    GateTimeout {
        /// How long this process has waited.
        seconds: f64,
    },
    /// Nobody has made a heap of that name.
    #[error("there is no heap of that name: start the application that writes to it first")]
    NoSuchHeap,
    /// The last writer has left the heap.
    #[error("the heap is closed: its last writer has left")]
    Closed,
    /// Whoever holds the label map did not let go of it in time.
    #[error("the label map is locked by a process that does not go on")]
    Busy,
    /// The family has as many series as it may have.
    #[error(
        "the family has {limit} series, as many as it may have: does a label have too many values?"
    )]
    Limit {
        /// The most series that a family may have.
        limit: u32,
    },
    /// A writer kept changing a cell for as long as this reader was willing to try.
    #[error("a cell changed at each of {tries} tries to read it: try again")]
    Contended {
        /// How often it was tried.
        tries: u64,
    },
    /// An argument is out of its bounds.
    #[error("{what}")]
    BadArgument {
        /// What is wrong with it.
        what: &'static str,
    },
}

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
            Error::Limit { .. } => "MPMETRICS_LIMIT",
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

    /// What there is too little of, if the update that met this error is to be dropped and counted rather than reported as a fault.
    pub fn shortage(&self) -> Option<Shortage> {
        match self {
            Error::Full { .. } => Some(Shortage::Full),
            Error::Busy => Some(Shortage::Busy),
            Error::Limit { .. } => Some(Shortage::Limit),
            _ => None,
        }
    }

    /// Whether it is a [`Shortage`].
    pub fn is_shortage(&self) -> bool {
        self.shortage().is_some()
    }
}

/// Why a series could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Shared memory is full.
    Full,
    /// The label map is held by a process that does not go on.
    Busy,
    /// Its family has as many series as it may have.
    Limit,
}
