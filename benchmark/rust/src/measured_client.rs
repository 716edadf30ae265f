//! The crate `measured`.

use crate::scenario::{BOUNDS, Client};
use measured::metric::histogram::Thresholds;
use measured::text::BufferedTextEncoder;
use measured::{Counter, CounterVec, Histogram, HistogramVec, LabelGroup, MetricGroup};
use paracord::ParaCord;
use std::cell::RefCell;
use std::hint::black_box;

#[derive(Clone, Copy, LabelGroup)]
#[label(set = PairSet)]
struct Pair<'a> {
    #[label(dynamic_with = ParaCord)]
    route: &'a str,
    #[label(dynamic_with = ParaCord)]
    code: &'a str,
}

#[derive(MetricGroup)]
struct All {
    /// Measured
    things_total: CounterVec<PairSet>,
    /// Measured
    things_seconds: HistogramVec<PairSet, 11>,
    /// Measured
    bare_total: Counter,
    /// Measured
    bare_seconds: Histogram<11>,
}

pub struct Measured {
    all: All,
    encoder: RefCell<BufferedTextEncoder>,
}

fn pairs() -> PairSet {
    PairSet {
        route: ParaCord::default(),
        code: ParaCord::default(),
    }
}

impl Measured {
    pub fn new() -> Measured {
        let thresholds = || Thresholds::with_buckets(BOUNDS);
        let all = All {
            things_total: CounterVec::with_label_set(pairs()),
            things_seconds: HistogramVec::with_label_set_and_metadata(pairs(), thresholds()),
            bare_total: Counter::new(),
            bare_seconds: Histogram::with_metadata(thresholds()),
        };
        Measured {
            all,
            encoder: RefCell::new(BufferedTextEncoder::new()),
        }
    }
}

impl Client for Measured {
    fn inc(&self, times: usize) {
        for _ in 0..times {
            black_box(&self.all.bare_total).inc();
        }
    }

    fn inc_labels(&self, pairs: &[(String, String)]) {
        for (route, code) in pairs {
            self.all.things_total.inc(Pair { route, code });
        }
    }

    fn observe(&self, values: &[f64]) {
        for value in values {
            black_box(&self.all.bare_seconds)
                .get_metric()
                .observe(*value);
        }
    }

    fn observe_labels(&self, route: &str, code: &str, value: f64) {
        self.all.things_seconds.observe(Pair { route, code }, value);
    }

    fn scrape(&self) -> usize {
        let mut encoder = self.encoder.borrow_mut();
        self.all.collect_group_into(&mut *encoder).unwrap();
        encoder.finish().len()
    }
}
