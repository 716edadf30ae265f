//! The work of a writer: the operations, and their preparations.

use crate::families::{bind, declared, families, labels};
use mpmetrics_core::verification::failpoint;
use mpmetrics_core::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub fn nothing(_: &Writer) {}

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
    let native = bind(writer, families.native, "kept");
    for value in [0.0, 1.0, -2.0] {
        // A sum that only grows, as the page is checked for.
        assert!(writer.native_add(native, 1, 1.0, 0.5, value).unwrap());
    }
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

pub fn declare(writer: &Writer) {
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
pub fn add(writer: &Writer) {
    let families = families(writer);
    for number in 0..70 {
        bind(writer, families.counter, &number.to_string());
    }
    for family in [
        families.histogram,
        families.native,
        families.summary,
        families.gauge,
        families.shared,
    ] {
        bind(writer, family, "new");
    }
}

pub fn grow_arena(writer: &Writer) {
    bind(writer, families(writer).wide, "new");
}

/// The text alone needs another segment.
pub fn grow(writer: &Writer) {
    let text = "x".repeat(60_000);
    bind(writer, families(writer).counter, &text);
}

pub fn remove(writer: &Writer) {
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

/// Makes cells with extensions, and removes their series.
pub fn use_up(writer: &Writer) {
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

/// Uses numbers, records and cells again, also for other kinds.
pub fn reclaim(writer: &Writer) {
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

pub fn restart(writer: &Writer) {
    let families = families(writer);
    for family in [families.plain, families.counter, families.summary] {
        writer.reset_family(family).unwrap();
    }
}

pub fn withdraw(writer: &Writer) {
    let families = families(writer);
    writer.unbind(families.counter, &labels("kept")).unwrap();
    bind(writer, families.counter, "mine");
    writer.unbind(families.counter, &labels("mine")).unwrap();
    bind(writer, families.histogram, "mine");
    writer.unbind_family(families.histogram).unwrap();
}

/// Finishes interrupted updates of this thread.
pub fn repair(writer: &Writer) {
    let families = families(writer);
    let histogram = bind(writer, families.histogram, "mine");
    let summary = bind(writer, families.summary, "mine");
    writer.histogram_repair(histogram.cell).unwrap();
    let native = bind(writer, families.native, "mine");
    writer.native_repair(native).unwrap();
    writer.summary_repair(summary).unwrap();
    writer
        .shared_set(bind(writer, families.shared, "mine"), 2.0)
        .unwrap();
}

/// Raw values, bins, and the next window but one in the same place.
pub fn summarize(writer: &Writer) {
    let summary = bind(writer, families(writer).summary, "mine");
    for window in [0, 2] {
        for _ in 0..35 {
            writer.summary_observe(summary, window, 4.0).unwrap();
        }
    }
    writer.summary_observe(summary, 1, 4.0).unwrap();
    writer.summary_spill(summary, 1).unwrap();
    writer.summary_rotate(summary, 3).unwrap();
}

/// Tables of sparse buckets that grow, become coarser, and take the place of one another.
pub fn spread(writer: &Writer) {
    let native = bind(writer, families(writer).native, "mine");
    for power in 0..40 {
        let value = 1.3f64.powi(power % 20) * if power < 20 { 1.0 } else { -1.0 };
        assert!(writer.native_add(native, 1, 1.0, 0.5, value).unwrap());
    }
    assert!(writer.native_observe(native, 0, 0.5).unwrap());
    assert!(writer.native_coarsen(native, -2, 1.5).unwrap());
    assert!(writer.native_add(native, 0, 3.0, 6.0, 2.0).unwrap());
}

pub fn exemplify(writer: &Writer) {
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
    let series = writer.series_number(counter).unwrap().unwrap();
    // The first bucket at which nobody has looked yet.
    assert!((1..100).any(|tag| writer.exemplar_wait(counter, series, tag).unwrap() == 0.0));
}

pub fn inform(writer: &Writer) {
    tell(writer, "1");
    tell(writer, "2");
    writer
        .shared_set(bind(writer, families(writer).state, "kept"), 1.0)
        .unwrap();
}

pub fn tell(writer: &Writer, version: &str) {
    let labels = Labels::new([("version", version)]);
    writer
        .info_set(families(writer).info, &labels, 1.0)
        .unwrap();
}

pub fn fleet(writer: &Writer) {
    let families = families(writer);
    bind(writer, families.fleeting, "mine");
    bind(writer, families.fleeting, "other");
}

/// Relabels one contribution in place, and one whose series has another contributor.
pub fn relabel(writer: &Writer) {
    let counter = families(writer).counter;
    for value in ["mine", "kept"] {
        bind(writer, counter, value);
        writer
            .relabel(counter, &labels(value), &labels(&format!("{value} again")))
            .unwrap();
    }
}

fn scrape(writer: &Writer, monotonic: f64) {
    let filter = snapshot::Filter {
        registries: vec![0],
        monotonic: Some(monotonic),
        ..Default::default()
    };
    snapshot::take(writer.heap(), &filter).unwrap();
}

pub fn expire(writer: &Writer) {
    scrape(writer, 1000.0);
    scrape(writer, 1100.0);
}

/// Leaves the claim of a holder of the lock that has died before it removed the first of two stale series.
pub fn claim(writer: &Writer) {
    fleet(writer);
    scrape(writer, 1000.0);
    failpoint::silence_after(1, || scrape(writer, 1100.0));
}

/// Updates two series, one of which is claimed.
pub fn keep_alive(writer: &Writer) {
    let family = families(writer).fleeting;
    bind(writer, family, "mine");
    bind(writer, family, "other");
}

/// More series than a family may have.
pub fn run_short(writer: &Writer) {
    let counter = families(writer).counter;
    for value in 0..5 {
        writer.bind(counter, &labels(&value.to_string())).unwrap();
    }
    writer.bind_again(counter, &labels("4")).unwrap();
    writer.remove_series(counter, &labels("0")).unwrap();
    writer.bind_again(counter, &labels("4")).unwrap();
}

/// Counts in the overflow series of each sort, while the limit is exceeded.
pub fn overflow(writer: &Writer) {
    let families = families(writer);
    let labels = Labels::new([("otel_metric_overflow", "true")]);
    let overflow = |family| writer.bind(family, &labels).unwrap().expect("no limit");
    let [counter, histogram, native, summary] = [
        families.counter,
        families.histogram,
        families.native,
        families.summary,
    ]
    .map(overflow);
    run_short(writer);
    writer.counter_add(counter, 1.0).unwrap();
    writer.histogram_observe(histogram, 1, 0.25).unwrap();
    for power in 0..12 {
        let value = 1.3f64.powi(power);
        assert!(writer.native_add(native, 1, 1.0, 0.5, value).unwrap());
    }
    writer.summary_observe(summary, 2, 4.0).unwrap();
}

pub fn offer(writer: &Writer) {
    writer.offer_collectors(true).unwrap();
}

pub fn ask(writer: &Writer) {
    writer.offer_collectors(true).unwrap();
    collect::ask(writer.heap(), Some(writer.slot()), Duration::from_millis(1)).unwrap();
    writer.answer(1).unwrap();
}

/// Follows a request to turn, and announces and withdraws servers.
pub fn turn(writer: &Writer) {
    let listener = writer.listen().unwrap();
    turns::ask(writer.heap(), Duration::from_millis(1)).unwrap();
    let request = collect::last_request(writer.heap()).unwrap();
    listener.turned(request.number).unwrap();
    writer.stop_listening().unwrap();
    writer.announce_server(9464).unwrap();
    writer.withdraw_server(9464).unwrap();
}

/// Reads while another thread updates, until something had to be read again.
pub fn read_again(writer: &Writer) {
    let histogram = bind(writer, families(writer).histogram, "mine");
    let sequence = address(writer, histogram.cell + layout::histogram::SEQUENCE);
    let done = AtomicBool::new(false);
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // SAFETY: the word lies in the arena, which is mapped while the writer lives, and is used only as an atomic.
            let sequence = unsafe { AtomicU64::from_ptr(sequence as *mut u64) };
            for number in (1..u64::from(u32::MAX / 2)).cycle() {
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
