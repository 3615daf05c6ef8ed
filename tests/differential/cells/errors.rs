// === the question mark on a good value
let n = "12".parse::<i32>()?;
// %%
n + 1
// %%
let total: i32 = "1,2,3".split(',').map(|s| s.parse::<i32>()).sum::<Result<i32, _>>()?;
total

// === the question mark on an error
let bad = "twelve".parse::<i32>()?;
// %%
bad
// %%
println!("before");
let f: f64 = "x.5".parse()?;
println!("not reached");
// %%
let after = 1;
after

// === std errors
std::fs::read_to_string("/no/such/file/anywhere")?
// %%
String::from_utf8(vec![0xff, 0xfe])?
// %%
"ß".parse::<char>()?
// %%
u8::try_from(300)?

// === an error type of one's own
use std::fmt;
#[derive(Debug)]
enum Trouble { Small(i32), Large }
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self { Trouble::Small(n) => write!(f, "small trouble {n}"), Trouble::Large => write!(f, "large trouble") }
    }
}
impl std::error::Error for Trouble {}
fn risky(n: i32) -> Result<i32, Trouble> { if n > 100 { Err(Trouble::Large) } else if n > 10 { Err(Trouble::Small(n)) } else { Ok(n) } }
// %%
risky(5)?
// %%
risky(50)?
// %%
risky(500)?
// %%
match risky(11) { Ok(n) => n.to_string(), Err(e) => e.to_string() }
// %%
risky(12).unwrap_err()

// === boxed errors
fn load(text: &str) -> Result<i32, Box<dyn std::error::Error>> {
    let n: i32 = text.parse()?;
    if n < 0 { return Err("negative".into()); }
    Ok(n)
}
// %%
load("7")?
// %%
load("-7")?
// %%
load("seven")?
// %%
load("-1").map_err(|e| e.to_string())

// === results shown
Ok::<i32, String>(3)
// %%
Err::<i32, _>("no")
// %%
"1".parse::<i32>().map(|n| n + 1)
// %%
"a".parse::<i32>()

// === combinators
Some(3).map(|n| n * 2).filter(|n| *n > 5).unwrap_or(0)
// %%
None::<i32>.or(Some(1))
// %%
Some(2).and_then(|n| if n > 1 { Some("yes") } else { None })
// %%
Some(5).ok_or("none")
// %%
"3".parse::<u8>().ok().zip(Some('x'))
// %%
let r: Result<u8, String> = Err("bad".into());
r.unwrap_or_default()

// === in a function with main's shape
fn run() -> Result<(), std::num::ParseIntError> {
    let n: i32 = "5".parse()?;
    println!("{n}");
    let m: i32 = "z".parse()?;
    println!("{m}");
    Ok(())
}
// %%
run()
// %%
run()?;
// %%
run().is_err()

// === an error keeps earlier variables
let mut list = vec![1];
// %%
list.push(2);
let n: u8 = "256".parse()?;
// %%
list
