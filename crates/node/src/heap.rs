//! The class `NativeHeap`: all operations of a heap except updates.

use crate::binding::{Binding, to_labels};
use crate::chunk::Chunk;
use crate::collectors::list;
use crate::error::{Result, node_api, thrown};
use crate::family::FamilySpec;
use crate::heap_info::HeapInfo;
use crate::isolate::{attached, enter, leave};
use crate::options::{HeapOptions, ReachedLimit};
use crate::scrape::{ScrapeFamilies, ScrapeRequest, ScrapeText};
use crate::text::Text;
use crate::turns::AskToTurn;
use mpmetrics_core::snapshot::Rival;
use mpmetrics_core::{PartialReason, SeriesLimit, Shortage, Writer, observe, servers, snapshot};
use napi::Env;
use napi::bindgen_prelude::{AsyncTask, BigInt, Buffer, Either, Function, ObjectFinalize};
use napi_derive::napi;

/// A heap to which one isolate is attached.
///
/// When the last reference to it is collected, the isolate leaves the heap, and its buffers are detached. So each holder of
/// cells must hold the heap.
#[napi(custom_finalize)]
pub struct NativeHeap {
    handle: u32,
    incarnation: u32,
    slot: u32,
    foreign_layout: Option<u32>,
    is_partial: bool,
}

impl ObjectFinalize for NativeHeap {
    fn finalize(self, env: Env) -> napi::Result<()> {
        leave(&env, self.handle).map_err(|error| napi::Error::from_reason(error.reason.clone()))
    }
}

#[napi]
impl NativeHeap {
    /// Joins the heap, or makes it, and leases a slot for this isolate.
    #[napi(factory, catch_unwind)]
    pub fn attach(env: Env, options: HeapOptions) -> Result<Self> {
        let thread = options.thread.unwrap_or_default();
        let writer = Writer::attach(&options.to_core()?, thread).map_err(thrown)?;
        let (incarnation, slot) = (writer.incarnation(), writer.slot());
        let foreign_layout = writer.foreign_layout().map(|version| version as u32);
        let is_partial = writer.heap().is_partial(PartialReason::RemovedFiles);
        let handle = enter(&env, writer.heap().clone(), Some(writer), options.display)?;
        Ok(Self {
            handle,
            incarnation,
            slot,
            foreign_layout,
            is_partial,
        })
    }

    /// Opens the heap for reading, without a slot. Fails if there is no such heap.
    #[napi(factory, catch_unwind)]
    pub fn observe(env: Env, options: HeapOptions) -> Result<Self> {
        let heap = observe(&options.to_core()?).map_err(thrown)?;
        Ok(Self {
            handle: enter(&env, heap, None, options.display)?,
            incarnation: 0,
            slot: 0,
            foreign_layout: None,
            is_partial: false,
        })
    }

    /// The number of this heap in this isolate, first argument of the plain functions.
    #[napi(getter)]
    pub fn handle(&self) -> u32 {
        self.handle
    }

    /// The incarnation of the slot, which a gauge's cell must carry to count; 0 for a reader.
    #[napi(getter)]
    pub fn incarnation(&self) -> u32 {
        self.incarnation
    }

    /// The number of the slot; 0 for a reader.
    #[napi(getter)]
    pub fn slot(&self) -> u32 {
        self.slot
    }

    /// The layout version of another heap of that name, which processes with another version of this package hold. Only the
    /// first isolate of a process gets it.
    #[napi(getter)]
    pub fn foreign_layout(&self) -> Option<u32> {
        self.foreign_layout
    }

    /// Whether other processes used another heap of this name when this isolate joined, because the files of one were
    /// removed.
    #[napi(getter)]
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The number of the registry with that key, which is made if it is new.
    #[napi(catch_unwind)]
    pub fn registry(&self, key: String) -> Result<u32> {
        attached(self.handle)?
            .writer()?
            .registry(&key)
            .map_err(thrown)
    }

    /// The number of the registry with that key; `null` if there is none. This call only reads.
    #[napi(catch_unwind)]
    pub fn find_registry(&self, key: String) -> Result<Option<u32>> {
        snapshot::registry(&attached(self.handle)?.heap, &key).map_err(thrown)
    }

    /// The keys of all registries, in the order of their numbers.
    #[napi(catch_unwind)]
    pub fn registries(&self) -> Result<Vec<String>> {
        snapshot::registries(&attached(self.handle)?.heap).map_err(thrown)
    }

    /// Declares a family and returns its number; the same number for an equal declaration.
    #[napi(catch_unwind)]
    pub fn declare(&self, spec: FamilySpec) -> Result<u32> {
        let attached = attached(self.handle)?;
        let (number, conflict) = attached
            .writer()?
            .declare(&spec.try_into()?)
            .map_err(thrown)?;
        if conflict {
            attached.conflicts.borrow_mut().insert(number);
        }
        Ok(number)
    }

    /// Whether the heap had a different declaration of the same name when this isolate declared that family.
    #[napi(catch_unwind)]
    pub fn conflicted(&self, family: u32) -> Result<bool> {
        Ok(attached(self.handle)?.conflicts.borrow().contains(&family))
    }

