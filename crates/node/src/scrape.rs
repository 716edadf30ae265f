//! Scrapes: reading all writers' cells on a thread of Node's pool, so that no event loop waits. A text of few cells is read at
//! once.

use crate::encoding::Encoding;
use crate::error::{Result, bad_argument, rejection, thrown};
use crate::isolate::Attached;
use crate::text::Text;
use crate::values::FamilyValues;
use mpmetrics_core::collect::{ask, is_alone};
use mpmetrics_core::expose;
use mpmetrics_core::snapshot::{Filter, Known, most_cells, take};
use mpmetrics_core::{Error, Heap, Result as CoreResult, Writer};
use napi::bindgen_prelude::{ToNapiValue, TypeName};
use napi::{Env, Task};
use napi_derive::napi;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The default limit of a scrape's wait for the collectors of other isolates.
const COLLECT_WAIT_MS: f64 = 250.0;

/// Reading so many cells, about 0.1 ms, takes no longer than two changes of threads.
const FEW_CELLS: u64 = 256;

/// The options of a scrape.
#[napi(object, object_to_js = false)]
pub struct ScrapeRequest {
    /// The numbers of the registries to read.
    pub registries: Vec<u32>,
    /// The names of the families that are wanted; absent: all.
    pub names: Option<Vec<String>>,
    /// The names of the samples that are wanted, or of their families; absent: all.
    pub samples: Option<Vec<String>>,
    /// A replacement for the time on the machine's monotonic clock, in seconds.
    pub monotonic: Option<f64>,
    /// Whether to append the heap's own metrics, named `mpmetrics_…`; absent: no.
    pub own: Option<bool>,
    /// Whether families with the aggregator `omit` are omitted even with a single contributor; absent: no.
    pub whole: Option<bool>,
    /// The families that the caller has declared, in its order. They come first, with its help texts. Absent: the order of
    /// the heap.
    pub known: Option<Vec<KnownFamily>>,
    /// The longest wait, in milliseconds, for other isolates with collectors; 250 by default. 0: they are not asked.
    pub collect_wait_ms: Option<f64>,
    /// The exposition format.
    pub encoding: Encoding,
}

/// A family that the caller of a scrape has declared.
#[napi(object, object_to_js = false)]
pub struct KnownFamily {
    /// Its name.
    pub name: String,
    /// The help text that the caller gave it.
    pub help: String,
}

impl ScrapeRequest {
    fn filter(&mut self) -> Filter {
        Filter {
            registries: std::mem::take(&mut self.registries),
            names: self.names.take(),
            samples: self.samples.take(),
            monotonic: self.monotonic,
            self_metrics: self.own.unwrap_or_default(),
            whole: self.whole.unwrap_or_default(),
            known: self.known.take().map(known).unwrap_or_default(),
        }
    }

    fn collect_wait(&self) -> Result<Duration> {
        let milliseconds = self.collect_wait_ms.unwrap_or(COLLECT_WAIT_MS);
        Duration::try_from_secs_f64(milliseconds / 1000.0)
            .map_err(|_| bad_argument("collectWaitMs must be a number of milliseconds"))
    }
}

fn known(families: Vec<KnownFamily>) -> Vec<Known> {
    let known = families
        .into_iter()
        .map(|KnownFamily { name, help }| Known { name, help });
    known.collect()
}

/// The source of a scrape. It holds the heap, which this isolate may leave meanwhile.
struct Source {
    heap: Arc<Heap>,
    filter: Filter,
    /// The slot of this isolate, if it writes to the heap, and so keeps it from being closed. Its own collectors have run.
    slot: Option<u32>,
    collect_wait: Duration,
}

impl Source {
    fn new(attached: &Attached, request: &mut ScrapeRequest) -> Result<Self> {
        Ok(Self {
            heap: Arc::clone(&attached.heap),
            filter: request.filter(),
            slot: attached.writer_if_any().map(Writer::slot),
            collect_wait: request.collect_wait()?,
        })
    }

