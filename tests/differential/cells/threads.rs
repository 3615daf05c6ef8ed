// === scoped threads
let data = vec![1, 2, 3, 4];
// %%
let (a, b) = std::thread::scope(|s| {
    let left = s.spawn(|| data[..2].iter().sum::<i32>());
    let right = s.spawn(|| data[2..].iter().sum::<i32>());
    (left.join().unwrap(), right.join().unwrap())
});
a * b
// %%
data.len()

// === a shared counter
use std::sync::{Arc, Mutex, RwLock};
let counter = Arc::new(Mutex::new(0));
// %%
let handles: Vec<_> = (0..4).map(|i| { let c = Arc::clone(&counter); std::thread::spawn(move || *c.lock().unwrap() += i) }).collect();
for h in handles { h.join().unwrap(); }
// %%
*counter.lock().unwrap()
// %%
*counter.lock()?
// %%
Arc::strong_count(&counter)
// %%
let lock = RwLock::new(vec![1]);
lock.write().unwrap().push(2);
// %%
lock.read().unwrap().len()

// === channels
use std::sync::mpsc;
let (tx, rx) = mpsc::channel::<i32>();
// %%
for i in 0..3 { let tx = tx.clone(); std::thread::spawn(move || tx.send(i * i).unwrap()); }
drop(tx);
// %%
let mut got: Vec<i32> = rx.iter().collect();
got.sort();
got

// === a thread that lives across cells
let (stop, stopped) = std::sync::mpsc::channel::<()>();
let worker = std::thread::spawn(move || { stopped.recv().unwrap(); "finished" });
// %%
stop.send(())?;
// %%
worker.join().unwrap()

// === atomics
use std::sync::atomic::{AtomicUsize, Ordering};
let n = std::sync::Arc::new(AtomicUsize::new(0));
// %%
let m = n.clone();
std::thread::spawn(move || { m.fetch_add(5, Ordering::Relaxed); }).join().unwrap();
n.load(Ordering::Relaxed)

// === time and environment
let start = std::time::Instant::now();
// %%
start.elapsed() < std::time::Duration::from_secs(3600)
// %%
std::env::var("SURELY_NOT_SET_ANYWHERE").is_err()
// %%
std::env::var("SURELY_NOT_SET_ANYWHERE")?

// === files
use std::fs;
let path = std::env::temp_dir().join("differential-of-two-notebooks.txt");
// %%
fs::write(&path, "line one\nline two\n")?;
// %%
fs::read_to_string(&path)?.lines().count()
// %%
use std::io::{BufRead, BufReader};
let lines: Vec<String> = BufReader::new(fs::File::open(&path)?).lines().collect::<Result<_, _>>()?;
lines
// %%
fs::remove_file(&path)?;
path.exists()
