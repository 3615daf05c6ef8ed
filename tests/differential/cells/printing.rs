// === print and println
println!("one line");
// %%
print!("no end");
// %%
print!("a"); print!("b"); println!("c");
// %%
println!();
// %%
println!("{}\n{}", 1, 2);
// %%
for i in 1..=3 { println!("{i}: {}", "*".repeat(i)); }

// === printed and shown
println!("printed");
"shown"
// %%
print!("x = ");
5
// %%
let n = 3;
println!("n is {n}");
n

// === no value, no output
let a = 1;
// %%
a;
// %%
a + 1;
// %%
fn f() {}
f()
// %%
if a > 0 { println!("positive"); }
// %%
if a > 0 { "positive" } else { "negative" }
// %%
{ a * 5 }
// %%
match a { 1 => println!("one"), _ => () }
// %%
loop { break; }
// %%
loop { break 5; }

// === from functions and threads
fn report(n: i32) { println!("report {n}"); }
// %%
report(1); report(2);
// %%
std::thread::spawn(|| println!("from a thread")).join().unwrap();
// %%
let handles: Vec<_> = (0..3).map(|i| std::thread::spawn(move || i * 10)).collect();
handles.into_iter().map(|h| h.join().unwrap()).collect::<Vec<_>>()

// === through a writer
use std::io::Write;
// %%
writeln!(std::io::stdout(), "written")?;
// %%
let out = std::io::stdout();
let mut lock = out.lock();
writeln!(lock, "locked")?;
drop(lock);
// %%
std::io::stdout().write_all(b"bytes\n")?;
// %%
let mut buffer: Vec<u8> = Vec::new();
write!(buffer, "{:03}", 7)?;
buffer

// === looks of its own
struct Table(Vec<(String, i32)>);
impl Table {
    fn evcxr_display(&self) {
        let rows: String = self.0.iter().map(|(k, v)| format!("<tr><td>{k}</td><td>{v}</td></tr>")).collect();
        println!("EVCXR_BEGIN_CONTENT text/html\n<table>{rows}</table>\nEVCXR_END_CONTENT");
    }
}
// %%
let t = Table(vec![("a".into(), 1), ("b".into(), 2)]);
// %%
t
// %%
Table(vec![])
// %%
println!("EVCXR_BEGIN_CONTENT text/markdown\n# Title\nEVCXR_END_CONTENT");
// %%
println!("before");
println!("EVCXR_BEGIN_CONTENT text/html\n<b>bold</b>\nEVCXR_END_CONTENT");
println!("after");

// === a value without Debug
struct Plain;
// %%
Plain
// %%
vec![Plain].len()
// %%
vec![Plain]

// === pretty values
(1, 2.0, 'c', "s", true, ())
// %%
[[1, 2], [3, 4]]
// %%
1.0
// %%
1e21
// %%
f64::NAN
// %%
-0.0
// %%
0.1 + 0.2
// %%
1f32 / 3.0
// %%
u128::MAX
// %%
i64::MIN
// %%
Some(Some("deep"))
// %%
std::time::Duration::from_millis(1500)
// %%
std::path::Path::new("/tmp/x").join("y")
// %%
..=3
// %%
&&5
// %%
Box::new([1u8, 2])
// %%
std::net::Ipv4Addr::new(127, 0, 0, 1)
