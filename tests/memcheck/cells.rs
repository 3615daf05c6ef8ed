//! Random notebooks of owners and borrowers.

use std::collections::BTreeMap;

/// Reads what was freed.
pub const MISTAKE: &str = "let dangling = { let v = vec![7u64; 10]; v.as_ptr() };\n\
    println!(\"{}\", unsafe { std::ptr::read_volatile(dangling) });";

/// An owner: how it is made, what borrows from it, what changes it. `O` stands
/// for its name.
struct Kind {
    made: &'static str,
    borrowers: &'static [&'static str],
    changes: &'static [&'static str],
}

const KINDS: [Kind; 4] = [
    Kind {
        made: "vec![String::from(\"a\"), String::from(\"bc\"), \"x\".repeat(20)]",
        borrowers: &[
            "&O[1..]",
            "O.iter()",
            "O.first().unwrap().as_str()",
            "O.iter().map(|s| s.as_str()).collect::<Vec<&str>>()",
            "&O",
            "O.iter().filter(|s| s.len() > 1).map(|s| s.len())",
            // These are not kept.
            "O.last_mut()",
            "O.drain(..1)",
        ],
        changes: &[
            "O.push(String::from(\"new\"));",
            "O.clear();",
            "O.truncate(1);",
        ],
    },
    Kind {
        made: "\"some text \".repeat(9)",
        borrowers: &[
            "&O[2..4]",
            "O.chars()",
            "O.split(' ').collect::<Vec<_>>()",
            "O.trim()",
        ],
        changes: &[
            "O.push('+');",
            "O.insert_str(0, \"ab\");",
            "O.shrink_to_fit();",
        ],
    },
    Kind {
        made: "(0..9).map(|i| (i, format!(\"v{i}\"))).collect::<std::collections::BTreeMap<i32, String>>()",
        borrowers: &[
            "O.get(&0).unwrap()",
            "O.keys()",
            "O.range(0..2)",
            "O.values_mut()",
        ],
        changes: &["O.insert(99, String::from(\"z\"));", "O.remove(&7);"],
    },
    Kind {
        made: "Box::new((1, vec![5; 3], String::from(\"in a box\")))",
        borrowers: &["&O.1", "O.2.as_str()", "&O.1[..]"],
        changes: &["O.1.push(4);", "O.2.clear();"],
    },
];

/// The items that the cells use.
const ITEMS: &str = "use std::sync::Mutex;\n\
    static KEPT: Mutex<Vec<String>> = Mutex::new(Vec::new());\n\
    thread_local! { static MINE: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) }; }\n\
    fn look(value: &impl std::fmt::Debug) { println!(\"whole: {}\", format!(\"{value:?}\").len()); }\n\
    fn count(values: impl Iterator) { println!(\"whole: {}\", values.count()); }";

/// A notebook of that many cells; a seed always gives the same one.
pub fn notebook(seed: u64, count: usize) -> Vec<String> {
    let mut walk = Walk {
        lots: Lots(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        owners: BTreeMap::new(),
        borrowers: BTreeMap::new(),
    };
    let mut cells = vec![ITEMS.to_owned()];
    while cells.len() < count {
        cells.extend(walk.cell());
    }
    cells
}

/// Numbers that look random (xorshift).
struct Lots(u64);

impl Lots {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % end
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

struct Walk {
    lots: Lots,
    /// Owners with their kind.
    owners: BTreeMap<String, usize>,
    /// Borrowers with their owner, and whether they are iterators over closures.
    borrowers: BTreeMap<String, (String, bool)>,
}

impl Walk {
    fn cell(&mut self) -> Option<String> {
        let owners: Vec<String> = self.owners.keys().cloned().collect();
        let step = self.lots.below(16);
        if step <= 1 || owners.is_empty() {
            return Some(self.new_owner().1);
        }
        let owner = self.lots.of(&owners).clone();
        match step {
            2 | 3 => {
                let (owner, made) = self.new_owner();
                Some(format!("{made}\n{}", self.new_borrower(&owner)))
            }
            4..=6 => Some(self.new_borrower(&owner)),
            7..=9 => self.look(),
            10 => {
                self.end_borrowers_of(&owner);
                let change = self.lots.of(KINDS[self.owners[&owner]].changes);
                Some(change.replace('O', &owner))
            }
            11 => Some(self.moved(&owner)),
            12 => Some(format!(
                "std::thread::scope(|s| {{ s.spawn(|| look(&{owner})); }});\n\
                 let copy = {owner}.clone();\nstd::thread::spawn(move || look(&copy)).join().unwrap();"
            )),
            13 => Some(format!(
                "KEPT.lock().unwrap().push(format!(\"{{:?}}\", {owner}));\n\
                 MINE.with_borrow_mut(|all| all.push(String::from(\"mine\")));\n\
                 look(&KEPT.lock().unwrap());\nMINE.with_borrow(|all| look(all));"
            )),
            14 => Some(format!(
                "look(&{owner});\nlet lost = vec![1];\npanic!(\"on purpose\");"
            )),
            _ => Some(format!("look(&{owner});\n\"x\".parse::<i32>()?;")),
        }
    }

    fn new_owner(&mut self) -> (String, String) {
        let name = format!("owner_{}", self.lots.below(5));
        let kind = self.lots.below(KINDS.len());
        self.end_borrowers_of(&name);
        self.owners.insert(name.clone(), kind);
        let made = format!("let mut {name} = {};", KINDS[kind].made);
        (name, made)
    }

    fn new_borrower(&mut self, owner: &str) -> String {
        let name = format!("look_{}", self.lots.below(6));
        let made = self.lots.of(KINDS[self.owners[owner]].borrowers);
        let kept = !made.contains("_mut()") && !made.contains("drain");
        self.borrowers.remove(&name);
        if kept {
            let adapter = made.contains("filter(");
            self.borrowers
                .insert(name.clone(), (owner.to_owned(), adapter));
        } else {
            self.end_borrowers_of(owner);
        }
        format!("let {name} = {};", made.replace('O', owner))
    }

    fn look(&mut self) -> Option<String> {
        let names: Vec<String> = self.borrowers.keys().cloned().collect();
        if names.is_empty() {
            return None;
        }
        let name = self.lots.of(&names).clone();
        let (owner, adapter) = self.borrowers[&name].clone();
        if adapter {
            // To count it is to move it.
            self.borrowers.remove(&name);
            return Some(format!("count({name});\nlook(&{owner});"));
        }
        Some(format!("look(&{name}.clone());\nlook(&{owner});"))
    }

    fn moved(&mut self, owner: &str) -> String {
        self.end_borrowers_of(owner);
        let Some(kind) = self.owners.remove(owner) else {
            return String::new();
        };
        let other = format!("owner_{}", self.lots.below(5));
        if other == owner || self.lots.below(3) == 0 {
            return format!("drop({owner});");
        }
        self.end_borrowers_of(&other);
        self.owners.insert(other.clone(), kind);
        format!("let mut {other} = {owner};")
    }

    fn end_borrowers_of(&mut self, name: &str) {
        self.borrowers.retain(|_, (owner, _)| owner != name);
    }
}
