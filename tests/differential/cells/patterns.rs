// === tuples and nested tuples
let (a, b) = (1, "two");
// %%
let (x, (y, z)) = (a, (b, 3.0));
// %%
println!("{x} {y} {z}");
// %%
let (first, ..) = (1, 2, 3);
let (.., last) = (1, 2, 3);
first + last

// === struct patterns
#[derive(Debug, Clone)]
struct Point { x: i32, y: i32 }
// %%
let Point { x, y } = Point { x: 3, y: 4 };
// %%
x * x + y * y
// %%
let Point { x: horizontal, .. } = Point { x: 9, y: 0 };
horizontal
// %%
let points = vec![Point { x: 1, y: 2 }, Point { x: 3, y: 4 }];
points.iter().map(|Point { x, y }| x * y).sum::<i32>()

// === slices
let [a, b, c] = [1, 2, 3];
a + b + c
// %%
let numbers = [1, 2, 3, 4, 5];
let [head, middle @ .., tail] = numbers;
// %%
middle
// %%
head + tail
// %%
match &numbers[..] {
    [] => "empty".to_string(),
    [one] => format!("only {one}"),
    [first, .., last] => format!("{first} to {last}"),
}

// === let else
let text = "12x";
let Ok(n) = text.trim_end_matches('x').parse::<i32>() else { panic!("no number") };
n
// %%
n + 1
// %%
let Some(c) = text.chars().nth(1) else { unreachable!() };
c

// === if let and chains
let maybe: Option<i32> = Some(4);
// %%
if let Some(n) = maybe { println!("got {n}"); }
// %%
if let Some(n) = maybe && n > 3 { println!("large {n}"); } else { println!("small"); }
// %%
let doubled = if let Some(n) = maybe { n * 2 } else { 0 };
doubled
// %%
n
// %%
let mut stack = vec![1, 2, 3];
while let Some(top) = stack.pop() { print!("{top} "); }
stack.len()

// === match in all its forms
let n = 42u8;
match n { 0 => "zero", 1..=9 => "digit", 10 | 20 | 30 => "round", x if x % 2 == 0 => "even", _ => "odd" }
// %%
let kind = match n { low @ 0..=99 => format!("low {low}"), high => format!("high {high}") };
kind
// %%
match (n % 2, n % 3) { (0, 0) => "six", (0, _) => "two", (_, 0) => "three", _ => "none" }
// %%
match 'k' { 'a'..='j' => 1, 'k'..='t' => 2, _ => 3 }
// %%
matches!(n, 40..=49)

// === enums
#[derive(Debug)]
enum Shape { Circle { radius: f64 }, Rectangle(f64, f64), Empty }
// %%
let shapes = vec![Shape::Circle { radius: 1.0 }, Shape::Rectangle(2.0, 3.0), Shape::Empty];
// %%
for shape in &shapes {
    let text = match shape {
        Shape::Circle { radius } => format!("circle {radius}"),
        Shape::Rectangle(w, h) if w == h => format!("square {w}"),
        Shape::Rectangle(w, h) => format!("rectangle {w}x{h}"),
        Shape::Empty => "nothing".into(),
    };
    println!("{text}");
}
// %%
shapes
// %%
let Shape::Rectangle(w, h) = &shapes[1] else { panic!() };
w * h

// === ref, ref mut and binding modes
let mut pair = (String::from("left"), 5);
// %%
let (ref text, number) = pair;
println!("{} {}", text.len(), number);
// %%
{
    let (ref mut text, ref mut number) = pair;
    text.push('!');
    *number += 1;
}
// %%
pair
// %%
match &mut pair { (text, n) if *n > 3 => { text.clear(); *n } (_, n) => *n }
// %%
pair

// === nested options and boxes
let nested = Some(Some(3));
if let Some(Some(n)) = nested { println!("{n}") }
// %%
let result: Result<Option<i32>, String> = Ok(Some(1));
match result { Ok(Some(n)) => n, Ok(None) => 0, Err(_) => -1 }
// %%
let boxed = Box::new((1, 2));
let (a, b) = *boxed;
a + b

// === destructuring assignment
let (mut a, mut b) = (1, 2);
(a, b) = (b, a + b);
(a, b)
// %%
(a, b) = (b, a + b);
[a, b]
// %%
let mut rest;
(_, rest) = (0, 9);
rest += 1;
rest
