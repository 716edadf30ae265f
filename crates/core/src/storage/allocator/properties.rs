//! Random sequences of allocations and frees, checked against a list of owners, with deaths at any store.

use super::{Allocator, size_of};
use crate::layout::{Place, header};
use crate::storage::heap::Heap;
use crate::storage::journal;
use crate::verification::failpoint::silence_after;
use crate::{HeapOptions, Writer};
use proptest::prelude::*;

/// An operation, and the number of stores before the death.
#[derive(Clone, Debug)]
enum Step {
    Take(u32, Option<usize>),
    Give(usize, Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let death = proptest::option::weighted(0.3, 0usize..24);
    prop_oneof![
        (1u32..3000, death.clone()).prop_map(|(words, death)| Step::Take(words, death)),
        (any::<usize>(), death).prop_map(|(which, death)| Step::Give(which, death)),
    ]
}

/// Changes something, perhaps only in part, as the next holder of the lock then finds it.
fn change<T>(
    heap: &Heap,
    death: Option<usize>,
    with: impl Fn(&mut journal::Transaction) -> T,
) -> T {
    let changed = silence_after(death.unwrap_or(usize::MAX), || {
        let mut exclusive = heap.lock().unwrap();
        let mut transaction = exclusive.transaction();
        let changed = with(&mut transaction);
        transaction.commit().unwrap();
        changed
    });
    drop(heap.lock().unwrap());
    changed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_word_has_two_owners_and_none_is_lost(steps in proptest::collection::vec(step(), 1..120)) {
        let writer = Writer::attach(&HeapOptions::default(), 0).unwrap();
        let heap = writer.heap();
        let others = heap.words.load(header::USED).unwrap();
        let mut taken: Vec<(Place, u32)> = Vec::new();
        for step in steps {
            let before = heap.words.load(header::USED).unwrap();
            match step {
                Step::Take(words, death) => {
                    let place = change(heap, death, |transaction| {
                        let place = Allocator::allocate_in_heap(transaction, words).unwrap();
                        transaction.set(place, u64::MAX).unwrap();
                        place
                    });
                    // It has happened wholly, or not at all.
                    if heap.words.load(header::USED).unwrap() != before {
                        let size = size_of(heap.words.load(place - 1).unwrap());
                        prop_assert!(size > words);
                        taken.push((place - 1, size));
                    }
                }
                Step::Give(which, death) if !taken.is_empty() => {
                    let index = which % taken.len();
                    let (place, size) = taken[index];
                    change(heap, death, |transaction| {
                        Allocator::Heap.free(transaction, place + 1, size - 1).unwrap();
                    });
                    if heap.words.load(header::USED).unwrap() != before {
                        taken.swap_remove(index);
                    }
                }
                Step::Give(..) => {}
            }
            taken.sort_unstable();
            for pair in taken.windows(2) {
                prop_assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:?} overlap");
            }
            let held: u64 = taken.iter().map(|(_, size)| u64::from(*size)).sum();
            prop_assert_eq!(heap.words.load(header::USED).unwrap(), others + held);
        }
        for (place, size) in taken.drain(..) {
            change(heap, None, |transaction| Allocator::Heap.free(transaction, place + 1, size - 1).unwrap());
        }
        // Every word has one owner, or is in a free list once.
        prop_assert_eq!(crate::verification::check(heap).unwrap(), Vec::<String>::new());
    }
}
