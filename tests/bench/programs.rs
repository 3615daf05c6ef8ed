//! Programs whose speed in cells is compared with that of a release build.

/// A program in cells.
pub struct Program {
    pub name: &'static str,
    /// Cells of items.
    pub items: &'static [&'static str],
    /// Cells that make variables.
    pub variables: &'static [&'static str],
    /// What is timed, in a cell of its own.
    pub timed: &'static str,
}

pub const PROGRAMS: &[Program] = &[
    Program {
        name: "integer loop",
        items: &[],
        variables: &[],
        timed: r#"let mut s = 1u64;
for i in 0..std::hint::black_box(100_000_000u64) { s = s.wrapping_mul(31).wrapping_add(i ^ (s >> 7)); }
s"#,
    },
    Program {
        name: "sum of a vector",
        items: &[],
        variables: &[r#"let v: Vec<u64> = (0..4_000_000).collect();"#],
        timed: r#"let mut s = 0u64;
for round in 0..20 { for x in &v { s = s.wrapping_add(*x ^ round); } }
s"#,
    },
    Program {
        name: "dot product",
        items: &[],
        variables: &[
            r#"let a: Vec<f64> = (0..2_000_000).map(|i| i as f64 * 0.5).collect();
let b: Vec<f64> = (0..2_000_000).map(|i| (i % 7) as f64).collect();"#,
        ],
        timed: r#"let mut s = 0.0;
for _ in 0..40 { for i in 0..a.len() { s += a[i] * b[i]; } }
s"#,
    },
    Program {
        name: "axpy",
        items: &[],
        variables: &[r#"let mut y = vec![1.0f64; 100_000];
let x: Vec<f64> = (0..100_000).map(|i| i as f64).collect();"#],
        // From the same start each time.
        timed: r#"y.fill(1.0);
for _ in 0..2000 { for i in 0..x.len() { y[i] += 0.5 * x[i]; } }
y[77]"#,
    },
    Program {
        name: "matrix product",
        items: &[r#"fn matmul(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut c = vec![0.0; n * n];
    for i in 0..n { for k in 0..n { let x = a[i * n + k]; for j in 0..n { c[i * n + j] += x * b[k * n + j]; } } }
    c
}"#],
        variables: &[r#"let m: Vec<f64> = (0..400 * 400).map(|i| (i % 13) as f64).collect();"#],
        timed: r#"matmul(&m, &m, 400)[1234]"#,
    },
    Program {
        name: "string building",
        items: &[],
        variables: &[],
        timed: r#"let mut text = String::new();
for i in 0..3_000_000 { text.push_str(&i.to_string()); text.push(','); }
text.len()"#,
    },
    Program {
        name: "HashMap counting",
        items: &[r#"use std::collections::HashMap;"#],
        variables: &[],
        timed: r#"let mut counts: HashMap<u64, u64> = HashMap::new();
let mut n = 1u64;
for _ in 0..4_000_000 { n = n.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); *counts.entry(n >> 44).or_insert(0) += 1; }
counts.len()"#,
    },
    Program {
        name: "generic function of an earlier cell",
        items: &[
            r#"fn total<T: Copy + std::ops::Add<Output = T> + Default>(v: &[T]) -> T {
    let mut s = T::default();
    for x in v { s = s + *x; }
    s
}"#,
        ],
        variables: &[r#"let floats: Vec<f64> = (0..20_000_000).map(|i| i as f64).collect();"#],
        timed: r#"(0..4).map(|_| total(&floats)).fold(0.0, f64::max)"#,
    },
    Program {
        name: "recursion",
        items: &[
            r#"fn fib(n: u32) -> u64 { if n < 2 { n as u64 } else { fib(n - 1) + fib(n - 2) } }"#,
        ],
        variables: &[],
        timed: r#"fib(std::hint::black_box(36))"#,
    },
    Program {
        name: "iterator chain",
        items: &[],
        variables: &[],
        timed: r#"(0..std::hint::black_box(200_000_000u64)).filter(|n| n % 3 == 0).map(|n| n * n % 7).sum::<u64>()"#,
    },
    Program {
        name: "iterators over a vector",
        items: &[],
        variables: &[r#"let w: Vec<f64> = (0..5_000_000).map(|i| (i % 100) as f64).collect();"#],
        timed: r#"(0..10).map(|k| w.iter().map(|x| (x - k as f64).powi(2)).sum::<f64>()).fold(0.0, f64::max)"#,
    },
    Program {
        name: "sorting",
        items: &[],
        variables: &[
            r#"let words: Vec<u64> = (0..2_000_000u64).map(|i| i.wrapping_mul(0x9E3779B97F4A7C15) >> 20).collect();"#,
        ],
        timed: r#"let mut sorted = words.clone();
sorted.sort();
sorted[1000]"#,
    },
    Program {
        name: "small function in a loop",
        items: &[
            r#"fn mix(a: u64, b: u64) -> u64 { (a ^ b).rotate_left(5).wrapping_mul(0x9E3779B97F4A7C15) }"#,
        ],
        variables: &[],
        timed: r#"let mut h = 7;
for i in 0..std::hint::black_box(100_000_000u64) { h = mix(h, i); }
h"#,
    },
    Program {
        name: "methods of a struct",
        items: &[r#"#[derive(Clone, Copy)]
struct V3 { x: f64, y: f64, z: f64 }
impl V3 {
    fn dot(self, o: V3) -> f64 { self.x * o.x + self.y * o.y + self.z * o.z }
    fn add(self, o: V3) -> V3 { V3 { x: self.x + o.x, y: self.y + o.y, z: self.z + o.z } }
    fn scale(self, k: f64) -> V3 { V3 { x: self.x * k, y: self.y * k, z: self.z * k } }
}"#],
        variables: &[],
        timed: r#"let mut at = V3 { x: 1.0, y: 0.0, z: 0.0 };
let mut speed = V3 { x: 0.0, y: 1.0, z: 0.1 };
for _ in 0..30_000_000 { let r2 = at.dot(at); let a = at.scale(-1.0 / (r2 * r2.sqrt())); speed = speed.add(a.scale(1e-4)); at = at.add(speed.scale(1e-4)); }
at.x + at.y"#,
    },
    Program {
        name: "sieve",
        items: &[],
        variables: &[],
        timed: r#"let n = 20_000_000;
let mut prime = vec![true; n];
let mut i = 2;
while i * i < n { if prime[i] { let mut j = i * i; while j < n { prime[j] = false; j += i; } } i += 1; }
prime.iter().filter(|p| **p).count()"#,
    },
    Program {
        name: "function, then other items",
        items: &[
            r#"fn steps(mut n: u64) -> u64 { let mut s = 0; while n != 1 { n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 }; s += 1; } s }"#,
            r#"struct Other;"#,
            r#"fn twice(x: i32) -> i32 { x * 2 }"#,
        ],
        variables: &[],
        timed: r#"(1..1_000_000u64).map(steps).max()"#,
    },
];
