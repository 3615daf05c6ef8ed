// === slicing and searching
let s = "Grüße aus Köln";
// %%
s.chars().count()
// %%
s.find("aus")
// %%
&s[..2]
// %%
s.split_whitespace().last()
// %%
s.replace("Köln", "Bonn")
// %%
s.char_indices().filter(|(_, c)| !c.is_ascii()).map(|(i, _)| i).collect::<Vec<_>>()
// %%
s.bytes().len()
// %%
s.to_lowercase().starts_with("grü")

// === quotes and escapes as they are shown
"a \"quoted\" word"
// %%
"tab\there\nand a new line"
// %%
r"raw \n text"
// %%
r#"with "quotes""#
// %%
'\''
// %%
"nul \0 and é and \u{1F600}"
// %%
b"bytes\xff"
// %%
c"c text"

// === building
let mut out = String::with_capacity(10);
for (i, word) in ["x", "y", "z"].iter().enumerate() {
    if i > 0 { out.push_str(", "); }
    out += word;
}
out
// %%
out.insert(0, '[');
out.push(']');
out
// %%
out.trim_matches(|c| c == '[' || c == ']').split(", ").map(str::to_owned).collect::<Vec<String>>()
// %%
let joined = vec!["a", "b"].join("/");
joined
// %%
"ab".repeat(3)
// %%
out.pop();
out.truncate(3);
out

// === formatting
let pi = 3.14159;
format!("{pi:.2} {pi:8.1}| {:+} {:05} {:#x} {:#b} {:e}", 7, 42, 255, 5, 1234.5)
// %%
format!("{:?} {:#?}", Some("x"), (1, "y"))
// %%
let width = 6;
format!("[{:>width$}] [{:^1$}] [{:*<6}]", "ab", width, "c")
// %%
format!("{0} {1} {0} {name}", "a", "b", name = "n")
// %%
format!("{{}} {:?}", "esc\"aped")
// %%
format!("{:>1$}", 5, 4)
// %%
format!("{:10.3}|{:<10.3}|", 2.0f32, "abcdef")

// === parsing
"10".parse::<u8>().unwrap() + 1
// %%
"0x1f".trim_start_matches("0x").chars().map(|c| c.to_digit(16).unwrap()).fold(0, |a, d| a * 16 + d)
// %%
u32::from_str_radix("zz", 36)
// %%
"true".parse::<bool>()
// %%
"1e3".parse::<f64>()
// %%
let fields: Vec<(String, i32)> = "a=1;b=2".split(';').filter_map(|kv| kv.split_once('=')).map(|(k, v)| (k.to_string(), v.parse().unwrap())).collect();
fields

// === chars and bytes
('a'..='e').collect::<String>()
// %%
"hello".chars().rev().collect::<String>()
// %%
"hello".bytes().map(|b| b as u32).sum::<u32>()
// %%
'Z'.to_ascii_lowercase()
// %%
char::from_u32(0x41)
// %%
"a,b,,c".split(',').collect::<Vec<_>>()
// %%
"line one\nline two\r\nline three".lines().map(|l| l.len()).collect::<Vec<_>>()
// %%
std::str::from_utf8(&[104, 105])
// %%
String::from_utf8_lossy(&[72, 255])
// %%
"ÄÖ".to_lowercase()
// %%
use std::borrow::Cow;
let c: Cow<str> = "borrowed".into();
// %%
c.into_owned()