    /// Whether a scrape reads few cells, and has no other isolate to ask.
    fn is_short(&self) -> CoreResult<bool> {
        Ok(!self.filter.self_metrics
            && most_cells(&self.heap)? <= FEW_CELLS
            && (self.collect_wait.is_zero() || is_alone(&self.heap, self.slot)?))
    }

    /// Asks the other isolates to refresh, and reads.
    ///
    /// A panic would end the process here, because no JavaScript frame could catch it.
    fn read<T>(&self, read: impl FnOnce(&Heap, &Filter) -> CoreResult<T>) -> CoreResult<T> {
        let read = AssertUnwindSafe(|| {
            ask(&self.heap, self.slot, self.collect_wait)?;
            let read = read(&self.heap, &self.filter)?;
            // A reader must open the heap's name again, and must not show old numbers.
            if self.slot.is_none() && self.heap.is_closed() {
                return Err(Error::Closed);
            }
            Ok(read)
        });
        let what = "a scrape has met something that it can't explain";
        catch_unwind(read).unwrap_or(Err(Error::Corrupt { what }))
    }
}

/// The capacity for the next exposition: the length of the last one, and a little more, since numbers grow.
static ROOM: AtomicUsize = AtomicUsize::new(0);

/// A scrape as exposition text, in the form for JavaScript: a buffer or a string.
pub struct ScrapeText<Form> {
    source: Source,
    encoding: expose::Encoding,
    form: PhantomData<Form>,
}

impl<Form> ScrapeText<Form> {
    /// Fails if there is no such format.
    pub fn new(attached: &Attached, mut request: ScrapeRequest) -> Result<Self> {
        Ok(Self {
            source: Source::new(attached, &mut request)?,
            encoding: request.encoding.to_core()?,
            form: PhantomData,
        })
    }

    /// The text at once, if that takes no longer than another thread needs to begin. `None`: it is longer.
    pub fn at_once(&mut self) -> Option<Result<Form>>
    where
        Form: From<Text>,
    {
        if !matches!(self.source.is_short(), Ok(true)) {
            return None;
        }
        // An isolate that has offered collectors since is not asked: the event loop must not wait.
        self.source.collect_wait = Duration::ZERO;
        Some(self.read().map_err(thrown))
    }

    fn read(&self) -> CoreResult<Form>
    where
        Form: From<Text>,
    {
        self.source.read(|heap, filter| {
            // Relaxed: a guess.
            let mut bytes = Vec::with_capacity(ROOM.load(Ordering::Relaxed));
            let is_ascii = expose::scrape(heap, filter, self.encoding, &mut bytes)?;
            ROOM.store(bytes.len() + bytes.len() / 64, Ordering::Relaxed);
            Ok(Form::from(Text { bytes, is_ascii }))
        })
    }
}

impl<Form> Task for ScrapeText<Form>
where
    Form: From<Text> + ToNapiValue + TypeName + Send + 'static,
{
    type Output = CoreResult<Form>;
    type JsValue = Form;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(self.read())
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Form> {
        output.map_err(|error| rejection(env, error))
    }
}

/// A scrape as data.
pub struct ScrapeFamilies {
    source: Source,
}

impl ScrapeFamilies {
    /// The format of the request does not matter.
    pub fn new(attached: &Attached, mut request: ScrapeRequest) -> Result<Self> {
        Ok(Self {
            source: Source::new(attached, &mut request)?,
        })
    }
}

impl Task for ScrapeFamilies {
    type Output = CoreResult<Vec<FamilyValues>>;
    type JsValue = Vec<FamilyValues>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        Ok(self.source.read(|heap, filter| {
            let families = take(heap, filter)?;
            Ok(families.into_iter().map(FamilyValues::from).collect())
        }))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        output.map_err(|error| rejection(env, error))
    }
}
