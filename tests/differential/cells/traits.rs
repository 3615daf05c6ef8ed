// === define and implement
trait Speak { fn speak(&self) -> String; fn twice(&self) -> String { format!("{0} {0}", self.speak()) } }
struct Dog;
struct Cat { lives: u8 }
// %%
impl Speak for Dog { fn speak(&self) -> String { "woof".into() } }
impl Speak for Cat { fn speak(&self) -> String { format!("meow{}", self.lives) } }
// %%
Dog.speak()
// %%
Cat { lives: 9 }.twice()
// %%
let all: Vec<Box<dyn Speak>> = vec![Box::new(Dog), Box::new(Cat { lives: 1 })];
// %%
all.iter().map(|a| a.speak()).collect::<Vec<_>>().join(", ")

// === for types of the standard library
trait Double { fn double(&self) -> Self; }
impl Double for i32 { fn double(&self) -> i32 { self * 2 } }
impl Double for String { fn double(&self) -> String { format!("{self}{self}") } }
// %%
21.double()
// %%
"ab".to_string().double()
// %%
impl<T: Clone> Double for Vec<T> { fn double(&self) -> Vec<T> { let mut v = self.clone(); v.extend(self.iter().cloned()); v } }
// %%
vec![1, 2].double()

// === operators
#[derive(Debug, Clone, Copy, PartialEq)]
struct Complex { re: f64, im: f64 }
impl std::ops::Add for Complex { type Output = Self; fn add(self, o: Self) -> Self { Complex { re: self.re + o.re, im: self.im + o.im } } }
// %%
impl std::ops::Mul for Complex {
    type Output = Complex;
    fn mul(self, o: Complex) -> Complex { Complex { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re } }
}
// %%
let i = Complex { re: 0.0, im: 1.0 };
// %%
i * i
// %%
i + i == Complex { re: 0.0, im: 2.0 }
// %%
impl std::ops::Neg for Complex { type Output = Complex; fn neg(self) -> Complex { Complex { re: -self.re, im: -self.im } } }
(-i).im
// %%
impl std::ops::Index<usize> for Complex { type Output = f64; fn index(&self, n: usize) -> &f64 { if n == 0 { &self.re } else { &self.im } } }
i[1]

// === Display, From, FromStr, Default
use std::fmt;
use std::str::FromStr;
#[derive(Debug, Default, PartialEq)]
struct Rgb(u8, u8, u8);
impl fmt::Display for Rgb { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2) } }
impl From<u32> for Rgb { fn from(n: u32) -> Self { Rgb((n >> 16) as u8, (n >> 8) as u8, n as u8) } }
impl FromStr for Rgb {
    type Err = std::num::ParseIntError;
    fn from_str(s: &str) -> Result<Self, Self::Err> { Ok(u32::from_str_radix(s.trim_start_matches('#'), 16)?.into()) }
}
// %%
Rgb(255, 0, 10).to_string()
// %%
let c: Rgb = 0x102030.into();
c
// %%
"#ff8000".parse::<Rgb>().unwrap()
// %%
"#gg".parse::<Rgb>().is_err()
// %%
println!("{c} {:>9}|", Rgb::default().to_string());

// === associated types and constants
trait Shape { const SIDES: u32; type Unit: fmt::Debug; fn unit(&self) -> Self::Unit; }
use std::fmt;
// %%
struct Square;
impl Shape for Square { const SIDES: u32 = 4; type Unit = &'static str; fn unit(&self) -> &'static str { "m" } }
// %%
Square::SIDES
// %%
Square.unit()

// === bounds and where
fn describe<T>(items: &[T]) -> String where T: std::fmt::Debug + PartialOrd {
    if items.windows(2).all(|w| w[0] <= w[1]) { format!("sorted {items:?}") } else { format!("unsorted {items:?}") }
}
// %%
describe(&[1, 2, 3])
// %%
describe(&["b", "a"])

// === supertraits and generic methods
trait Named { fn name(&self) -> String; }
trait Greeter: Named { fn greet(&self) -> String { format!("I am {}", self.name()) } }
struct P(&'static str);
impl Named for P { fn name(&self) -> String { self.0.to_string() } }
impl Greeter for P {}
// %%
P("Ada").greet()
// %%
fn all(people: &[&dyn Greeter]) -> usize { people.iter().map(|p| p.greet().len()).sum() }
// %%
all(&[&P("A"), &P("BC")])

// === a trait used in later cells
trait Area { fn area(&self) -> f64; }
// %%
#[derive(Debug)]
struct Disc(f64);
// %%
impl Area for Disc { fn area(&self) -> f64 { self.0 * self.0 * 3.0 } }
// %%
let disc = Disc(2.0);
disc.area()
// %%
fn total(shapes: &[Box<dyn Area>]) -> f64 { shapes.iter().map(|s| s.area()).sum() }
// %%
total(&[Box::new(Disc(1.0)), Box::new(Disc(2.0))])
// %%
Area::area(&disc)

// === Drop tells when
struct Noisy(&'static str);
impl Drop for Noisy { fn drop(&mut self) { println!("drop {}", self.0); } }
// %%
{
    let _inner = Noisy("inner");
    println!("in the block");
}
// %%
let kept = Noisy("kept");
// %%
println!("still here: {}", kept.0);
// %%
drop(kept);
// %%
let _ = Noisy("at once");
println!("after");

// === PartialOrd by hand and sorting
#[derive(Debug, PartialEq, Eq)]
struct Card { rank: u8 }
impl PartialOrd for Card { fn partial_cmp(&self, o: &Self) -> Option<std::cmp::Ordering> { Some(self.cmp(o)) } }
impl Ord for Card { fn cmp(&self, o: &Self) -> std::cmp::Ordering { o.rank.cmp(&self.rank) } }
// %%
let mut cards = vec![Card { rank: 1 }, Card { rank: 3 }, Card { rank: 2 }];
cards.sort();
cards.iter().map(|c| c.rank).collect::<Vec<_>>()
// %%
cards.iter().min().map(|c| c.rank)

// === IntoIterator and Deref
struct Bag { items: Vec<i32> }
impl IntoIterator for Bag { type Item = i32; type IntoIter = std::vec::IntoIter<i32>; fn into_iter(self) -> Self::IntoIter { self.items.into_iter() } }
impl std::ops::Deref for Bag { type Target = [i32]; fn deref(&self) -> &[i32] { &self.items } }
// %%
let bag = Bag { items: vec![1, 2] };
bag.len()
// %%
let mut n = 0;
for item in bag { n += item; }
n
// %%
bag.len()
