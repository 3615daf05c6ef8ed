// === vectors
let mut v = vec![5, 3, 8];
// %%
v.push(1);
v.sort();
// %%
v
// %%
v.binary_search(&5)
// %%
v.insert(1, 9); v.swap(0, 2); v
// %%
v.iter().max()
// %%
v.drain(1..3).collect::<Vec<_>>()
// %%
v.dedup(); v.extend([7, 7]); v.dedup(); v
// %%
let grid = vec![vec![0; 3]; 2];
grid
// %%
v.first().zip(v.last())
// %%
v.split_at(1)
// %%
v.concat_check()

// === maps
use std::collections::{BTreeMap, HashMap};
let mut ages: HashMap<String, u32> = HashMap::new();
// %%
ages.insert("Ada".to_string(), 36);
ages.insert("Alan".to_string(), 41);
// %%
ages.get("Ada")
// %%
*ages.entry("Ada".into()).or_insert(0) += 1;
ages["Ada"]
// %%
let mut names: Vec<_> = ages.keys().cloned().collect();
names.sort();
names
// %%
let mut counts = BTreeMap::new();
for c in "mississippi".chars() { *counts.entry(c).or_insert(0) += 1; }
counts
// %%
counts.iter().max_by_key(|(_, n)| **n)
// %%
counts.range('j'..).map(|(c, _)| *c).collect::<String>()
// %%
ages.remove("Nobody")
// %%
ages.values().sum::<u32>()

// === sets
use std::collections::{BTreeSet, HashSet};
let a: BTreeSet<i32> = [1, 2, 3].into();
let b = BTreeSet::from([2, 3, 4]);
// %%
a.intersection(&b).collect::<Vec<_>>()
// %%
&a | &b
// %%
a.difference(&b).count()
// %%
let seen: HashSet<&str> = ["x"].into_iter().collect();
seen.contains("x")
// %%
a.is_subset(&b)

// === queues and heaps
use std::collections::{BinaryHeap, VecDeque};
let mut queue: VecDeque<i32> = (1..4).collect();
// %%
queue.push_front(0);
queue.pop_back()
// %%
queue
// %%
let mut heap = BinaryHeap::from(vec![2, 9, 4]);
heap.pop()
// %%
heap.push(7);
heap.into_sorted_vec()
// %%
use std::cmp::Reverse;
let mut low = BinaryHeap::new();
low.push(Reverse(5)); low.push(Reverse(1));
low.pop()

// === arrays
let mut arr = [[0u8; 3]; 2];
arr[1][2] = 7;
// %%
arr
// %%
arr.iter().flatten().map(|n| *n as u32).sum::<u32>()
// %%
arr.map(|row| row.len())
// %%
let [x, y] = [1.5, 2.5];
x * y

// === smart pointers
use std::rc::{Rc, Weak};
use std::cell::{Cell, RefCell};
let shared = Rc::new(RefCell::new(vec![1]));
// %%
let also = shared.clone();
also.borrow_mut().push(2);
// %%
shared
// %%
Rc::strong_count(&shared)
// %%
let weak: Weak<RefCell<Vec<i32>>> = Rc::downgrade(&shared);
weak.upgrade().is_some()
// %%
let cell = Cell::new(5);
cell.set(cell.get() + 1);
cell
// %%
let any: Box<dyn std::any::Any> = Box::new(5i32);
any.downcast_ref::<i32>()

// === nested data
#[derive(Debug, Clone, PartialEq)]
struct Item { name: String, tags: Vec<&'static str>, price: Option<f64> }
// %%
let items = vec![
    Item { name: "pen".into(), tags: vec!["blue"], price: Some(1.2) },
    Item { name: "ink".into(), tags: vec!["blue", "wet"], price: None },
];
// %%
items.iter().filter(|i| i.tags.contains(&"wet")).map(|i| &i.name[..]).collect::<Vec<_>>()
// %%
items.iter().filter_map(|i| i.price).sum::<f64>()
// %%
items[0].clone()
// %%
items
// %%
let by_name: BTreeMap<_, _> = items.iter().map(|i| (i.name.clone(), i.tags.len())).collect();
use std::collections::BTreeMap;
by_name
