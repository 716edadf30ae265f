//! The operations in which a writer dies: everything that stores to shared memory.

use mpmetrics_core::verification::failpoint;
use mpmetrics_core::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What a process does until it dies.
pub enum Act {
    /// It attaches.
    Enter,
    /// It attaches, does the first thing, and dies in the second.
    Work(fn(&Writer), fn(&Writer)),
    /// It does something, and dies while it leaves.
    Leave(fn(&Writer)),
}

/// Who was there before, and is not any more.
pub enum Gone {
    Nobody,
    /// A writer, who did this.
    Writer(fn(Writer)),
    /// A process, which was killed.
    Process,
    /// Nobody, and there is a heap of that name of another version of the library.
    OtherLayout,
}

pub struct Operation {
    pub name: &'static str,
    /// Whether another writer stays there all the time.
    pub kept: bool,
    /// What that one has done.
    pub before: fn(&Writer),
    pub gone: Gone,
    pub act: Act,
    /// As many series can a family have.
    pub limit: u32,
}

const KEPT: Operation = Operation {
    name: "",
    kept: true,
    before: count,
    gone: Gone::Nobody,
    act: Act::Enter,
    limit: 1000,
};

const ALONE: Operation = Operation {
    kept: false,
    before: nothing,
    ..KEPT
};

/// A writer that is gone has left a slot, which is adopted.
const ADOPTED: Operation = Operation {
    gone: Gone::Writer(|writer| count(&writer)),
    ..KEPT
};

pub static OPERATIONS: [Operation; 28] = [
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
        name: "bury a process",
        gone: Gone::Process,
        ..KEPT
    },
    Operation {
        name: "leave",
        act: Act::Leave(count),
        ..KEPT
    },
    Operation {
        name: "close",
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
        name: "drop",
        limit: 3,
        act: Act::Work(declared, run_short),
        ..KEPT
    },
    Operation {
        name: "ask",
        before: offer,
        act: Act::Work(nothing, ask),
        ..KEPT
    },
    Operation {
        name: "read again",
        act: Act::Work(declared, read_again),
        ..KEPT
    },
];

fn nothing(_: &Writer) {}

/// Stores that only a heap of one process knows, which nobody survives: a slot that changes hands.
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

/// The numbers of the families.
struct Families {
    plain: u32,
    counter: u32,
    histogram: u32,
    wide: u32,
    gauge: u32,
    shared: u32,
    summary: u32,
    info: u32,
    state: u32,
    fleeting: u32,
}

fn families(writer: &Writer) -> Families {
    writer.registry("default").unwrap();
    let spec = |kind, name: &str| FamilySpec {
        name: name.into(),
        kind,
        label_names: vec!["l".into()],
        exemplars: true,
        ..FamilySpec::default()
    };
    let declare = |spec: FamilySpec| writer.declare(&spec).unwrap().0;
    Families {
        plain: declare(FamilySpec {
            label_names: vec![],
            ..spec(Kind::Counter, "plain")
        }),
        counter: declare(spec(Kind::Counter, "counter")),
        histogram: declare(FamilySpec {
            bounds: vec![0.5, 1.0],
            ..spec(Kind::Histogram, "histogram")
        }),
        wide: declare(FamilySpec {
            bounds: (0..1000).map(f64::from).collect(),
            ..spec(Kind::Histogram, "wide")
        }),
        gauge: declare(spec(Kind::Gauge, "gauge")),
        shared: declare(FamilySpec {
            aggregator: Aggregator::Shared,
            ..spec(Kind::Gauge, "shared")
        }),
        summary: declare(FamilySpec {
            bounds: vec![0.5],
            windows: 2,
            interval: 10.0,
            ..spec(Kind::Summary, "summary")
        }),
        info: declare(FamilySpec {
            label_names: vec![],
            ..spec(Kind::Info, "info")
        }),
        state: declare(FamilySpec {
            states: vec!["a".into(), "b".into()],
            ..spec(Kind::Enum, "state")
        }),
        fleeting: declare(FamilySpec {
            expire_after: 60.0,
            ..spec(Kind::Counter, "fleeting")
        }),
    }
}

fn declared(writer: &Writer) {
    families(writer);
}

fn labels(value: &str) -> Labels {
    Labels::new([("l", value)])
}

fn bind(writer: &Writer, family: u32, value: &str) -> Binding {
    writer
        .bind(family, &labels(value))
        .unwrap()
        .expect("not dropped")
}

