//! One death: the heap before, the dying process, and the observations of a survivor.

use crate::leftovers;
use crate::operations::{Act, Gone, Operation};
use mpmetrics_core::verification::{check, failpoint};
use mpmetrics_core::*;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The fate of the process with the operation.
pub enum Outcome<'a> {
    /// It ends before the operation.
    Idle,
    /// It ends after the whole operation.
    Done,
    /// It ends after this many stores.
    Dead { stores: usize, point: &'a str },
}

/// A heap, and an operation that is going to be done in it.
pub struct Scene {
    operation: &'static Operation,
    options: HeapOptions,
    keeper: Option<Writer>,
    _other: Option<OtherLayout>,
}

/// A heap of the same name that another version of the library holds: its gate, and a lease that is locked.
struct OtherLayout {
    _lease: File,
    paths: [PathBuf; 2],
}

impl OtherLayout {
    fn beside(options: &HeapOptions) -> OtherLayout {
        let own = leftovers::key(Writer::attach(options, 0).unwrap().heap()).unwrap();
        // The two letters behind the prefix are the layout.
        let mut other = own.clone();
        other.replace_range("mpm.".len().."mpm.".len() + 2, "00");
        assert_ne!(own, other);
        let paths =
            ["w0", "gate"].map(|file| Path::new("/dev/shm").join(format!("{other}.{file}")));
        let open = |path| {
            let mut opening = File::options();
            opening.create(true).write(true).truncate(true).mode(0o600);
            opening.open(path).unwrap()
        };
        // The lease first: another process may remove a gate without a held lease.
        let lease = open(&paths[0]);
        lease.lock().unwrap();
        open(&paths[1]);
        OtherLayout {
            _lease: lease,
            paths,
        }
    }
}