    /// The difference between this isolate's family of that number and a family of the same name in a live process or
    /// thread. `null`: there is none now.
    #[napi(catch_unwind, ts_return_type = "'declaration' | 'registries' | null")]
    pub fn rival(&self, family: u32) -> Result<Option<&'static str>> {
        let attached = attached(self.handle)?;
        let rival = snapshot::rival(attached.writer()?, family).map_err(thrown)?;
        Ok(rival.map(|rival| match rival {
            Rival::Declaration => "declaration",
            Rival::Registries => "registries",
        }))
    }

    /// Binds this writer to a series, which is made if it is new. `null`: the series was dropped, for the reason in
    /// `lastShortage`. It is counted, unless `again` says that it was counted before.
    #[napi(catch_unwind)]
    pub fn bind(
        &self,
        family: u32,
        labels: Vec<String>,
        again: Option<bool>,
    ) -> Result<Option<Binding>> {
        let attached = attached(self.handle)?;
        let (writer, labels) = (attached.writer()?, to_labels(&labels)?);
        let bound = if again.unwrap_or_default() {
            writer.bind_again(family, &labels)
        } else {
            writer.bind(family, &labels)
        };
        Ok(bound.map_err(thrown)?.map(Binding::from))
    }

    /// The reason of this isolate's last dropped series: memory was full (`full`), the label-map lock was held for too long
    /// (`busy`), or a limit of series was reached (`limit`).
    #[napi(
        getter,
        catch_unwind,
        ts_return_type = "'full' | 'busy' | 'limit' | null"
    )]
    pub fn last_shortage(&self) -> Result<Option<&'static str>> {
        let shortage = attached(self.handle)?.writer()?.last_shortage();
        Ok(shortage.map(|shortage| match shortage {
            Shortage::Full => "full",
            Shortage::Busy => "busy",
            Shortage::Limit => "limit",
        }))
    }

    /// The limit of series that was reached, if that was the reason: its number, and whether it is that of the whole heap.
    #[napi(getter, catch_unwind)]
    pub fn last_limit(&self) -> Result<Option<ReachedLimit>> {
        let limit = attached(self.handle)?.writer()?.last_limit();
        Ok(limit.map(|SeriesLimit { series, of_heap }| ReachedLimit { series, of_heap }))
    }

    /// The message of the system, if memory was not simply full.
    #[napi(getter, catch_unwind)]
    pub fn last_refusal(&self) -> Result<Option<String>> {
        Ok(attached(self.handle)?.writer()?.last_refusal())
    }

    /// The binding of this writer to a series, if it has one.
    #[napi(catch_unwind)]
    pub fn find(&self, family: u32, labels: Vec<String>) -> Result<Option<Binding>> {
        let attached = attached(self.handle)?;
        let bound = attached
            .writer()?
            .find(family, &to_labels(&labels)?)
            .map_err(thrown)?;
        Ok(bound.map(Binding::from))
    }

    /// Withdraws this writer's contribution to one series; `false` if there was none.
    #[napi(catch_unwind)]
    pub fn unbind(&self, family: u32, labels: Vec<String>) -> Result<bool> {
        attached(self.handle)?
            .writer()?
            .unbind(family, &to_labels(&labels)?)
            .map_err(thrown)
    }

    /// Gives this writer's contribution to a series other labels. `false`: the caller must move the contribution.
    #[napi(catch_unwind)]
    pub fn relabel(&self, family: u32, from: Vec<String>, to: Vec<String>) -> Result<bool> {
        attached(self.handle)?
            .writer()?
            .relabel(family, &to_labels(&from)?, &to_labels(&to)?)
            .map_err(thrown)
    }

    /// Withdraws this writer from a family.
    #[napi(catch_unwind)]
    pub fn unbind_family(&self, family: u32) -> Result<()> {
        attached(self.handle)?
            .writer()?
            .unbind_family(family)
            .map_err(thrown)
    }

    /// Removes a series for the whole application; `false` if there was none.
    #[napi(catch_unwind)]
    pub fn remove_series(&self, family: u32, labels: Vec<String>) -> Result<bool> {
        attached(self.handle)?
            .writer()?
            .remove_series(family, &to_labels(&labels)?)
            .map_err(thrown)
    }

    /// Starts a series from zero for the whole application; `false` if there was none.
    #[napi(catch_unwind)]
    pub fn restart_series(&self, family: u32, labels: Vec<String>) -> Result<bool> {
        attached(self.handle)?
            .writer()?
            .restart_series(family, &to_labels(&labels)?)
            .map_err(thrown)
    }

    /// Starts every series of a family from zero, for the whole application.
    #[napi(catch_unwind)]
    pub fn reset_family(&self, family: u32) -> Result<()> {
        attached(self.handle)?
            .writer()?
            .reset_family(family)
            .map_err(thrown)
    }

    /// Sets an info: its series replaces the one with the same values of the declared labels. `stamp` orders the settings of
    /// several writers: seconds on the machine's monotonic clock. `false`: memory was full, and the series was counted as
    /// dropped.
    #[napi(catch_unwind)]
    pub fn info_set(&self, family: u32, labels: Vec<String>, stamp: f64) -> Result<bool> {
        attached(self.handle)?
            .writer()?
            .info_set(family, &to_labels(&labels)?, stamp)
            .map_err(thrown)
    }

    /// The pieces of this writer's arena, each with the one buffer over it.
    #[napi(catch_unwind)]
    pub fn chunks<'env>(&self, env: &'env Env) -> Result<Vec<Chunk<'env>>> {
        let attached = attached(self.handle)?;
        let chunks = attached.writer()?.chunks().map_err(thrown)?;
        let made = chunks
            .iter()
            .map(|chunk| attached.buffers.chunk(env, &attached.heap, chunk));
        made.collect::<napi::Result<_>>().map_err(node_api)
    }

    /// Reads all writers' cells and writes them as exposition text, off the event loop.
    #[napi(catch_unwind, ts_return_type = "Promise<Buffer>")]
    pub fn scrape(&self, request: ScrapeRequest) -> Result<AsyncTask<ScrapeText<Buffer>>> {
        ScrapeText::new(&*attached(self.handle)?, request).map(AsyncTask::new)
    }

    /// The same as a string, which is returned at once if few cells are read. If the text is ASCII and the runtime takes
    /// external strings, no copy is made.
    #[napi(catch_unwind, ts_return_type = "Promise<string> | string")]
    pub fn scrape_text(
        &self,
        request: ScrapeRequest,
    ) -> Result<Either<Text, AsyncTask<ScrapeText<Text>>>> {
        let mut scrape = ScrapeText::new(&*attached(self.handle)?, request)?;
        match scrape.at_once() {
            Some(text) => text.map(Either::A),
            None => Ok(Either::B(AsyncTask::new(scrape))),
        }
    }

    /// Reads all writers' cells as data, off the event loop.
    #[napi(catch_unwind, ts_return_type = "Promise<Array<FamilyValues>>")]
    pub fn families(&self, request: ScrapeRequest) -> Result<AsyncTask<ScrapeFamilies>> {
        ScrapeFamilies::new(&*attached(self.handle)?, request).map(AsyncTask::new)
    }

    /// Makes this isolate listen to requests: `callback` gets the number of each request of another isolate. If
    /// `collects` is true, scrapes wait until `answer` is called with that number. A `null` callback ends that. The
    /// callback does not keep the process alive.
    #[napi(
        catch_unwind,
        ts_args_type = "callback: ((request: number) => void) | null, collects: boolean"
    )]
    pub fn on_request(&self, callback: Option<Function<u32, ()>>, collects: bool) -> Result<()> {
        let attached = attached(self.handle)?;
        let writer = attached.writer()?;
        writer.offer_collectors(false).map_err(thrown)?;
        let Some(callback) = callback else {
            drop(attached.collectors.take());
            return writer.stop_listening().map_err(thrown);
        };
        if attached.collectors.borrow().is_none() {
            let listener = writer.listen().map_err(thrown)?;
            let listed = list(&attached.heap, writer.slot(), listener, callback)?;
            attached.collectors.replace(Some(listed));
        }
        writer.offer_collectors(collects).map_err(thrown)
    }

    /// Answers a request, after this isolate has refreshed its values.
    #[napi(catch_unwind)]
    pub fn answer(&self, request: u32) -> Result<()> {
        attached(self.handle)?
            .writer()?
            .answer(request)
            .map_err(thrown)
    }

    /// Asks the event loops of all listening isolates to turn, and waits at most that many milliseconds for them.
    #[napi(catch_unwind, ts_return_type = "Promise<Turns>")]
    pub fn turns(&self, wait: f64) -> Result<AsyncTask<AskToTurn>> {
        AskToTurn::new(&*attached(self.handle)?, wait).map(AsyncTask::new)
    }

    /// Announces a server of this isolate, for newcomers that find its port taken. `false`: the isolate has too many
    /// servers.
    #[napi(catch_unwind)]
    pub fn announce_server(&self, server: BigInt) -> Result<bool> {
        attached(self.handle)?
            .writer()?
            .announce_server(server.get_u64().1)
            .map_err(thrown)
    }

    /// Withdraws the announcement of a server.
    #[napi(catch_unwind)]
    pub fn withdraw_server(&self, server: BigInt) -> Result<()> {
        attached(self.handle)?
            .writer()?
            .withdraw_server(server.get_u64().1)
            .map_err(thrown)
    }

    /// Whether a live member of the heap has announced that server.
    #[napi(catch_unwind)]
    pub fn has_server(&self, server: BigInt) -> Result<bool> {
        servers::is_announced(&attached(self.handle)?.heap, server.get_u64().1).map_err(thrown)
    }

    /// The figures of the heap and its writers.
    #[napi(catch_unwind)]
    pub fn info(&self) -> Result<HeapInfo> {
        HeapInfo::of(&*attached(self.handle)?)
    }

    /// Leaves the heap: the slot is released, and the buffers are detached.
    #[napi(catch_unwind)]
    pub fn close(&self, env: Env) -> Result<()> {
        leave(&env, self.handle)
    }
}