/// One of each update.
pub fn count(writer: &Writer) {
    let families = families(writer);
    let plain = writer
        .bind(families.plain, &Labels::new([]))
        .unwrap()
        .unwrap();
    writer.counter_add(plain, 7.0).unwrap();
    let counter = bind(writer, families.counter, "kept");
    writer.counter_add(counter, 1.0).unwrap();
    let histogram = bind(writer, families.histogram, "kept");
    for bucket in 0..3 {
        writer.histogram_observe(histogram, bucket, 0.25).unwrap();
    }
    writer.histogram_add(histogram, 1, 2.0, 0.5).unwrap();
    let gauge = bind(writer, families.gauge, "kept");
    writer.gauge_set(gauge, 3.0).unwrap();
    writer.gauge_add(gauge, 1.0).unwrap();
    writer
        .gauge_set_time(bind(writer, families.gauge, "time"), 5.0)
        .unwrap();
    let shared = bind(writer, families.shared, "kept");
    writer.shared_add(shared, 2.0).unwrap();
    let summary = bind(writer, families.summary, "kept");
    writer.summary_observe(summary, 2, 4.0).unwrap();
    writer.summary_add(summary, 2.0, 8.0).unwrap();
}

/// Does something to one value, and then dies while it does it to another one: when the journal is applied, but for the last word.
fn wreck(writer: Writer, change: fn(&Writer, u32, &str)) {
    let counter = families(&writer).counter;
    let ((), points) = failpoint::record(|| change(&writer, counter, "twin"));
    let end = points
        .iter()
        .rposition(|point| point.file().ends_with("journal.rs"));
    failpoint::silence_after(end.expect("a change of structure") - 1, || {
        change(&writer, counter, "mine");
        drop(writer);
    });
}

/// A writer that died while it changed its own arena.
fn wreck_own(writer: Writer) {
    bind(&writer, families(&writer).counter, "other");
    wreck(writer, |writer, counter, value| {
        bind(writer, counter, value);
    });
}

/// A writer that died while it removed a series.
fn wreck_heap(writer: Writer) {
    let counter = families(&writer).counter;
    for value in ["mine", "twin"] {
        bind(&writer, counter, value);
    }
    wreck(writer, |writer, counter, value| {
        writer.remove_series(counter, &labels(value)).unwrap();
    });
}

/// A writer that died in the middle of two updates.
fn wreck_cells(writer: Writer) {
    let families = families(&writer);
    let histogram = bind(&writer, families.histogram, "kept");
    let summary = bind(&writer, families.summary, "kept");
    // Three words of the intent, the sequence, one of two values.
    failpoint::silence_after(5, || writer.histogram_observe(histogram, 0, 0.25).unwrap());
    failpoint::silence_after(4, || writer.summary_add(summary, 1.0, 4.0).unwrap());
}

fn declare(writer: &Writer) {
    writer.registry("other").unwrap();
    declared(writer);
    for (name, bound) in [("new", 1.0), ("histogram", 2.0)] {
        let spec = FamilySpec {
            registries: vec![0, 1],
            name: name.into(),
            kind: Kind::Histogram,
            bounds: vec![bound],
            ..FamilySpec::default()
        };
        writer.declare(&spec).unwrap();
    }
}

/// Enough series for nodes of the label map, and for leaves and pages of directory and table.
fn add(writer: &Writer) {
    let families = families(writer);
    for number in 0..70 {
        bind(writer, families.counter, &number.to_string());
    }
    for family in [
        families.histogram,
        families.summary,
        families.gauge,
        families.shared,
    ] {
        bind(writer, family, "new");
    }
}

fn grow_arena(writer: &Writer) {
    bind(writer, families(writer).wide, "new");
}

/// The text alone needs another segment.
fn grow(writer: &Writer) {
    let text = "x".repeat(60_000);
    bind(writer, families(writer).counter, &text);
}

fn remove(writer: &Writer) {
    let families = families(writer);
    for number in (0..70).step_by(3) {
        writer
            .remove_series(families.counter, &labels(&number.to_string()))
            .unwrap();
    }
    for family in [
        families.histogram,
        families.summary,
        families.gauge,
        families.shared,
    ] {
        writer.remove_series(family, &labels("new")).unwrap();
    }
}

/// Cells with extensions, of series that are gone then.
fn use_up(writer: &Writer) {
    let families = families(writer);
    for value in ["one", "two"] {
        let summary = bind(writer, families.summary, value);
        for number in 0..40 {
            writer
                .summary_observe(summary, 2, f64::from(number))
                .unwrap();
        }
        let counter = bind(writer, families.counter, value);
        writer
            .exemplar_store(counter, 0, 1.0, 1.0, &labels("trace"))
            .unwrap();
    }
    for family in [families.summary, families.counter] {
        for value in ["one", "two"] {
            writer.remove_series(family, &labels(value)).unwrap();
        }
    }
}

/// Numbers, records and cells are used again, by families that need others too.
fn reclaim(writer: &Writer) {
    let families = families(writer);
    for family in [
        families.counter,
        families.histogram,
        families.summary,
        families.gauge,
    ] {
        for value in ["three", "four"] {
            bind(writer, family, value);
        }
    }
}

