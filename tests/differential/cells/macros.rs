// === a simple macro
macro_rules! square { ($x:expr) => { $x * $x }; }
// %%
square!(7)
// %%
square!(1 + 2)

// === repetition
macro_rules! maximum {
    ($x:expr) => { $x };
    ($x:expr, $($rest:expr),+) => {{ let a = $x; let b = maximum!($($rest),+); if a > b { a } else { b } }};
}
// %%
maximum!(3, 9, 4)
// %%
maximum!(1)
// %%
macro_rules! map {
    ($($k:expr => $v:expr),* $(,)?) => {{ let mut m = std::collections::BTreeMap::new(); $(m.insert($k, $v);)* m }};
}
// %%
map! { "a" => 1, "b" => 2 }
// %%
let m: std::collections::BTreeMap<i32, i32> = map! {};
m.len()

// === a macro that defines functions
macro_rules! getter { ($name:ident, $value:expr) => { fn $name() -> i32 { $value } }; }
// %%
getter!(seven, 7);
// %%
seven()
// %%
getter! { eight, 8 }
// %%
seven() + eight()

// === a macro that defines a type
macro_rules! newtype {
    ($name:ident($inner:ty)) => {
        #[derive(Debug, Clone, PartialEq)]
        struct $name($inner);
        impl $name { fn get(&self) -> &$inner { &self.0 } }
    };
}
// %%
newtype!(Grams(f64));
// %%
let g = Grams(2.5);
// %%
g.get() * 2.0
// %%
g

// === defined and used in one cell
macro_rules! say { ($($t:tt)*) => { println!("[{}]", format!($($t)*)) }; }
say!("{} and {}", 1, "two");
// %%
say!("plain");
// %%
for i in 0..2 { say!("{i}"); }

// === a macro that makes variables
macro_rules! make { ($name:ident) => { let $name = stringify!($name); }; }
// %%
make!(hello);
hello
// %%
hello

// === macros of the standard library
assert!(1 + 1 == 2);
assert_eq!(vec![1, 2], [1, 2]);
// %%
vec![0; 3]
// %%
format!("{:>5}|{:<5}|{:^5}", 1, 2, 3)
// %%
concat!("a", 1, 2.5, true)
// %%
stringify!(a + b)
// %%
line!() > 0
// %%
dbg!(2 + 3)
// %%
matches!(Some(3), Some(n) if n > 2)
// %%
let v: Vec<i32> = vec![];
v.is_empty()
// %%
thread_local! { static COUNT: std::cell::Cell<u32> = const { std::cell::Cell::new(1) }; }
COUNT.with(|c| c.get())
// %%
write!(String::new(), "x").is_ok()
// %%
use std::fmt::Write;
let mut out = String::new();
write!(out, "{}-{}", 1, 2)?;
out

// === redefined
macro_rules! value { () => { 1 }; }
// %%
value!()
// %%
macro_rules! value { () => { "two" }; }
// %%
value!()
