//! The reasons why a page shows a part of its application only.

/// The reason why processes of one application count in different heaps, so that no page has all of their metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialReason {
    /// The files of the heap were removed while processes used it.
    RemovedFiles,
    /// A process could not join the heap of its application, and has a private one.
    Private,
    /// The same, because the system refused a lease.
    Lease,
    /// The process acts as another user than the process that started it.
    User,
    /// The process has other shared memory than the process that started it: another mount namespace, as in a container.
    MountNamespace,
}

impl PartialReason {
    /// All reasons.
    pub const ALL: [PartialReason; 5] = [
        PartialReason::RemovedFiles,
        PartialReason::Private,
        PartialReason::Lease,
        PartialReason::User,
        PartialReason::MountNamespace,
    ];

    /// The value of the label `reason`.
    pub fn label(self) -> &'static str {
        match self {
            PartialReason::RemovedFiles => "removed_files",
            PartialReason::Private => "private",
            PartialReason::Lease => "lease",
            PartialReason::User => "user",
            PartialReason::MountNamespace => "mount_namespace",
        }
    }

    /// The reason of that label.
    ///
    /// ```
    /// use mpmetrics_core::PartialReason;
    /// assert_eq!(PartialReason::of("user"), Some(PartialReason::User));
    /// ```
    pub fn of(label: &str) -> Option<PartialReason> {
        PartialReason::ALL
            .into_iter()
            .find(|reason| reason.label() == label)
    }

    /// A bit for this reason, which no other reason has.
    pub(crate) fn bit(self) -> u64 {
        1 << self as u64
    }
}
