// === functions in a module
mod maths {
    pub fn cube(x: i32) -> i32 { x * x * x }
    pub const BASE: i32 = 10;
    pub mod deep { pub fn id<T>(t: T) -> T { t } }
}
// %%
maths::cube(3)
// %%
maths::deep::id(maths::BASE)
// %%
use maths::cube;
// %%
cube(2)
// %%
use maths::deep::{self, id};
deep::id("x").len() + id(1)

// === types in a module
mod shapes {
    #[derive(Debug, Clone)]
    pub struct Square { pub side: f64 }
    impl Square { pub fn area(&self) -> f64 { self.side * self.side } }
    #[derive(Debug)]
    pub enum Kind { A, B(i32) }
}
// %%
let s = shapes::Square { side: 1.5 };
// %%
s.area()
// %%
s
// %%
use shapes::Kind;
let k = Kind::B(3);
// %%
match k { Kind::A => 0, Kind::B(n) => n }

// === privacy inside of a module
mod bank {
    pub struct Account { balance: i64 }
    impl Account {
        pub fn new() -> Self { Account { balance: 0 } }
        pub fn deposit(&mut self, n: i64) -> &mut Self { self.balance += n; self }
        pub fn balance(&self) -> i64 { self.balance }
    }
    fn secret() {}
}
// %%
let mut account = bank::Account::new();
account.deposit(5).deposit(7);
// %%
account.balance()
// %%
account.balance
// %%
bank::secret()

// === redefined
mod settings { pub const N: i32 = 1; }
// %%
settings::N
// %%
mod settings { pub const N: i32 = 2; pub const M: i32 = 3; }
// %%
settings::N + settings::M

// === super and crate
fn base() -> i32 { 5 }
mod inner { pub fn twice() -> i32 { super::base() * 2 } }
// %%
inner::twice()

// === imports
use std::collections::{BTreeMap, HashMap as Map};
// %%
let mut m: Map<&str, i32> = Map::new();
m.insert("k", 1);
m["k"]
// %%
BTreeMap::from([(2, 'b'), (1, 'a')])
// %%
use std::rc::Rc;
use std::cell::RefCell;
// %%
let shared = Rc::new(RefCell::new(vec![1]));
shared.borrow_mut().push(2);
// %%
let other = Rc::clone(&shared);
other.borrow_mut().push(3);
shared.borrow().len()
// %%
Rc::strong_count(&shared)
// %%
use std::fmt::Display as Show;
fn shown<T: Show>(t: T) -> String { format!("<{t}>") }
shown(1.5)
// %%
use std::io::Read as _;
let mut text = String::new();
"from bytes".as_bytes().read_to_string(&mut text)?;
text
// %%
use std::f64::consts::*;
(PI * 100.0).floor()
// %%
use std::nothing::here;

// === a function local import
fn sorted(v: &[i32]) -> Vec<i32> { use std::collections::BTreeSet; v.iter().copied().collect::<BTreeSet<_>>().into_iter().collect() }
// %%
sorted(&[3, 1, 3])
