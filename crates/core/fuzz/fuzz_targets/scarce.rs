//! Scarce memory, like a small file system: a heap with arbitrary numbers asks for segments of gigabytes.

use std::alloc::{GlobalAlloc, Layout, System};

/// The largest segment, in bytes.
const MOST: usize = 1 << 20;

struct Scarce;

#[global_allocator]
static MEMORY: Scarce = Scarce;

// SAFETY: the system's allocator does the work, or there is no memory, as every caller must expect.
unsafe impl GlobalAlloc for Scarce {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's guarantees are those that the system's allocator requires.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() > MOST {
            return std::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(start, layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.realloc(start, layout, size) }
    }
}
