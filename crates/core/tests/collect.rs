//! Collectors: asked, shared, and never waited for in vain twice.

use mpmetrics_core::collect::{Asked, ask, last_request, watch};
use mpmetrics_core::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than any delay of a busy machine.
const WAIT: Duration = Duration::from_secs(3);

fn options(name: &str) -> HeapOptions {
    let name = format!("test-collect-{name}-{}", std::process::id());
    HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        ..HeapOptions::default()
    }
}

/// An isolate that answers until it is stopped, except while it is blocked.
struct Isolate {
    thread: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    blocked: Arc<AtomicBool>,
    answered: Arc<AtomicU32>,
}

impl Isolate {
    fn start(options: &HeapOptions) -> Isolate {
        let [stop, blocked] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let answered = Arc::new(AtomicU32::new(0));
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn({
            let (options, stop, blocked, answered) = (
                options.clone(),
                stop.clone(),
                blocked.clone(),
                answered.clone(),
            );
            move || {
                let writer = Writer::attach(&options, 1).unwrap();
                writer.offer_collectors(true).unwrap();
                let mut last = last_request(writer.heap()).unwrap().number;
                ready.send(()).unwrap();
                while !stop.load(Ordering::Relaxed) {
                    let request = watch(writer.heap(), last, Duration::from_millis(20)).unwrap();
                    if request.number != last && !blocked.load(Ordering::Relaxed) {
                        last = request.number;
                        std::thread::sleep(Duration::from_millis(20));
                        answered.fetch_add(1, Ordering::Relaxed);
                        writer.answer(last).unwrap();
                    }
                }
            }
        });
        is_ready.recv().unwrap();
        Isolate {
            thread: Some(thread),
            stop,
            blocked,
            answered,
        }
    }

    fn block(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::Relaxed);
    }
}

impl Drop for Isolate {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().unwrap().join();
    }
}

fn timed(heap: &Heap, own: Option<u32>) -> (Asked, Duration) {
    let started = Instant::now();
    (ask(heap, own, WAIT).unwrap(), started.elapsed())
}

fn asked(waited_for: usize, unanswered: usize) -> Asked {
    Asked {
        waited_for,
        unanswered,
    }
}

#[test]
fn without_collectors_no_scrape_waits() {
    let options = options("none");
    let [writer, other] = [0, 1].map(|thread| Writer::attach(&options, thread).unwrap());
    assert_eq!(
        ask(writer.heap(), Some(writer.slot()), WAIT).unwrap(),
        asked(0, 0)
    );
    other.offer_collectors(true).unwrap();
    other.offer_collectors(false).unwrap();
    // One's own have run.
    writer.offer_collectors(true).unwrap();
    let (found, took) = timed(writer.heap(), Some(writer.slot()));
    assert_eq!(found, asked(0, 0));
    assert!(took < WAIT, "{took:?}");
    assert_eq!(last_request(writer.heap()).unwrap().number, 0);
}

#[test]
fn a_scrape_waits_until_all_have_answered() {
    let options = options("all");
    let writer = Writer::attach(&options, 0).unwrap();
    let isolates = [(); 3].map(|()| Isolate::start(&options));
    for round in 1..=3 {
        let (found, took) = timed(writer.heap(), Some(writer.slot()));
        assert_eq!(found, asked(3, 0));
        assert!(took >= Duration::from_millis(20) && took < WAIT, "{took:?}");
        for isolate in &isolates {
            assert_eq!(isolate.answered.load(Ordering::Relaxed), round);
        }
    }
    assert_eq!(last_request(writer.heap()).unwrap().by, Some(writer.slot()));
}

#[test]
fn scrapes_at_the_same_time_share_a_request() {
    let options = options("shared");
    let writer = Writer::attach(&options, 0).unwrap();
    let isolate = Isolate::start(&options);
    // The isolate answers only after all scrapes have asked, so that they overlap on any machine.
    isolate.block(true);
    let coming = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let heap = writer.heap();
        for _ in 0..8 {
            scope.spawn(|| {
                coming.fetch_add(1, Ordering::Relaxed);
                assert_eq!(ask(heap, None, WAIT).unwrap().unanswered, 0);
            });
        }
        while coming.load(Ordering::Relaxed) < 8 {
            std::thread::yield_now();
        }
        isolate.block(false);
    });
    // A scrape that asked later may have made a request of its own, together with other late ones.
    assert!(isolate.answered.load(Ordering::Relaxed) <= 3);
}

#[test]
fn a_silent_isolate_delays_one_scrape() {
    let options = options("blocked");
    let writer = Writer::attach(&options, 0).unwrap();
    let [good, bad] = [(); 2].map(|()| Isolate::start(&options));
    bad.block(true);
    let (found, took) = timed(writer.heap(), None);
    assert_eq!(found, asked(2, 1));
    assert!(took >= WAIT && took < WAIT * 3, "{took:?}");
    for _ in 0..3 {
        let (found, took) = timed(writer.heap(), None);
        assert_eq!(found, asked(1, 0));
        assert!(took < WAIT, "{took:?}");
    }
    assert_eq!(snapshot::info(writer.heap()).unwrap().unanswered, 1);
    bad.block(false);
    let started = Instant::now();
    while timed(writer.heap(), None).0 != asked(2, 0) {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "it is never waited for again"
        );
    }
    assert!(good.answered.load(Ordering::Relaxed) >= 4);
    drop(bad);
    assert_eq!(timed(writer.heap(), None).0, asked(1, 0));
}
