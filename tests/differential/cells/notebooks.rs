// === a small simulation
#[derive(Debug, Clone)]
struct Rng(u64);
impl Rng { fn next(&mut self) -> f64 { self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (self.0 >> 11) as f64 / (1u64 << 53) as f64 } }
// %%
let mut rng = Rng(42);
let inside = (0..1000).filter(|_| { let (x, y) = (rng.next(), rng.next()); x * x + y * y < 1.0 }).count();
// %%
let estimate = 4.0 * inside as f64 / 1000.0;
(estimate - 3.14).abs() < 0.2
// %%
let walk: Vec<i32> = (0..10).scan(0, |at, _| { *at += if rng.next() < 0.5 { -1 } else { 1 }; Some(*at) }).collect();
walk.len()

// === word counts
let text = "the quick brown fox jumps over the lazy dog the end";
// %%
use std::collections::HashMap;
let mut counts: HashMap<&str, usize> = HashMap::new();
for word in text.split(' ') { *counts.entry(word).or_default() += 1; }
// %%
let mut sorted: Vec<(&str, usize)> = counts.into_iter().collect();
sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
// %%
sorted.iter().take(2).collect::<Vec<_>>()
// %%
for (word, n) in sorted.iter().filter(|(_, n)| *n > 1) { println!("{word:>5} {n}"); }

// === a bank
#[derive(Debug)]
enum Transaction { Deposit(i64), Withdraw(i64) }
#[derive(Debug, Default)]
struct Account { balance: i64, log: Vec<String> }
impl Account {
    fn apply(&mut self, t: &Transaction) -> Result<i64, String> {
        match t {
            Transaction::Deposit(n) => self.balance += n,
            Transaction::Withdraw(n) if *n > self.balance => return Err(format!("{} is too much", n)),
            Transaction::Withdraw(n) => self.balance -= n,
        }
        self.log.push(format!("{t:?}"));
        Ok(self.balance)
    }
}
// %%
let mut account = Account::default();
// %%
account.apply(&Transaction::Deposit(50))
// %%
account.apply(&Transaction::Withdraw(80))
// %%
for t in [Transaction::Deposit(5), Transaction::Withdraw(15)] { account.apply(&t).unwrap(); }
account
// %%
account.log.join(" ")

// === linear regression by hand
let xs = [1.0, 2.0, 3.0, 4.0];
let ys = [3.1, 4.9, 7.2, 8.8];
// %%
fn mean(v: &[f64]) -> f64 { v.iter().sum::<f64>() / v.len() as f64 }
// %%
let (mx, my) = (mean(&xs), mean(&ys));
let slope = xs.iter().zip(&ys).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / xs.iter().map(|x| (x - mx).powi(2)).sum::<f64>();
let intercept = my - slope * mx;
// %%
format!("{slope:.3} {intercept:.3}")
// %%
let predict = move |x: f64| slope * x + intercept;
// %%
format!("{:.2}", predict(10.0))

// === a state machine
#[derive(Debug, Clone, Copy, PartialEq)]
enum State { Idle, Running { ticks: u32 }, Done }
impl State { fn step(self) -> State { match self { State::Idle => State::Running { ticks: 0 }, State::Running { ticks } if ticks >= 2 => State::Done, State::Running { ticks } => State::Running { ticks: ticks + 1 }, State::Done => State::Done } } }
// %%
let mut state = State::Idle;
// %%
while state != State::Done { println!("{state:?}"); state = state.step(); }
// %%
state

// === a linked list
#[derive(Debug)]
enum List { Cons(i32, Box<List>), Nil }
use List::{Cons, Nil};
// %%
let list = Cons(1, Box::new(Cons(2, Box::new(Nil))));
// %%
fn sum(l: &List) -> i32 { match l { Cons(n, rest) => n + sum(rest), Nil => 0 } }
sum(&list)
// %%
list

// === memoised
use std::collections::HashMap;
let mut memo: HashMap<u64, u64> = HashMap::new();
fn fib(n: u64, memo: &mut HashMap<u64, u64>) -> u64 {
    if n < 2 { return n; }
    if let Some(&v) = memo.get(&n) { return v; }
    let v = fib(n - 1, memo) + fib(n - 2, memo);
    memo.insert(n, v);
    v
}
// %%
fib(80, &mut memo)
// %%
memo.len()

// === cells that go wrong and are mended
let radius = 2.0;
// %%
let area = radius * radius * PI;
// %%
use std::f64::consts::PI;
// %%
let area = radius * radius * PI;
// %%
format!("{area:.3}")
// %%
let text = area.to_string() + 1;
// %%
let text = area.to_string() + "1";
text.ends_with('1')
// %%
let broken = (1 + 2;
// %%
let whole = (1 + 2);
whole

// === comments and blank lines
// only a comment
// %%
/* a block
   comment */ 5
// %%
5 // five
// %%

let x = 1;

// a comment at the end
// %%
/// documented
fn documented() -> i32 { x_doc() }
/// also
fn x_doc() -> i32 { 8 }
// %%
documented()
// %%
#[allow(unused_variables)]
let unused = 5;
// %%
#[inline]
fn fast() -> i32 { 1 }
fast()
// %%
#![allow(dead_code)]
fn never() {}
// %%
x;

// === a builder
#[derive(Debug, Clone, Default)]
struct Plot { title: String, width: u32, lines: Vec<Vec<f64>> }
impl Plot {
    fn new() -> Self { Self { width: 100, ..Default::default() } }
    fn title(mut self, t: impl Into<String>) -> Self { self.title = t.into(); self }
    fn line(mut self, l: &[f64]) -> Self { self.lines.push(l.to_vec()); self }
}
// %%
let plot = Plot::new().title("rise").line(&[1.0, 2.0]);
// %%
let plot = plot.line(&[0.5]);
plot.lines.len()
// %%
plot.title
// %%
Plot::new().width
