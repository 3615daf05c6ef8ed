// === await at the top
async fn answer() -> u32 { 42 }
// %%
answer().await
// %%
let n = answer().await;
// %%
n + 1

// === errors through await
async fn parse(s: &str) -> Result<i32, std::num::ParseIntError> { s.parse() }
// %%
parse("5").await?
// %%
let n = parse("7").await? + 1;
n
// %%
parse("x").await?

// === async blocks
let f = async { 1 + 1 };
f.await
// %%
async { println!("inside"); "value" }.await
// %%
let text = String::from("owned");
async move { text.len() }.await

// === several futures after one another
async fn double(n: i32) -> i32 { n * 2 }
// %%
let mut sum = 0;
for i in 0..4 { sum += double(i).await; }
sum
// %%
println!("{}", double(sum).await);
// %%
if double(1).await == 2 { "two" } else { "other" }
