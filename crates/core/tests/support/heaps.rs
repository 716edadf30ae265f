//! Heaps for several writers in one process, their declarations, and their pages.

use mpmetrics_core::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Options of a shared heap for one test.
pub fn shared() -> HeapOptions {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "test-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        ..HeapOptions::default()
    }
}

/// Two writers that share a heap, with one registry.
pub fn pair() -> [Writer; 2] {
    let options = shared();
    let writers = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    writers[0].registry("default").unwrap();
    writers
}

/// A family of that kind, in the first registry.
pub fn spec(kind: Kind, name: &str, labels: &[&str]) -> FamilySpec {
    FamilySpec {
        registries: vec![0],
        name: name.into(),
        help: "help".into(),
        kind,
        label_names: labels.iter().map(|label| label.to_string()).collect(),
        bounds: if kind == Kind::Histogram {
            vec![0.1, 1.0]
        } else {
            vec![]
        },
        ..FamilySpec::default()
    }
}

/// The lines that a scrape shows, without comments.
pub fn text(heap: &Heap) -> String {
    let filter = snapshot::Filter {
        registries: vec![0],
        ..Default::default()
    };
    let mut out = Vec::new();
    expose::scrape(heap, &filter, expose::Format::Text, &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The labels of a series with that value.
pub fn labels(value: &str) -> Labels {
    Labels::new([("l", value)])
}
