// === constants
const LIMIT: usize = 3;
const NAMES: [&str; 2] = ["a", "b"];
// %%
LIMIT * 2
// %%
NAMES[1]
// %%
const LIMIT: usize = 4;
// %%
LIMIT
// %%
[0; LIMIT].len()

// === statics with inner changes
use std::sync::atomic::{AtomicU32, Ordering};
static HITS: AtomicU32 = AtomicU32::new(0);
fn hit() -> u32 { HITS.fetch_add(1, Ordering::SeqCst) + 1 }
// %%
hit(); hit()
// %%
hit()
// %%
HITS.load(Ordering::SeqCst)
// %%
fn unrelated() {}
// %%
hit()

// === a mutex in a static
use std::sync::Mutex;
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());
// %%
LOG.lock().unwrap().push("first".to_string());
// %%
LOG.lock().unwrap().push("second".to_string());
LOG.lock().unwrap().len()

// === lazily made
use std::sync::{LazyLock, OnceLock};
static TABLE: LazyLock<Vec<u64>> = LazyLock::new(|| { println!("made"); (1..=5).map(|n| n * n).collect() });
static ONCE: OnceLock<String> = OnceLock::new();
// %%
TABLE[2]
// %%
TABLE.iter().sum::<u64>()
// %%
ONCE.get_or_init(|| "now".to_string()).len()
// %%
ONCE.get().cloned()

// === static mut
static mut COUNTER: u32 = 0;
// %%
unsafe { COUNTER += 1; }
// %%
unsafe { COUNTER += 1; }
let now = unsafe { COUNTER };
now

// === thread locals
use std::cell::RefCell;
thread_local! { static STACK: RefCell<Vec<i32>> = RefCell::new(vec![]); }
// %%
STACK.with(|s| s.borrow_mut().push(4));
// %%
STACK.with(|s| s.borrow_mut().push(5));
STACK.with(|s| s.borrow().clone())

// === constants computed from others
const WIDTH: u32 = 4;
const AREA: u32 = WIDTH * WIDTH;
// %%
const DOUBLE: u32 = AREA * 2;
DOUBLE
// %%
const WIDTH: u32 = 10;
// %%
AREA