impl Drop for OtherLayout {
    fn drop(&mut self) {
        for path in self.paths.iter().rev() {
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// The observations: lines and their values, of an observer, and of a survivor before and after it has repeated the
/// operation.
pub struct Found {
    pub died: bool,
    at: String,
    shown: [BTreeMap<String, f64>; 3],
}

/// The heap of that name, with long waits.
fn options(name: &str) -> HeapOptions {
    HeapOptions {
        name: Some(HeapName::new(name).unwrap()),
        lock_wait: Duration::from_secs(20),
        gate_wait: Duration::from_secs(20),
        ..HeapOptions::default()
    }
}

impl Scene {
    /// Prepares the heap.
    pub fn new(operation: &'static Operation) -> Scene {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("failpoint-{}-{number}", std::process::id());
        let options = HeapOptions {
            series_limit: operation.limit,
            ..options(&name)
        };
        let mut scene = Scene {
            operation,
            keeper: None,
            _other: matches!(operation.gone, Gone::OtherLayout)
                .then(|| OtherLayout::beside(&options)),
            options,
        };
        if operation.kept {
            let keeper = Writer::attach(&scene.options, 0).unwrap();
            (operation.before)(&keeper);
            scene.keeper = Some(keeper);
        }
        match operation.gone {
            Gone::Nobody | Gone::OtherLayout => {}
            Gone::Writer(left) => left(Writer::attach(&scene.options, 1).unwrap()),
            Gone::Process => {
                let status = scene.start("attach", "done");
                assert!(status.code().is_none(), "{status}");
            }
        }
        scene
    }

    /// Does the operation in another process, and returns the point of each store.
    pub fn record(self) -> Vec<String> {
        let path = std::env::temp_dir().join(format!(
            "mpm-{}.points",
            self.options.name.as_ref().unwrap().as_str()
        ));
        let status = self.start(self.operation.name, path.to_str().unwrap());
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(status.code().is_none() && !text.is_empty(), "{status}");
        std::fs::remove_file(path).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn start(&self, operation: &str, fate: &str) -> ExitStatus {
        Command::new(std::env::current_exe().unwrap())
            .args(["dying_process", "--exact", "--ignored"])
            .env("FAILPOINT_OPERATION", operation)
            .env(
                "FAILPOINT_HEAP",
                self.options.name.as_ref().unwrap().as_str(),
            )
            .env("FAILPOINT_FATE", fate)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
    }

    /// Runs the process, and returns the observations after its end.
    pub fn survive(self, outcome: Outcome) -> Found {
        let name = self.operation.name;
        let (at, died) = match outcome {
            Outcome::Idle | Outcome::Done => {
                let fate = if matches!(outcome, Outcome::Idle) {
                    "idle"
                } else {
                    "done"
                };
                let status = self.start(name, fate);
                assert!(status.code().is_none(), "{name}: {status}");
                (format!("{name}, {fate}"), true)
            }
            Outcome::Dead { stores, point } => {
                let at = format!("{name}, dead after store {stores}, {point}");
                let status = self.start(name, &stores.to_string());
                // It may need fewer stores than the first time, but must not fail.
                assert!(matches!(status.code(), None | Some(0)), "{at}: {status}");
                (at, status.code().is_none())
            }
        };
        // An observer needs no survivor.
        let keeper = self.keeper.as_ref();
        let looked = keeper.map_or_else(BTreeMap::new, |keeper| show(keeper.heap(), &at));
        let survivor =
            Writer::attach(&self.options, 2).unwrap_or_else(|error| panic!("{at}: {error}"));
        sound(survivor.heap(), &at);
        let before = show(survivor.heap(), &at);
        if let Act::Work(prepare, work) = self.operation.act {
            let working = std::panic::AssertUnwindSafe(|| {
                prepare(&survivor);
                work(&survivor);
            });
            std::panic::catch_unwind(working)
                .unwrap_or_else(|_| panic!("{at}: others can't do it"));
        } else {
            crate::work::count(&survivor);
        }
        sound(survivor.heap(), &at);
        let after = show(survivor.heap(), &at);
        let key = leftovers::key(survivor.heap());
        drop((survivor, self.keeper));
        let left = leftovers::files(&key.unwrap_or_else(|| panic!("{at}: no files")));
        assert_eq!(left, Vec::<String>::new(), "{at}");
        Found {
            died,
            at,
            shown: [looked, before, after],
        }
    }
}

impl Found {
    /// Each value lies between those of two other observations, and each line of both is present.
    pub fn is_between(&self, one: &Found, other: &Found) {
        for ((shown, one), other) in self.shown.iter().zip(&one.shown).zip(&other.shown) {
            for (line, value) in shown {
                // A series that is not there begins with 0.
                let [one, other] = [one, other].map(|bound| *bound.get(line).unwrap_or(&0.0));
                let (least, most) = (one.min(other), one.max(other));
                assert!(
                    (least..=most).contains(value),
                    "{}: {line} is {value}, not {least} to {most}",
                    self.at
                );
            }
            for line in one.keys().filter(|line| other.contains_key(*line)) {
                assert!(shown.contains_key(line), "{}: {line} is missing", self.at);
            }
        }
    }
}

/// Asserts that the heap is sound.
fn sound(heap: &Heap, at: &str) {
    let problems = check(heap).unwrap_or_else(|error| panic!("{at}: {error}"));
    assert_eq!(problems, Vec::<String>::new(), "{at}");
}

/// The page, by line.
fn show(heap: &Heap, at: &str) -> BTreeMap<String, f64> {
    let filter = snapshot::Filter {
        registries: vec![0, 1],
        monotonic: Some(25.0),
        ..Default::default()
    };
    let families = snapshot::take(heap, &filter).unwrap_or_else(|error| panic!("{at}: {error}"));
    for family in &families {
        agree(family, at);
    }
    let mut text = Vec::new();
    expose::encode(&families, expose::Format::Text, &mut text);
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(line, value)| (line.to_owned(), value.parse().unwrap()))
        .collect()
}

/// Asserts that the sparse buckets of native histograms count what the classic ones do. No value here is NaN.
fn agree(family: &Family, at: &str) {
    for series in &family.series {
        if let Value::Histogram {
            counts,
            native: Some(native),
            ..
        } = &series.value
        {
            let native = &family.natives[*native];
            let buckets = native.positive.iter().chain(&native.negative);
            let sparse = native.zero_count + buckets.map(|(_, count)| count).sum::<u64>();
            let classic: f64 = family.numbers[counts.clone()].iter().sum();
            assert_eq!((sparse, native.count), (classic as u64, sparse), "{at}");
        }
    }
}

/// A point as `file:line`, from the crate's folder on.
pub fn named(point: failpoint::Point) -> String {
    let file = point.file();
    format!(
        "{}:{}",
        &file[file.rfind("src/").unwrap_or(0)..],
        point.line()
    )
}

/// Runs the operation of the environment's variables, and dies.
pub fn die() {
    let Ok(name) = std::env::var("FAILPOINT_HEAP") else {
        return;
    };
    let wanted = std::env::var("FAILPOINT_OPERATION").unwrap();
    let operation = crate::operations::OPERATIONS
        .iter()
        .find(|operation| operation.name == wanted);
    let operation = operation.expect("an operation of that name");
    let options = HeapOptions {
        series_limit: operation.limit,
        keep: Duration::from_secs(operation.keep),
        ..options(&name)
    };
    let attach = || Writer::attach(&options, 7).unwrap();
    let mut act: Box<dyn FnMut()> = match operation.act {
        // The writer stays attached until the end.
        Act::Enter => Box::new(|| std::mem::forget(attach())),
        Act::Work(prepare, work) => {
            let writer = attach();
            prepare(&writer);
            Box::new(move || work(&writer))
        }
        Act::Leave(work) => {
            let writer = attach();
            work(&writer);
            let mut writer = Some(writer);
            Box::new(move || drop(writer.take()))
        }
    };
    let fate = std::env::var("FAILPOINT_FATE").unwrap();
    match fate.parse() {
        Ok(stores) => failpoint::abort_after(stores, act),
        Err(_) if fate == "done" => act(),
        Err(_) if fate == "idle" => {}
        Err(_) => {
            let ((), points) = failpoint::record(&mut act);
            let points = points.into_iter().map(|point| named(point) + "\n");
            std::fs::write(&fate, points.collect::<String>()).unwrap();
        }
    }
    if fate.parse::<usize>().is_ok() {
        std::process::exit(0);
    }
    std::process::abort();
}
