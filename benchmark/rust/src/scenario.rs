//! The scenarios, and the trait that a client implements for them.

use std::time::{Duration, Instant};

/// The upper bounds of the histograms' buckets, without `+Inf`.
pub const BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// The number of values of each label in the scenario `labels`.
const VALUES: usize = 16;
const COUNTERS: usize = 50_000;
const HISTOGRAMS: usize = 5_000;
const WARM_UP: Duration = Duration::from_millis(200);
const BATCHES: usize = 101;
const BATCH: Duration = Duration::from_millis(2);

/// A client with a counter, a labelled counter, and a histogram of each sort. Each client has its own loops, so that
/// each call is compiled as in user code.
pub trait Client {
    /// Adds 1 to a held counter without labels, the given number of times.
    fn inc(&self, times: usize);
    /// Adds 1 to the counter with these label values, for each pair.
    fn inc_labels(&self, pairs: &[(String, String)]);
    /// Records the values in a held histogram.
    fn observe(&self, values: &[f64]);
    /// Records a value in the histogram with these label values.
    fn observe_labels(&self, route: &str, code: &str, value: f64);
    /// The exposition text, in a reused buffer. Returns its length.
    fn scrape(&self) -> usize;
    /// The same by protobuf, for a client that has this format.
    fn scrape_protobuf(&self) -> Option<usize> {
        None
    }
    /// The text without reading the cells, for a client that separates both.
    fn encode(&self) -> Option<Box<dyn Fn() -> usize + '_>> {
        None
    }
}

/// Runs a scenario, and returns the nanoseconds of one call; `None` for an unknown scenario.
pub fn run(client: &dyn Client, scenario: &str) -> Option<f64> {
    Some(match scenario {
        "inc" => calls(1000, || client.inc(1000)),
        "labels" => {
            let pairs: Vec<_> = (0..VALUES * VALUES)
                .map(|index| {
                    let code = index * 5 + index / VALUES;
                    (
                        format!("route-{}", index % VALUES),
                        format!("code-{}", code % VALUES),
                    )
                })
                .collect();
            calls(pairs.len(), || client.inc_labels(&pairs))
        }
        "observe" => {
            let values: Vec<_> = (0..1024)
                .map(|index| 0.002 * 6000_f64.powf((index * 389 % 1024) as f64 / 1024.0))
                .collect();
            calls(values.len(), || client.observe(&values))
        }
        "series" => new_series(client),
        "scrape" => {
            fill(client);
            assert!(client.scrape() > 4_000_000);
            whole(|| client.scrape())
        }
        "protobuf" => {
            fill(client);
            client.scrape_protobuf()?;
            whole(|| client.scrape_protobuf().unwrap())
        }
        "encode" => {
            fill(client);
            whole(client.encode()?)
        }
        _ => return None,
    })
}

/// Runs only the core of a scenario, the given number of times, to count instructions. `false` for an unknown scenario.
pub fn exactly(client: &dyn Client, scenario: &str, times: usize) -> bool {
    match scenario {
        "inc" => client.inc(times),
        "observe" => client.observe(&vec![0.3; times]),
        "series" => client.inc_labels(&(0..times).map(labels).collect::<Vec<_>>()),
        "scrape" | "encode" | "protobuf" => {
            client.inc_labels(&(0..1000).map(labels).collect::<Vec<_>>());
            let encode = if scenario == "encode" {
                client.encode()
            } else {
                None
            };
            for _ in 0..times {
                match &encode {
                    Some(encode) => encode(),
                    None if scenario == "protobuf" => client.scrape_protobuf().unwrap(),
                    None => client.scrape(),
                };
            }
        }
        _ => return false,
    }
    true
}

/// The labels of the series with that number, as in the benchmarks of Node.js.
fn labels(index: usize) -> (String, String) {
    let code = ["200", "301", "404", "500"][index % 4];
    (format!("/api/v1/things/{}", index / 4), code.into())
}

fn fill(client: &dyn Client) {
    let pairs: Vec<_> = (0..COUNTERS).map(labels).collect();
    client.inc_labels(&pairs);
    for (index, (route, code)) in pairs[..HISTOGRAMS].iter().enumerate() {
        client.observe_labels(route, code, (index * 13 % 97) as f64 / 10.0);
    }
}

/// The median over batches of calls, in nanoseconds for each call.
fn calls(each: usize, mut batch: impl FnMut()) -> f64 {
    let started = Instant::now();
    let mut rounds = 0;
    while started.elapsed() < WARM_UP {
        batch();
        rounds += 1;
    }
    let rounds = (rounds * BATCH.as_micros() as usize / WARM_UP.as_micros() as usize).max(1);
    median(|| {
        for _ in 0..rounds {
            batch();
        }
    }) / (rounds * each) as f64
}

/// The median of a long call, in nanoseconds.
fn whole(mut call: impl FnMut() -> usize) -> f64 {
    call();
    median_of(15, || {
        std::hint::black_box(call());
    })
}

/// The median over batches of new series, in nanoseconds for each series.
fn new_series(client: &dyn Client) -> f64 {
    let each = 500;
    let mut next = 0;
    let mut batches: Vec<Vec<_>> = (0..=BATCHES)
        .map(|_| {
            let pairs = (next..next + each).map(labels).collect();
            next += each;
            pairs
        })
        .collect();
    median(|| client.inc_labels(&batches.pop().unwrap())) / each as f64
}

fn median(call: impl FnMut()) -> f64 {
    median_of(BATCHES, call)
}

fn median_of(times: usize, mut call: impl FnMut()) -> f64 {
    let mut all: Vec<_> = (0..times)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed().as_nanos() as f64
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all[times / 2]
}
