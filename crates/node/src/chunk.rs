//! ArrayBuffers over this isolate's own cells.
//!
//! V8 allows one buffer for an address, so each buffer is made once, held strongly, and returned again. A runtime that
//! forbids external buffers gets a copy. The facade finds that out by the sentinel, which Rust has written and JavaScript
//! reads back.

use mpmetrics_core::Heap;
use napi::bindgen_prelude::{ArrayBuffer, FromNapiValue, JsValue, Object, ObjectRef};
use napi::{Env, Result};
use napi_derive::napi;
use std::cell::RefCell;
use std::sync::Arc;

/// A piece of this writer's arena.
#[napi(object, object_from_js = false)]
pub struct Chunk<'env> {
    /// The absolute word index of its first word.
    pub place: u32,
    /// Its length in 64-bit words.
    pub words: u32,
    /// The memory itself.
    pub buffer: ArrayBuffer<'env>,
}

/// The buffers that were made for one heap.
#[derive(Default)]
pub struct ChunkBuffers {
    /// Invariant: not borrowed during a call of Node-API, which may collect garbage and thus leave a heap.
    made: RefCell<Vec<(u32, Rc)>>,
}

/// A strong reference, released explicitly. When the environment ends, it releases its references itself.
type Rc = std::rc::Rc<ObjectRef<false>>;

impl ChunkBuffers {
    /// The chunk, for JavaScript.
    pub fn chunk<'env>(
        &self,
        env: &'env Env,
        heap: &Arc<Heap>,
        chunk: &mpmetrics_core::Chunk,
    ) -> Result<Chunk<'env>> {
        let buffer = match self.find(chunk.place) {
            Some(reference) => value(env, &reference)?,
            None => self.make(env, heap, chunk)?,
        };
        Ok(Chunk {
            place: chunk.place,
            words: chunk.words,
            buffer,
        })
    }

    fn find(&self, place: u32) -> Option<Rc> {
        let made = self.made.borrow();
        made.iter()
            .find(|(made, _)| *made == place)
            .map(|(_, reference)| reference.clone())
    }

    fn make<'env>(
        &self,
        env: &'env Env,
        heap: &Arc<Heap>,
        chunk: &mpmetrics_core::Chunk,
    ) -> Result<ArrayBuffer<'env>> {
        let bytes = chunk.words as usize * size_of::<u64>();
        let pointer = chunk.address.cast();
        let heap = Arc::clone(heap);
        // SAFETY: the mapping lives as long as the heap, which the finalizer holds. Only this isolate stores to the chunk,
        // and Rust accesses it only as atomics.
        let buffer = unsafe { ArrayBuffer::from_external(env, pointer, bytes, heap, release) }?;
        let reference = Object::from_raw(env.raw(), buffer.raw()).create_ref()?;
        self.made.borrow_mut().push((chunk.place, reference.into()));
        Ok(buffer)
    }

    /// Detaches the memory from JavaScript: its typed arrays become empty.
    pub fn detach(&self, env: &Env) -> Result<()> {
        for (_, reference) in self.made.take() {
            value(env, &reference)?.detach()?;
            if let Some(reference) = std::rc::Rc::into_inner(reference) {
                reference.unref(env)?;
            }
        }
        Ok(())
    }
}

/// The buffer was collected, so it needs the heap no more.
fn release(_: Env, heap: Arc<Heap>) {
    drop(heap);
}

fn value<'env>(env: &'env Env, reference: &ObjectRef<false>) -> Result<ArrayBuffer<'env>> {
    let object = reference.get_value(env)?;
    // SAFETY: only references to array buffers are kept.
    unsafe { ArrayBuffer::from_napi_value(env.raw(), object.raw()) }
}
