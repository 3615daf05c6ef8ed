// === integers
7 / 2
// %%
-7 / 2
// %%
-7 % 3
// %%
(-7i32).rem_euclid(3)
// %%
2i32.pow(10)
// %%
1u8.leading_zeros()
// %%
0xffu8 as i8
// %%
300i32 as u8
// %%
-1i32 as u32
// %%
1 << 10
// %%
0b1010 ^ 0b0110
// %%
i32::MAX.wrapping_add(1)
// %%
200u8.saturating_add(100)
// %%
255u8.overflowing_add(1)
// %%
10u32.checked_sub(11)
// %%
1_000_000 * 3
// %%
u64::MAX.count_ones()
// %%
(3.7f64) as i32
// %%
-1.5f64 as u8

// === overflow
let big: i32 = 2_147_483_647;
// %%
big.checked_mul(2)
// %%
let small: u8 = 255;
small + 1

// === floats
2f64.sqrt()
// %%
10f64.ln()
// %%
(0.1 + 0.2) == 0.3
// %%
1.0 / 0.0
// %%
(0.0f64 / 0.0).is_nan()
// %%
5.5 % 2.0
// %%
2.5f64.round()
// %%
-2.5f64.trunc()
// %%
1.0f64.atan2(1.0)
// %%
f64::EPSILON
// %%
1e-7
// %%
123456789.0f64
// %%
1.0e10f32
// %%
f64::MAX
// %%
3.0f64.mul_add(2.0, 1.0)
// %%
1.5f64.to_bits()
// %%
[3.0, 1.0, 2.0].iter().cloned().fold(f64::INFINITY, f64::min)

// === booleans and comparisons
!true || 3 > 2 && 1 != 2
// %%
1.cmp(&2)
// %%
1.5.partial_cmp(&f64::NAN)
// %%
"a" < "b"
// %%
(1, "z") < (2, "a")
// %%
true as i32 + 1
// %%
5.clamp(0, 3)
// %%
[1, 2].iter().eq([1, 2].iter())

// === programs
let mut sieve = vec![true; 50];
let mut i = 2;
while i * i < 50 {
    if sieve[i] { let mut j = i * i; while j < 50 { sieve[j] = false; j += i; } }
    i += 1;
}
(2..50).filter(|&n| sieve[n]).collect::<Vec<usize>>()
// %%
fn gcd(a: u64, b: u64) -> u64 { if b == 0 { a } else { gcd(b, a % b) } }
gcd(1071, 462)
// %%
let n = 600851475143u64;
let mut rest = n; let mut p = 2; let mut largest = 0;
while rest > 1 { if rest % p == 0 { rest /= p; largest = p; } else { p += 1; } }
largest
// %%
let mut state = 12345u32;
let mut next = || { state ^= state << 13; state ^= state >> 17; state ^= state << 5; state % 100 };
(0..5).map(|_| next()).collect::<Vec<_>>()
// %%
state
// %%
let mut a = [[1u64, 1], [1, 0]];
for _ in 0..5 {
    let [[p, q], [r, s]] = a;
    a = [[p * p + q * r, p * q + q * s], [r * p + s * r, r * q + s * s]];
}
a[0][1]
