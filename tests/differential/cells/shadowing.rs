// === the last value counts
let x = 1;
// %%
let x = x + 1;
// %%
let x = x * 10;
x
// %%
x

// === another type
let value = "15";
// %%
let value: i32 = value.parse().unwrap();
// %%
value + 1
// %%
let value = vec![value; 3];
// %%
value
// %%
let value = value.iter().map(|v| v.to_string()).collect::<Vec<_>>().join("-");
value

// === within one cell
let n = 5;
let n = n as f64 / 2.0;
let n = format!("{n}");
n
// %%
n + "!"

// === blocks do not leak
let outer = 1;
{
    let outer = 2;
    let inner = 3;
    println!("{}", outer + inner);
}
outer
// %%
outer
// %%
inner

// === mutability changes
let count = 1;
// %%
let mut count = count;
count += 1;
// %%
count += 1;
count
// %%
let count = count;
count

// === a loop variable is not a variable
let i = 100;
for i in 0..3 { print!("{i} "); }
println!();
// %%
i

// === a function and then a variable of that name
fn area(w: f64, h: f64) -> f64 { w * h }
// %%
area(2.0, 3.0)
// %%
let width = area(1.5, 2.0);
width

// === shadowing by destructuring
let a = 1;
let b = 2;
// %%
let (a, b) = (b, a);
// %%
(a, b)
// %%
let [a, .., b] = [a, 7, 8, b];
a - b

// === a parameter shadows
let k = 2;
// %%
let times = |k: i32| k * 10;
times(k + 1)
// %%
k
