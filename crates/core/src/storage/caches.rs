//! What rooms above keep beside a heap for as long as this process has it mapped.

use std::any::Any;
use std::sync::OnceLock;

/// One value of each type that is asked for, as a list that only grows.
#[derive(Default)]
pub(crate) struct Caches(OnceLock<Box<Node>>);

struct Node {
    value: Box<dyn Any + Send + Sync>,
    next: Caches,
}

impl Caches {
    /// The value of that type, made when it is first asked for.
    pub fn get<T: Any + Default + Send + Sync>(&self) -> &T {
        let mut list = self;
        loop {
            let node = list.0.get_or_init(|| {
                Box::new(Node {
                    value: Box::<T>::default(),
                    next: Caches::default(),
                })
            });
            match node.value.downcast_ref() {
                Some(value) => return value,
                None => list = &node.next,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn each_type_has_one_value() {
        let caches = Caches::default();
        *caches.get::<Mutex<u32>>().lock().unwrap() = 7;
        *caches.get::<Mutex<String>>().lock().unwrap() = "x".into();
        assert_eq!(*caches.get::<Mutex<u32>>().lock().unwrap(), 7);
        assert_eq!(*caches.get::<Mutex<String>>().lock().unwrap(), "x");
    }
}
