// === variables survive
let v = vec![1, 2, 3];
// %%
panic!("on purpose");
// %%
v
// %%
v[7]
// %%
v.len()

// === what a panic says
let none: Option<i32> = None;
none.unwrap()
// %%
Err::<i32, &str>("bad").expect("it should work")
// %%
assert_eq!(1 + 1, 3, "sums are hard");
// %%
unreachable!("state {}", 5);
// %%
todo!()
// %%
unimplemented!("later")
// %%
let d = std::env::args().count() as i32 * 0;
1 / d
// %%
[1, 2][std::env::args().count() + 5]
// %%
i32::MAX.checked_add(1).expect("overflow")
// %%
std::cell::RefCell::new(1).try_borrow_mut().map(|mut r| { *r += 1; *r }).unwrap()

// === changes before a panic stay
let mut log = vec!["start"];
// %%
log.push("changed");
panic!("after the change");
// %%
log

// === output before a panic is there
println!("one");
print!("two");
panic!("three");
// %%
1 + 1

// === caught
std::panic::catch_unwind(|| panic!("inside")).is_err()
// %%
let r = std::panic::catch_unwind(|| 5).unwrap_or(0);
r

// === in a thread
std::thread::spawn(|| panic!("elsewhere")).join().is_err()
// %%
"the notebook goes on"

// === new variables of a panicking cell
let fresh = 1;
panic!("no");
// %%
fresh
