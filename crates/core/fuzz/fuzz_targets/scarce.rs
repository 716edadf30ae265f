//! Memory that is soon full, as a file system may be: a heap whose numbers are anything asks for segments of gigabytes.

use std::alloc::{GlobalAlloc, Layout, System};

/// As much as anybody gets for a segment, in bytes.
const MOST: usize = 1 << 20;

struct Scarce;

#[global_allocator]
static MEMORY: Scarce = Scarce;

// SAFETY: the system's allocator does it all, or there is no memory, which every caller must be ready for.
unsafe impl GlobalAlloc for Scarce {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that the system's allocator asks for.
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
