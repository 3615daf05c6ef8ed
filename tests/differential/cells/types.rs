// === structs with methods
#[derive(Debug, Clone, PartialEq)]
struct Vector { x: f64, y: f64 }
impl Vector {
    fn new(x: f64, y: f64) -> Self { Self { x, y } }
    fn length(&self) -> f64 { (self.x * self.x + self.y * self.y).sqrt() }
    fn scale(&mut self, by: f64) { self.x *= by; self.y *= by; }
}
// %%
let mut v = Vector::new(3.0, 4.0);
v.length()
// %%
v.scale(2.0);
v
// %%
v == Vector { x: 6.0, y: 8.0 }
// %%
let w = Vector { y: 0.0, ..v.clone() };
w

// === an impl in a later cell
struct Counter { n: u32 }
// %%
impl Counter { fn next(&mut self) -> u32 { self.n += 1; self.n } }
// %%
let mut c = Counter { n: 0 };
// %%
(c.next(), c.next())
// %%
impl Counter { fn reset(&mut self) { self.n = 0; } }
// %%
c.reset();
c.next()

// === tuple and unit structs
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Metres(f64);
#[derive(Debug, Default)]
struct Marker;
// %%
let d = Metres(2.5);
d.0 * 2.0
// %%
Metres(1.0) < d
// %%
Marker
// %%
Metres(3.0)

// === enums with data
#[derive(Debug, Clone, PartialEq)]
enum Expr { Num(f64), Add(Box<Expr>, Box<Expr>), Mul(Box<Expr>, Box<Expr>) }
use Expr::*;
fn eval(e: &Expr) -> f64 {
    match e { Num(n) => *n, Add(a, b) => eval(a) + eval(b), Mul(a, b) => eval(a) * eval(b) }
}
// %%
let e = Expr::Add(Box::new(Expr::Num(2.0)), Box::new(Expr::Mul(Box::new(Expr::Num(3.0)), Box::new(Expr::Num(4.0)))));
// %%
eval(&e)
// %%
e

// === enums with numbers
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
enum Level { Low = 1, Middle = 5, High }
// %%
Level::High as u8
// %%
Level::Low < Level::Middle
// %%
[Level::High, Level::Low].iter().max()
// %%
let level = Level::Middle;
// %%
match level { Level::Low => 0, Level::Middle => 1, Level::High => 2 }

// === redefined types
#[derive(Debug)]
struct Config { name: String }
// %%
let config = Config { name: "a".into() };
// %%
config.name.len()
// %%
#[derive(Debug)]
struct Config { name: String, size: usize }
// %%
let config = Config { name: "b".into(), size: 2 };
config

// === defined again without a change
#[derive(Debug, Clone)]
struct Same { n: i32 }
// %%
let same = Same { n: 1 };
// %%
#[derive(Debug, Clone)]
struct Same { n: i32 }
// %%
same.n

// === generics
#[derive(Debug, Clone)]
struct Stack<T> { items: Vec<T> }
impl<T: Clone> Stack<T> {
    fn new() -> Self { Stack { items: Vec::new() } }
    fn push(&mut self, item: T) -> &mut Self { self.items.push(item); self }
    fn peek(&self) -> Option<&T> { self.items.last() }
}
// %%
let mut stack = Stack::new();
stack.push(1).push(2);
// %%
stack.peek()
// %%
let mut names: Stack<String> = Stack::new();
names.push("x".to_string());
names
// %%
Stack { items: vec![(1, 'a')] }.peek().copied()

// === const generics
#[derive(Debug)]
struct Matrix<const R: usize, const C: usize>([[i32; C]; R]);
impl<const R: usize, const C: usize> Matrix<R, C> {
    fn transpose(&self) -> Matrix<C, R> {
        let mut out = [[0; R]; C];
        for r in 0..R { for c in 0..C { out[c][r] = self.0[r][c]; } }
        Matrix(out)
    }
}
// %%
let m = Matrix([[1, 2, 3], [4, 5, 6]]);
m.transpose().0
// %%
m.0[1][2]

// === type aliases and associated constants
type Table = Vec<(String, f64)>;
struct Circle;
impl Circle { const SIDES: u32 = 0; const NAME: &'static str = "circle"; }
// %%
let table: Table = vec![("a".into(), 1.0)];
table.len()
// %%
Circle::SIDES
// %%
Circle::NAME

// === recursive types
#[derive(Debug, Default)]
struct Tree { value: i32, children: Vec<Tree> }
impl Tree { fn sum(&self) -> i32 { self.value + self.children.iter().map(Tree::sum).sum::<i32>() } }
// %%
let tree = Tree { value: 1, children: vec![Tree { value: 2, children: vec![] }, Tree::default()] };
tree.sum()
// %%
tree.children.len()

// === derived behaviour
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Version(u8, u8);
// %%
let mut versions = vec![Version(1, 2), Version(0, 9), Version(1, 0)];
versions.sort();
versions
// %%
let set: std::collections::HashSet<Version> = versions.iter().copied().collect();
set.contains(&Version(1, 0))
// %%
Version::default()

// === a union
#[repr(C)]
union Bits { f: f32, u: u32 }
// %%
let bits = Bits { f: 1.0 };
unsafe { bits.u }
// %%
format!("{:08x}", unsafe { Bits { f: -2.0 }.u })

// === private fields from a later cell
struct Secret { hidden: i32 }
impl Secret { fn new(hidden: i32) -> Self { Secret { hidden } } fn tell(&self) -> i32 { self.hidden } }
// %%
let s = Secret::new(7);
s.tell()
// %%
s.hidden
// %%
s
