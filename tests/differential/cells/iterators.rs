// === adapters
(1..=10).filter(|n| n % 3 == 0).collect::<Vec<_>>()
// %%
(0..5).map(|n| n * n).rev().collect::<Vec<_>>()
// %%
[1, 2, 3].iter().zip(["a", "b", "c"]).map(|(n, s)| format!("{n}{s}")).collect::<Vec<_>>()
// %%
"hello".chars().enumerate().filter(|(i, _)| i % 2 == 0).map(|(_, c)| c).collect::<String>()
// %%
(1..4).flat_map(|n| vec![n; n]).collect::<Vec<_>>()
// %%
[3, 1, 2].iter().copied().max()
// %%
(1..=5).fold(1, |a, b| a * b)
// %%
(1..20).skip(5).step_by(4).take(3).collect::<Vec<_>>()
// %%
[1, 5, 2].iter().scan(0, |sum, n| { *sum += n; Some(*sum) }).collect::<Vec<_>>()
// %%
vec![1, 2, 3, 4].chunks(3).map(|c| c.len()).collect::<Vec<_>>()
// %%
[1, 2, 3, 4].windows(2).map(|w| w[1] - w[0]).all(|d| d == 1)

// === sums and floats
let data = [2.5, 3.5, 4.0];
// %%
let mean = data.iter().sum::<f64>() / data.len() as f64;
mean
// %%
let var = data.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (data.len() - 1) as f64;
(var * 1000.0).round() / 1000.0
// %%
data.iter().cloned().fold(f64::NEG_INFINITY, f64::max)
// %%
data.iter().map(|x| x * 2.0).product::<f64>()

// === an iterator of one's own
struct Countdown(u32);
impl Iterator for Countdown {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 { None } else { self.0 -= 1; Some(self.0 + 1) }
    }
}
// %%
Countdown(3).collect::<Vec<_>>()
// %%
let mut c = Countdown(2);
// %%
(c.next(), c.next(), c.next())
// %%
Countdown(5).sum::<u32>()

// === loops
for i in (0..10).step_by(3) { print!("{i} "); }
// %%
let mut sum = 0;
for (i, x) in [10, 20, 30].iter().enumerate() { sum += i as i32 * x; }
sum
// %%
let found = 'outer: loop {
    for a in 1.. {
        for b in 1..a {
            if a * a + b * b == 25 { break 'outer (a, b); }
        }
    }
};
found
// %%
let mut n = 27; let mut steps = 0;
while n != 1 { n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 }; steps += 1; }
steps
// %%
let mut primes = vec![];
'next: for n in 2..30 { for p in &primes { if n % p == 0 { continue 'next; } } primes.push(n); }
primes

// === peeking and grouping by hand
let mut it = "112233".chars().peekable();
let mut groups = Vec::new();
while let Some(c) = it.next() {
    let mut n = 1;
    while it.peek() == Some(&c) { it.next(); n += 1; }
    groups.push((c, n));
}
groups
// %%
let (even, odd): (Vec<i32>, Vec<i32>) = (1..8).partition(|n| n % 2 == 0);
// %%
even
// %%
odd.len()
// %%
let (a, b): (Vec<_>, Vec<_>) = vec![(1, 'a'), (2, 'b')].into_iter().unzip();
b
// %%
a

// === ranges kept as variables
let r = 0..4;
// %%
r.clone().map(|x| x * x).collect::<Vec<i32>>()
// %%
r.contains(&3)
// %%
let inclusive = 1..=3;
inclusive.clone().count()
// %%
(inclusive.start(), inclusive.end())

// === collecting into other shapes
["1", "2", "x"].iter().map(|s| s.parse::<i32>()).collect::<Result<Vec<_>, _>>().is_err()
// %%
["1", "2"].iter().map(|s| s.parse::<i32>()).collect::<Result<Vec<_>, _>>()
// %%
vec![Some(1), None].into_iter().collect::<Option<Vec<_>>>()
// %%
vec![Some(1), None, Some(3)].into_iter().flatten().sum::<i32>()
// %%
[4, 2, 4].iter().collect::<std::collections::BTreeSet<_>>()
// %%
std::iter::successors(Some(1), |n| if *n < 100 { Some(n * 3) } else { None }).collect::<Vec<_>>()
// %%
std::iter::repeat("ab").take(3).collect::<String>()
// %%
std::iter::from_fn({ let mut n = 0; move || { n += 1; (n < 4).then_some(n) } }).collect::<Vec<_>>()
// %%
let total: u64 = (1..=1_000_000u64).sum();
total
// %%
[1.5, 0.5].iter().min_by(|a, b| a.partial_cmp(b).unwrap())
// %%
["b", "a"].iter().rev().cloned().collect::<Vec<_>>().concat()
