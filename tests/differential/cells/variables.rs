// === numbers persist
let a = 3;
// %%
let b = a * 2;
// %%
a + b
// %%
let mut total = 0;
// %%
total += a;
total += b;
// %%
total
// %%
(a, b, total)

// === the exact type persists
let small: u8 = 250;
let large = 7_000_000_000u64;
let half = 0.5f32;
// %%
small.checked_add(10)
// %%
large / 2
// %%
half + 0.25
// %%
std::mem::size_of_val(&half)
// %%
small.wrapping_add(10) as i32 - 1

// === text persists
let greeting = "Hello";
let mut line = String::from(greeting);
// %%
line.push_str(", world");
// %%
line
// %%
line.len()
// %%
greeting.to_uppercase()
// %%
let words: Vec<&str> = "one two three".split(' ').collect();
// %%
words.len()

// === a cell that declares and shows
let side = 4;
let area = side * side;
area
// %%
side
// %%
area / side

// === types inferred from later use in the cell
let mut list = Vec::new();
list.push(1.5);
// %%
list.push(2.5);
list.iter().sum::<f64>()
// %%
let parsed: i64 = "42".parse().unwrap();
// %%
parsed * 2

// === nothing is shown for the unit value
let x = 1;
// %%
();
// %%
()
// %%
let _ = x + 1;
// %%
x

// === a variable that is not mutable
let fixed = 1;
// %%
fixed = 2;
// %%
fixed
// %%
let mut open = 1;
open = 5;
open
// %%
open = open * 3;
open

// === constants of every primitive kind
let flag = true;
let letter = 'ß';
let byte = b'x';
let unit = ();
let bytes = b"abc";
// %%
!flag
// %%
letter.len_utf8()
// %%
byte
// %%
unit
// %%
bytes
// %%
(flag, letter, byte as char)

// === a shared reference to a constant
let name: &'static str = "static";
// %%
let initial = &name[0..1];
// %%
initial
// %%
let numbers: &'static [i32] = &[1, 2, 3];
// %%
numbers[1..].to_vec()

// === late initialisation
let late;
late = 12;
// %%
late + 1
// %%
let chosen;
if late > 10 { chosen = "big"; } else { chosen = "small"; }
chosen

// === references to other variables
let v = vec![10, 20, 30, 40, 50];
// %%
let some = &v[1..3];
// %%
some
// %%
{
    let some = &v[2..];
    println!("{some:?}");
}
// %%
v.len()

// === names that look odd
let größe = 3;
let r#type = "raw";
let _hidden = 5;
let CamelCase = 1;
// %%
größe + 1
// %%
r#type
// %%
_hidden
// %%
CamelCase
