//! The operations in which a writer dies. Together they reach every store to shared memory.

use crate::families::{bind, declared, families};
use crate::work::*;
use crate::wrecks::{wreck_cells, wreck_heap, wreck_own};
use mpmetrics_core::verification::failpoint;
use mpmetrics_core::*;

/// The acts of a process before its death.
pub enum Act {
    /// It attaches.
    Enter,
    /// It attaches, does the first thing, and dies in the second.
    Work(fn(&Writer), fn(&Writer)),
    /// It does something, and dies while it leaves.
    Leave(fn(&Writer)),
}

/// An earlier member of the heap, which has left or died.
pub enum Gone {
    Nobody,
    /// A writer that did this.
    Writer(fn(Writer)),
    /// A process that was killed.
    Process,
    /// None. There is a heap of the same name of another version of the library.
    OtherLayout,
}

pub struct Operation {
    pub name: &'static str,
    /// Whether another writer stays there all the time.
    pub kept: bool,
    /// The earlier work of the writer that stays.
    pub before: fn(&Writer),
    pub gone: Gone,
    pub act: Act,
    /// The limit of series in a family.
    pub limit: u32,
    /// How many seconds the process that dies has the heap kept.
    pub keep: u64,
}

const KEPT: Operation = Operation {
    name: "",
    kept: true,
    before: count,
    gone: Gone::Nobody,
    act: Act::Enter,
    limit: 1000,
    keep: 0,
};

const ALONE: Operation = Operation {
    kept: false,
    before: nothing,
    ..KEPT
};

/// A writer has left a slot, which is adopted.
const ADOPTED: Operation = Operation {
    gone: Gone::Writer(|writer| count(&writer)),
    ..KEPT
};

pub static OPERATIONS: [Operation; 35] = [
    Operation {
        name: "create",
        ..ALONE
    },
    Operation {
        name: "create beside another layout",
        gone: Gone::OtherLayout,
        ..ALONE
    },
    Operation {
        name: "replace what a crashed run has left",
        gone: Gone::Process,
        ..ALONE
    },
    Operation {
        name: "attach",
        ..KEPT
    },
    Operation {
        name: "adopt",
        ..ADOPTED
    },
    Operation {
        name: "adopt a slot with an open journal",
        gone: Gone::Writer(wreck_own),
        ..KEPT
    },
    Operation {
        name: "recover the heap's journal",
        gone: Gone::Writer(wreck_heap),
        ..KEPT
    },
    Operation {
        name: "adopt the slot of a process that was killed",
        gone: Gone::Process,
        ..KEPT
    },
    Operation {
        name: "close",
        act: Act::Leave(count),
        ..ALONE
    },
    Operation {
        name: "create a heap that is to be kept",
        keep: 600,
        ..ALONE
    },
    Operation {
        name: "close a heap that is kept",
        keep: 600,
        act: Act::Leave(count),
        ..ALONE
    },
    Operation {
        name: "declare",
        act: Act::Work(nothing, declare),
        ..KEPT
    },
    Operation {
        name: "add series",
        act: Act::Work(declared, add),
        ..KEPT
    },
    Operation {
        name: "add a series to an arena that is full",
        act: Act::Work(declared, grow_arena),
        ..KEPT
    },
    Operation {
        name: "grow",
        act: Act::Work(declared, grow),
        ..KEPT
    },
    Operation {
        name: "remove",
        before: add,
        act: Act::Work(add, remove),
        ..KEPT
    },
    Operation {
        name: "reclaim",
        before: count,
        act: Act::Work(use_up, reclaim),
        ..KEPT
    },
    Operation {
        name: "restart",
        act: Act::Work(count, restart),
        ..KEPT
    },
    Operation {
        name: "withdraw",
        act: Act::Work(count, withdraw),
        ..KEPT
    },
    Operation {
        name: "count",
        act: Act::Work(declared, count),
        ..ADOPTED
    },
    Operation {
        name: "bind what was being updated",
        gone: Gone::Writer(wreck_cells),
        act: Act::Work(nothing, count),
        ..KEPT
    },
    Operation {
        name: "repair",
        act: Act::Work(declared, repair),
        ..KEPT
    },
    Operation {
        name: "summarize",
        act: Act::Work(declared, summarize),
        ..KEPT
    },
    Operation {
        name: "spread",
        act: Act::Work(declared, spread),
        ..KEPT
    },
    Operation {
        name: "exemplify",
        act: Act::Work(declared, exemplify),
        ..KEPT
    },
    Operation {
        name: "inform",
        before: |writer| {
            tell(writer, "1");
            bind(writer, families(writer).state, "kept");
        },
        act: Act::Work(declared, inform),
        ..KEPT
    },
    Operation {
        name: "expire",
        act: Act::Work(fleet, expire),
        ..KEPT
    },
    Operation {
        name: "relabel",
        act: Act::Work(declared, relabel),
        ..KEPT
    },
    Operation {
        name: "keep alive",
        act: Act::Work(claim, keep_alive),
        ..KEPT
    },
    Operation {
        name: "drop",
        limit: 3,
        act: Act::Work(declared, run_short),
        ..KEPT
    },
    Operation {
        name: "overflow",
        limit: 3,
        act: Act::Work(declared, overflow),
        ..KEPT
    },
    Operation {
        name: "restart overflow",
        limit: 3,
        act: Act::Work(overflow, restart),
        ..KEPT
    },
    Operation {
        name: "ask",
        before: offer,
        act: Act::Work(nothing, ask),
        ..KEPT
    },
    Operation {
        name: "turn",
        before: offer,
        act: Act::Work(nothing, turn),
        ..KEPT
    },
    Operation {
        name: "read again",
        act: Act::Work(declared, read_again),
        ..KEPT
    },
];

/// The stores of a private heap when a slot changes hands. Such a heap has no survivors.
pub fn alone() -> Vec<failpoint::Point> {
    let options = HeapOptions {
        id: Some(u128::from(std::process::id())),
        ..HeapOptions::default()
    };
    let _keeper = Writer::attach(&options, 0).unwrap();
    let ((), points) = failpoint::record(|| {
        for thread in 1..3 {
            drop(Writer::attach(&options, thread).unwrap());
        }
    });
    points
}
