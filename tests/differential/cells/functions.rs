// === define and call
fn triple(x: i32) -> i32 { x * 3 }
// %%
triple(14)
// %%
triple(triple(1))

// === redefined
fn answer() -> i32 { 41 }
// %%
fn question() -> i32 { answer() + 1 }
// %%
question()
// %%
fn answer() -> i32 { 99 }
// %%
question()
// %%
fn answer() -> String { "text".into() }
// %%
answer()

// === pub and private
pub fn open() -> &'static str { "open" }
fn closed() -> &'static str { "closed" }
// %%
format!("{} {}", open(), closed())

// === recursive
fn fib(n: u32) -> u64 { if n < 2 { n as u64 } else { fib(n - 1) + fib(n - 2) } }
// %%
(0..10).map(fib).collect::<Vec<_>>()
// %%
fib(20)

// === each calls the other
fn even(n: u32) -> bool { n == 0 || odd(n - 1) }
fn odd(n: u32) -> bool { n != 0 && even(n - 1) }
// %%
(even(10), odd(7))

// === functions and statements in a cell
fn half(x: f64) -> f64 { x / 2.0 }
let h = half(5.0);
h
// %%
half(h)
// %%
let q = half(h);
fn quarter(x: f64) -> f64 { half(half(x)) }
quarter(8.0)

// === functions inside of functions and blocks
fn outer(n: i32) -> i32 {
    fn inner(n: i32) -> i32 { n + 1 }
    inner(n) * 2
}
// %%
outer(4)
// %%
{
    fn local() -> i32 { 7 }
    println!("{}", local());
}
// %%
local()

// === generic functions
fn largest<T: PartialOrd + Copy>(items: &[T]) -> T {
    let mut best = items[0];
    for &item in items { if item > best { best = item; } }
    best
}
// %%
largest(&[3, 9, 2])
// %%
largest(&[0.5, 0.25])
// %%
largest(&['x', 'y'])

// === several parameters, defaults by Option, tuples back
fn split(total: f64, parts: Option<u32>) -> (f64, u32) {
    let parts = parts.unwrap_or(2);
    (total / parts as f64, parts)
}
// %%
split(9.0, None)
// %%
let (each, n) = split(9.0, Some(3));
each * n as f64

// === lifetimes
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() >= b.len() { a } else { b } }
// %%
longest("apple", "fig")
// %%
let owned = String::from("a long one");
longest(&owned, "short").to_string()

// === slices and mutable references
fn normalise(values: &mut [f64]) {
    let max = values.iter().cloned().fold(f64::MIN, f64::max);
    for v in values.iter_mut() { *v /= max; }
}
// %%
let mut data = vec![1.0, 4.0, 2.0];
normalise(&mut data);
data
// %%
normalise(&mut data[..1]);
data[0]

// === const functions and arrays
const fn square(n: usize) -> usize { n * n }
const SIZE: usize = square(3);
// %%
let grid = [0u8; SIZE];
grid.len()
// %%
[square(2); 2]

// === early return and never
fn check(n: i32) -> Result<i32, String> {
    if n < 0 { return Err(format!("{n} is negative")); }
    Ok(n)
}
// %%
check(3)
// %%
check(-3)
// %%
fn diverge() -> ! { panic!("never") }
// %%
let r = check(1).unwrap_or_else(|_| diverge());
r

// === unsafe and extern
unsafe fn raw(p: *const i32) -> i32 { unsafe { *p } }
// %%
let n = 5;
unsafe { raw(&n) }
// %%
extern "C" fn callback(n: i32) -> i32 { n + 1 }
callback(1)
// %%
let f: extern "C" fn(i32) -> i32 = callback;
f(2)

// === a function that is not there
missing(1)
// %%
fn present(n: i32) -> i32 { n }
present("text")
// %%
fn present(n: i32) -> i32 { n }
// %%
present(1, 2)
// %%
present(5)
