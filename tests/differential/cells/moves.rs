// === a moved variable is gone
let s = String::from("moved");
// %%
let t = s;
// %%
t
// %%
s

// === a moved variable can be made anew
let mut v = vec![3, 1, 2];
// %%
let w = v;
v = vec![9];
// %%
v
// %%
w
// %%
drop(w);
// %%
v.len()

// === a function takes ownership
fn consume(v: Vec<i32>) -> i32 { v.into_iter().sum() }
// %%
let list = vec![1, 2, 3];
// %%
consume(list.clone())
// %%
consume(list)
// %%
list

// === moved and assigned in one statement
let mut text = String::from("a");
// %%
text = text + "b";
// %%
text = format!("{text}{}", "c");
text
// %%
text = text.chars().rev().collect();
text

// === moves out of a part
struct Pair { left: String, right: String }
// %%
let pair = Pair { left: "l".into(), right: "r".into() };
// %%
let left = pair.left;
left
// %%
let Pair { right, .. } = Pair { left: String::new(), right: "R".into() };
right

// === copies are not moves
let n = 5;
let m = n;
// %%
n + m
// %%
let pair = (1, 2.0);
let other = pair;
// %%
pair.0 + other.0
// %%
let r = &"text";
let q = r;
// %%
r.len() + q.len()

// === conditional moves
let maybe = Some(String::from("inside"));
// %%
let taken = if let Some(text) = maybe { text } else { String::new() };
// %%
taken
// %%
maybe

// === into a closure and out of it
let name = String::from("captured");
// %%
let greet = move || format!("hello {name}");
greet()
// %%
name

// === into a thread
let data = vec![1, 2, 3];
// %%
let handle = std::thread::spawn(move || data.iter().sum::<i32>());
// %%
handle.join().unwrap()
// %%
data

// === mem::take, swap and replace
let mut a = vec![1];
let mut b = vec![2, 3];
// %%
std::mem::swap(&mut a, &mut b);
// %%
(&a, &b)
// %%
let old = std::mem::replace(&mut a, vec![]);
// %%
(old, a.len())
// %%
let taken = std::mem::take(&mut b);
(taken, b.is_empty())

// === use after move in one cell
let s = String::from("x");
let t = s;
s.len()
// %%
let s = String::from("y");
let t = s.clone();
s + &t

// === a boxed value
let boxed = Box::new(41);
// %%
let mut inner = *boxed;
inner += 1;
inner
// %%
let list: Box<[i32]> = vec![1, 2].into_boxed_slice();
// %%
list.into_vec()

// === an iterator is used up
let numbers = vec![1, 2, 3, 4];
// %%
let mut iter = numbers.into_iter();
// %%
iter.next()
// %%
iter.next()
// %%
iter.collect::<Vec<_>>()
