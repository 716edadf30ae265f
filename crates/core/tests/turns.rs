//! Event loops: a request waits for none that turn, and names the blocked ones.

use mpmetrics_core::collect::{last_request, watch};
use mpmetrics_core::turns::{Blocked, Listener, ask};
use mpmetrics_core::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longer than any delay of a busy machine.
const WAIT: Duration = Duration::from_secs(20);
/// Long enough to be waited for.
const SHORT: Duration = Duration::from_millis(50);

fn options(name: &str) -> HeapOptions {
    let name = format!("test-turns-{name}-{}", std::process::id());
    HeapOptions {
        name: Some(HeapName::new(&name).unwrap()),
        ..HeapOptions::default()
    }
}

/// Follows the requests as an event loop does, until it is stopped.
struct EventLoop {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl EventLoop {
    fn start(heap: Arc<Heap>, listener: Listener) -> EventLoop {
        let stop = Arc::new(AtomicBool::new(false));
        let mut last = last_request(&heap).unwrap().number;
        let thread = std::thread::spawn({
            let stop = stop.clone();
            move || {
                while !stop.load(Ordering::Relaxed) {
                    let request = watch(&heap, last, Duration::from_millis(20)).unwrap();
                    if request.number != last {
                        last = request.number;
                        listener.turned(last).unwrap();
                    }
                }
            }
        });
        EventLoop {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().unwrap().join();
    }
}

#[test]
fn only_listening_isolates_are_asked() {
    let options = options("listen");
    let silent = Writer::attach(&options, 0).unwrap();
    assert_eq!(ask(silent.heap(), WAIT).unwrap().asked, 0);
    let turning = Writer::attach(&options, 1).unwrap();
    let _loop = EventLoop::start(turning.heap().clone(), turning.listen().unwrap());
    for _ in 0..3 {
        let turns = ask(silent.heap(), WAIT).unwrap();
        assert_eq!((turns.asked, turns.blocked), (1, vec![]));
    }
    turning.stop_listening().unwrap();
    assert_eq!(ask(silent.heap(), WAIT).unwrap().asked, 0);
}

#[test]
fn a_blocked_isolate_is_named_until_its_event_loop_turns() {
    let options = options("blocked");
    let turning = Writer::attach(&options, 0).unwrap();
    let _loop = EventLoop::start(turning.heap().clone(), turning.listen().unwrap());
    let blocked = Writer::attach(&options, 7).unwrap();
    let listener = blocked.listen().unwrap();
    let turned = last_request(blocked.heap()).unwrap().number;
    let named = Blocked {
        slot: blocked.slot(),
        incarnation: blocked.incarnation(),
        pid: std::process::id(),
        thread: 7,
        turned,
    };
    for _ in 0..2 {
        let turns = ask(turning.heap(), SHORT).unwrap();
        assert_eq!((turns.asked, turns.blocked), (2, vec![named]));
    }
    let _free = EventLoop::start(blocked.heap().clone(), listener);
    assert_eq!(ask(turning.heap(), WAIT).unwrap().blocked, vec![]);
}

#[test]
fn an_isolate_that_has_left_is_not_asked_and_its_successor_begins_anew() {
    let options = options("left");
    let stays = Writer::attach(&options, 0).unwrap();
    let left = Writer::attach(&options, 1).unwrap();
    let slot = left.slot();
    let late = left.listen().unwrap();
    drop(left);
    assert_eq!(ask(stays.heap(), WAIT).unwrap().asked, 0);
    let successor = Writer::attach(&options, 2).unwrap();
    assert_eq!(successor.slot(), slot);
    let _listener = successor.listen().unwrap();
    let request = last_request(stays.heap()).unwrap().number;
    late.turned(request.wrapping_add(1)).unwrap();
    let turns = ask(stays.heap(), SHORT).unwrap();
    assert_eq!(turns.blocked[0].thread, 2);
}

#[test]
fn a_server_is_known_while_its_writer_lives() {
    let options = options("servers");
    let asks = Writer::attach(&options, 0).unwrap();
    let known = |server| servers::is_announced(asks.heap(), server).unwrap();
    let member = Writer::attach(&options, 1).unwrap();
    for server in 1..=4 {
        assert!(member.announce_server(server).unwrap());
    }
    assert!(!member.announce_server(5).unwrap());
    assert!(known(1) && known(4) && !known(5) && !known(0));
    member.withdraw_server(4).unwrap();
    member.withdraw_server(77).unwrap();
    assert!(member.announce_server(5).unwrap());
    assert!(known(5) && !known(4));
    drop(member);
    assert!(!known(1) && !known(5));
    let successor = Writer::attach(&options, 1).unwrap();
    assert!(!known(1) && !known(5));
    drop(successor);
}
