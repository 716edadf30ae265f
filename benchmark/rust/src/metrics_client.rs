//! The crate `metrics`, with its Prometheus exporter.

use crate::scenario::{BOUNDS, Client};
use metrics::{Counter, Histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::hint::black_box;

pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    bare: Counter,
    bare_seconds: Histogram,
}

impl Metrics {
    pub fn new() -> Metrics {
        let builder = PrometheusBuilder::new().set_buckets(&BOUNDS).unwrap();
        let recorder = builder.build_recorder();
        let (bare, bare_seconds) = with_local_recorder(&recorder, || {
            (
                metrics::counter!("bare_total"),
                metrics::histogram!("bare_seconds"),
            )
        });
        Metrics {
            handle: recorder.handle(),
            recorder,
            bare,
            bare_seconds,
        }
    }
}

impl Client for Metrics {
    fn inc(&self, times: usize) {
        for _ in 0..times {
            black_box(&self.bare).increment(1);
        }
    }

    fn inc_labels(&self, pairs: &[(String, String)]) {
        with_local_recorder(&self.recorder, || {
            for (route, code) in pairs {
                let labels = [("route", route.clone()), ("code", code.clone())];
                metrics::counter!("things_total", &labels).increment(1);
            }
        });
    }

    fn observe(&self, values: &[f64]) {
        for value in values {
            black_box(&self.bare_seconds).record(*value);
        }
        // The recorded values are kept until a reader takes them.
        self.handle.run_upkeep();
    }

    fn observe_labels(&self, route: &str, code: &str, value: f64) {
        with_local_recorder(&self.recorder, || {
            let labels = [("route", route.to_owned()), ("code", code.to_owned())];
            metrics::histogram!("things_seconds", &labels).record(value);
        });
    }

    fn scrape(&self) -> usize {
        self.handle.render().len()
    }
}
