//! The cost of the heap's own operations, for changes of this crate: `cargo bench -p mpmetrics-core`. `benchmark/rust`
//! compares them with other clients.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mpmetrics_core::expose::{Format, encode};
use mpmetrics_core::snapshot::{Filter, take};
use mpmetrics_core::{Binding, FamilySpec, HeapName, HeapOptions, Kind, Labels, Writer};
use std::hint::black_box;

const BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// A writer of a shared heap of its own: shared, since a private one does without the file locks.
fn writer(name: &str) -> Writer {
    let name = HeapName::new(&format!("bench-{name}-{}", std::process::id())).unwrap();
    let options = HeapOptions {
        name: Some(name),
        ..HeapOptions::default()
    };
    Writer::attach(&options, 0).unwrap()
}

fn family(writer: &Writer, name: &str, kind: Kind) -> u32 {
    let bounds = if kind == Kind::Histogram {
        BOUNDS.to_vec()
    } else {
        Vec::new()
    };
    let spec = FamilySpec {
        registries: vec![writer.registry("default").unwrap()],
        name: name.into(),
        help: "Measured".into(),
        kind,
        label_names: vec!["route".into(), "code".into()],
        bounds,
        ..FamilySpec::default()
    };
    writer.declare(&spec).unwrap().0
}

/// The labels of the series with that number.
fn labels(index: usize) -> Labels {
    let route = format!("/api/v1/things/{}", index / 4);
    let code = ["200", "301", "404", "500"][index % 4];
    Labels::new([("route", route.as_str()), ("code", code)])
}

fn bind(writer: &Writer, family: u32, index: usize) -> Binding {
    writer.bind(family, &labels(index)).unwrap().unwrap()
}

/// Updates through the native tier, the binding's own checks included.
fn updates(criterion: &mut Criterion) {
    let writer = writer("updates");
    let counter = bind(&writer, family(&writer, "c", Kind::Counter), 0);
    let gauge = bind(&writer, family(&writer, "g", Kind::Gauge), 0);
    let histogram = bind(&writer, family(&writer, "h", Kind::Histogram), 0);
    let mut group = criterion.benchmark_group("update");
    group.bench_function("counter", |bencher| {
        bencher.iter(|| writer.counter_add(black_box(counter), 1.0).unwrap());
    });
    group.bench_function("gauge", |bencher| {
        bencher.iter(|| writer.gauge_set(black_box(gauge), 1.5).unwrap());
    });
    group.bench_function("histogram", |bencher| {
        bencher.iter(|| {
            writer
                .histogram_observe(black_box(histogram), 5, 0.2)
                .unwrap()
        });
    });
    group.finish();
}

/// A new series, and an existing one, by the number of series.
fn series(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bind");
    for before in [1_000, 100_000] {
        let writer = writer("series");
        let family = family(&writer, "c", Kind::Counter);
        for index in 0..before {
            bind(&writer, family, index);
        }
        let mut next = before;
        group.bench_function(format!("new, behind {before}"), |bencher| {
            bencher.iter_batched(
                || {
                    next += 1;
                    labels(next)
                },
                |labels| writer.bind(family, &labels).unwrap(),
                BatchSize::SmallInput,
            );
        });
        let known = labels(before / 2);
        group.bench_function(format!("known, among {before}"), |bencher| {
            bencher.iter(|| writer.bind(family, black_box(&known)).unwrap());
        });
    }
    group.finish();
}

/// A scrape by its parts: reading the cells, and writing the text.
fn scrape(criterion: &mut Criterion) {
    let writer = writer("scrape");
    let counter = family(&writer, "family_total", Kind::Counter);
    let histogram = family(&writer, "family_seconds", Kind::Histogram);
    for index in 0..50_000 {
        let binding = bind(&writer, counter, index);
        writer.counter_add(binding, index as f64).unwrap();
    }
    for index in 0..5_000 {
        let binding = bind(&writer, histogram, index);
        writer.histogram_observe(binding, 5, 0.2).unwrap();
    }
    let filter = Filter {
        registries: vec![writer.registry("default").unwrap()],
        ..Filter::default()
    };
    let mut group = criterion.benchmark_group("scrape");
    group
        .throughput(Throughput::Elements(55_000))
        .sample_size(20);
    group.bench_function("snapshot", |bencher| {
        bencher.iter(|| take(writer.heap(), &filter).unwrap());
    });
    let families = take(writer.heap(), &filter).unwrap();
    let mut out = Vec::new();
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            out.clear();
            encode(black_box(&families), Format::Text, &mut out);
            out.len()
        });
    });
    group.finish();
}

criterion_group!(benches, updates, series, scrape);
criterion_main!(benches);