fn restart(writer: &Writer) {
    let families = families(writer);
    for family in [families.plain, families.counter, families.summary] {
        writer.reset_family(family).unwrap();
    }
}

fn withdraw(writer: &Writer) {
    let families = families(writer);
    writer.unbind(families.counter, &labels("kept")).unwrap();
    bind(writer, families.counter, "mine");
    writer.unbind(families.counter, &labels("mine")).unwrap();
    bind(writer, families.histogram, "mine");
    writer.unbind_family(families.histogram).unwrap();
}

/// Finishes what was interrupted in this thread.
fn repair(writer: &Writer) {
    let families = families(writer);
    let histogram = bind(writer, families.histogram, "mine");
    let summary = bind(writer, families.summary, "mine");
    writer.histogram_repair(histogram.cell).unwrap();
    writer.summary_repair(summary).unwrap();
    writer
        .shared_set(bind(writer, families.shared, "mine"), 2.0)
        .unwrap();
}

/// Raw values, bins, and the next window but one in the same place.
fn summarize(writer: &Writer) {
    let summary = bind(writer, families(writer).summary, "mine");
    for window in [0, 2] {
        for _ in 0..35 {
            writer.summary_observe(summary, window, 4.0).unwrap();
        }
    }
    writer.summary_observe(summary, 1, 4.0).unwrap();
    writer.summary_spill(summary, 1).unwrap();
    writer.summary_turn(summary, 3).unwrap();
}

fn exemplify(writer: &Writer) {
    let families = families(writer);
    let counter = bind(writer, families.counter, "mine");
    let histogram = bind(writer, families.histogram, "mine");
    for number in 0..3 {
        let trace = labels(&"trace".repeat(number + 1));
        writer.exemplar_store(counter, 0, 1.0, 1.0, &trace).unwrap();
        writer
            .exemplar_store(histogram, 1, 1.0, 1.0, &trace)
            .unwrap();
    }
}

fn inform(writer: &Writer) {
    tell(writer, "1");
    tell(writer, "2");
    writer
        .shared_set(bind(writer, families(writer).state, "kept"), 1.0)
        .unwrap();
}

fn tell(writer: &Writer, version: &str) {
    let labels = Labels::new([("version", version)]);
    writer
        .info_set(families(writer).info, &labels, 1.0)
        .unwrap();
}

fn fleet(writer: &Writer) {
    let families = families(writer);
    bind(writer, families.fleeting, "mine");
    bind(writer, families.fleeting, "other");
}

fn expire(writer: &Writer) {
    for monotonic in [1000.0, 1100.0] {
        let filter = snapshot::Filter {
            registries: vec![0],
            monotonic: Some(monotonic),
            ..Default::default()
        };
        snapshot::take(writer.heap(), &filter).unwrap();
    }
}

/// More series than a family may have.
fn run_short(writer: &Writer) {
    let counter = families(writer).counter;
    for value in 0..5 {
        writer.bind(counter, &labels(&value.to_string())).unwrap();
    }
    writer.bind_again(counter, &labels("4")).unwrap();
    writer.remove_series(counter, &labels("0")).unwrap();
    writer.bind_again(counter, &labels("4")).unwrap();
}

fn offer(writer: &Writer) {
    writer.offer_collectors(true).unwrap();
}

fn ask(writer: &Writer) {
    writer.offer_collectors(true).unwrap();
    collect::ask(writer.heap(), Some(writer.slot()), Duration::from_millis(1)).unwrap();
    writer.answer(1).unwrap();
    processes::read(writer.heap()).unwrap();
}

/// Reads while another thread updates, until something had to be read again.
fn read_again(writer: &Writer) {
    let histogram = bind(writer, families(writer).histogram, "mine");
    let sequence = address(writer, histogram.cell + layout::histogram::SEQUENCE);
    let done = AtomicBool::new(false);
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // SAFETY: a word of the arena, which is mapped for as long as the writer, and is used as an atomic alone.
            let sequence = unsafe { AtomicU64::from_ptr(sequence as *mut u64) };
            for number in 1..u64::from(u32::MAX / 2) {
                sequence.store(2 * number, Ordering::Relaxed);
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        while snapshot::info(writer.heap()).unwrap().retries == 0 {
            snapshot::take(writer.heap(), &filter).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
}

/// Where a word of the writer's arena is in this process.
fn address(writer: &Writer, place: layout::Place) -> usize {
    let chunks = writer.chunks().unwrap();
    let chunk = chunks
        .iter()
        .find(|chunk| (chunk.place..chunk.place + chunk.words).contains(&place));
    let chunk = chunk.expect("a word of the arena");
    chunk.address as usize + 8 * (place - chunk.place) as usize
}
