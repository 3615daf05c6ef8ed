// === used in the cell that makes it
let double = |x: i32| x * 2;
double(21)
// %%
let offset = 10;
[1, 2, 3].iter().map(|x| x + offset).collect::<Vec<_>>()
// %%
let mut count = 0;
let mut bump = || { count += 1; count };
bump();
bump();
count

// === kept for later cells
let square = |x: i64| x * x;
// %%
square(12)
// %%
(1..=3).map(square).sum::<i64>()

// === with a captured value
let factor = 3;
let scale = move |x: i32| x * factor;
// %%
scale(7)
// %%
let add = |a: f64, b: f64| a + b;
// %%
add(0.5, 0.25)

// === in a box, which has a name
let shout: Box<dyn Fn(&str) -> String> = Box::new(|s| s.to_uppercase());
// %%
shout("hey")
// %%
let table: Vec<(&str, Box<dyn Fn(f64) -> f64>)> = vec![
    ("double", Box::new(|x| x * 2.0)),
    ("half", Box::new(|x| x / 2.0)),
];
// %%
for (name, f) in &table { println!("{name}: {}", f(5.0)); }
// %%
table.iter().fold(8.0, |x, (_, f)| f(x))

// === function pointers
fn inc(x: i32) -> i32 { x + 1 }
fn apply(f: fn(i32) -> i32, n: i32) -> i32 { f(f(n)) }
// %%
let f: fn(i32) -> i32 = inc;
// %%
f(1)
// %%
apply(f, 5)
// %%
apply(|x| x * x, 3)

// === returned by functions
fn adder(n: i32) -> impl Fn(i32) -> i32 { move |x| x + n }
fn boxed(n: i32) -> Box<dyn Fn(i32) -> i32> { Box::new(move |x| x * n) }
// %%
adder(3)(4)
// %%
let times = boxed(6);
// %%
times(7)
// %%
let plus = adder(100);
// %%
plus(1)

// === higher order
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
// %%
let f = compose(|x: i32| x + 1, |y: i32| format!("<{y}>"));
f(4)
// %%
compose(str::len, |n| n * 10)("four")

// === sorting and searching with closures
let mut words = vec!["pear", "fig", "banana"];
// %%
words.sort_by_key(|w| w.len());
words
// %%
words.sort_by(|a, b| b.cmp(a));
words
// %%
words.iter().position(|w| w.starts_with('f'))
// %%
words.retain(|w| w.len() > 3);
words

// === a closure that returns a closure
let make = |n: u32| move |x: u32| x.pow(n);
make(3)(2)
// %%
let counter = { let mut n = 0; move || { n += 1; n } };
let mut counter = counter;
(counter(), counter(), counter())

// === recursion through a function item
fn fact(n: u64) -> u64 { if n == 0 { 1 } else { n * fact(n - 1) } }
let values: Vec<u64> = (0..6).map(fact).collect();
values
// %%
(1..5).map(|n| fact(n) / n).collect::<Vec<_>>()

// === FnOnce and FnMut parameters
fn twice(mut f: impl FnMut()) { f(); f(); }
fn once<T>(f: impl FnOnce() -> T) -> T { f() }
// %%
let mut log = Vec::new();
twice(|| log.push(log.len()));
log
// %%
let owned = String::from("owned");
once(move || owned + "!")
