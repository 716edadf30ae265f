//! The crate `prometheus`.

use crate::scenario::{BOUNDS, Client};
use prometheus::{
    Counter, CounterVec, Histogram, HistogramOpts, HistogramVec, Opts, Registry, TextEncoder,
};
use std::cell::RefCell;
use std::hint::black_box;

pub struct Prometheus {
    registry: Registry,
    things: CounterVec,
    seconds: HistogramVec,
    bare: Counter,
    bare_seconds: Histogram,
    text: RefCell<String>,
}

impl Prometheus {
    pub fn new() -> Prometheus {
        let names = &["route", "code"];
        let options = |name: &str| HistogramOpts::new(name, "Measured").buckets(BOUNDS.to_vec());
        let client = Prometheus {
            registry: Registry::new(),
            things: CounterVec::new(Opts::new("things_total", "Measured"), names).unwrap(),
            seconds: HistogramVec::new(options("things_seconds"), names).unwrap(),
            bare: Counter::new("bare_total", "Measured").unwrap(),
            bare_seconds: Histogram::with_opts(options("bare_seconds")).unwrap(),
            text: RefCell::default(),
        };
        let registry = &client.registry;
        registry.register(Box::new(client.things.clone())).unwrap();
        registry.register(Box::new(client.seconds.clone())).unwrap();
        registry.register(Box::new(client.bare.clone())).unwrap();
        registry
            .register(Box::new(client.bare_seconds.clone()))
            .unwrap();
        client
    }
}

impl Client for Prometheus {
    fn inc(&self, times: usize) {
        for _ in 0..times {
            black_box(&self.bare).inc();
        }
    }

    fn inc_labels(&self, pairs: &[(String, String)]) {
        for (route, code) in pairs {
            self.things.with_label_values(&[route, code]).inc();
        }
    }

    fn observe(&self, values: &[f64]) {
        for value in values {
            black_box(&self.bare_seconds).observe(*value);
        }
    }

    fn observe_labels(&self, route: &str, code: &str, value: f64) {
        self.seconds
            .with_label_values(&[route, code])
            .observe(value);
    }

    fn scrape(&self) -> usize {
        let mut text = self.text.borrow_mut();
        text.clear();
        TextEncoder::new()
            .encode_utf8(&self.registry.gather(), &mut text)
            .unwrap();
        text.len()
    }
}
