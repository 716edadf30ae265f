//! Tests: searches without the lock in the middle of a change, which then find nothing.

use crate::catalog::series;
use crate::layout::{MAP_FANOUT, header, journal};
use crate::membership::writer::Writer;
use crate::sync::Ordering;
use crate::{FamilySpec, HeapOptions, Kind, Labels};
use std::sync::mpsc;
use std::time::Duration;

/// Calls `act` while a holder of the lock hides the only series of a family, which a writer has made. `act` gets that writer,
/// or else another one.
fn hiding_the_series<T: Send + 'static>(
    id: u128,
    of_maker: bool,
    act: impl FnOnce(&Writer, u32, &Labels) -> T + Send,
) -> T {
    let options = HeapOptions {
        id: Some(u128::from(std::process::id()) << 64 | id),
        series_limit: 1,
        lock_wait: Duration::from_secs(30),
        ..HeapOptions::default()
    };
    let changing = Writer::attach(&options, 0).unwrap();
    let words = changing.words();
    let (ready, is_ready) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    std::thread::scope(|threads| {
        let options = &options;
        let acting = threads.spawn(move || {
            let maker = Writer::attach(options, 1).unwrap();
            let other = Writer::attach(options, 2).unwrap();
            let spec = FamilySpec {
                registries: vec![maker.registry("default").unwrap()],
                name: "c".into(),
                kind: Kind::Counter,
                label_names: vec!["l".into()],
                ..FamilySpec::default()
            };
            let labels = Labels::new([("l", "a")]);
            let family = maker.declare(&spec).unwrap().0;
            maker.bind(family, &labels).unwrap().unwrap();
            ready.send(()).unwrap();
            may_go.recv().unwrap();
            assert!(series::find_series(maker.words(), family, &labels).is_none());
            ready.send(()).unwrap();
            act(if of_maker { &maker } else { &other }, family, &labels)
        });
        is_ready.recv().unwrap();
        let exclusive = changing.heap().lock().unwrap();
        let sequence = words.word(header::JOURNAL + journal::SEQUENCE).unwrap();
        sequence.fetch_add(1, Ordering::Release);
        let map = words.slice(header::LABEL_MAP, MAP_FANOUT).unwrap();
        let hide = |word: &crate::sync::AtomicU64| word.swap(0, Ordering::Release);
        let before: Vec<u64> = map.iter().map(hide).collect();
        go.send(()).unwrap();
        is_ready.recv().unwrap();
        // Time to search in vain.
        std::thread::sleep(Duration::from_millis(50));
        for (word, before) in map.iter().zip(before) {
            word.store(before, Ordering::Release);
        }
        sequence.fetch_add(1, Ordering::Release);
        drop(exclusive);
        acting.join().unwrap()
    })
}

#[test]
fn a_writer_withdraws_from_a_series_that_a_change_hides() {
    let withdrawn = hiding_the_series(0x41de, true, |writer, family, labels| {
        writer.unbind(family, labels).unwrap()
    });
    assert!(withdrawn);
}

#[test]
fn a_family_at_its_limit_refuses_no_series_that_a_change_hides() {
    let bound = hiding_the_series(0x41df, false, |writer, family, labels| {
        writer.bind(family, labels).unwrap().is_some()
    });
    assert!(bound);
}
