//! What compiled code calls its functions, and what it takes from elsewhere: the
//! symbol tables of ELF files (64 bits, little-endian). A damaged file has none.

use std::collections::BTreeSet;

/// The table for linkers, and the one for the loader.
const ALL: u64 = 2;
const EXPORTED: u64 = 11;

/// A function in a library.
#[derive(Debug)]
pub struct Symbol {
    /// Where it begins.
    pub start: u64,
    /// Where it ends.
    pub end: u64,
    /// Its name, as compilers write it.
    pub name: String,
}

/// The functions of a library.
pub fn functions(file: &[u8]) -> Vec<Symbol> {
    const FUNCTION: u8 = 2;
    let mut found = Vec::new();
    let read = table(file, ALL, |entry| {
        if entry.kind & 0xf == FUNCTION && entry.size != 0 {
            found.push(Symbol {
                start: entry.value,
                end: entry.value + entry.size,
                name: String::from_utf8_lossy(entry.name).into_owned(),
            });
        }
    });
    read.map_or_else(Vec::new, |()| found)
}

/// The names that an object file takes from elsewhere.
pub fn needed(file: &[u8]) -> Option<BTreeSet<String>> {
    named(file, ALL, |entry| entry.section == 0)
}

/// The names that a library has for others.
pub fn exported(file: &[u8]) -> Option<BTreeSet<String>> {
    named(file, EXPORTED, |entry| entry.section != 0)
}

fn named(file: &[u8], kind: u64, wanted: impl Fn(&Entry<'_>) -> bool) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    table(file, kind, |entry| {
        if wanted(&entry) && !entry.name.is_empty() {
            found.insert(String::from_utf8_lossy(entry.name).into_owned());
        }
    })?;
    Some(found)
}

struct Entry<'a> {
    name: &'a [u8],
    kind: u8,
    /// In which section it is; zero for none of this file.
    section: u64,
    value: u64,
    size: u64,
}

fn table<'a>(file: &'a [u8], kind: u64, mut each: impl FnMut(Entry<'a>)) -> Option<()> {
    if !file.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let sections = number(file, 0x28, 8)?;
    let size = number(file, 0x3a, 2)?;
    let count = number(file, 0x3c, 2)?;
    let section = |index: u64| sections.checked_add(index.checked_mul(size)?);
    for index in 0..count {
        let header = section(index)?;
        if number(file, header + 4, 4)? != kind {
            continue;
        }
        let (start, length) = (
            number(file, header + 0x18, 8)?,
            number(file, header + 0x20, 8)?,
        );
        let names = number(file, section(number(file, header + 0x28, 4)?)? + 0x18, 8)?;
        for entry in 0..length / 24 {
            let at = start + entry * 24;
            let name = usize::try_from(names + number(file, at, 4)?).ok()?;
            each(Entry {
                name: file.get(name..)?.split(|byte| *byte == 0).next()?,
                kind: number(file, at + 4, 1)? as u8,
                section: number(file, at + 6, 2)?,
                value: number(file, at + 8, 8)?,
                size: number(file, at + 16, 8)?,
            });
        }
    }
    Some(())
}

fn number(file: &[u8], at: u64, length: usize) -> Option<u64> {
    let at = usize::try_from(at).ok()?;
    let bytes = file.get(at..at.checked_add(length)?)?;
    let mut number = [0; 8];
    number[..length].copy_from_slice(bytes);
    Some(u64::from_le_bytes(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_library_has_no_names() {
        assert!(functions(b"").is_empty());
        assert!(functions(b"\x7fELF\x02\x01").is_empty());
        let mut file = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        file.truncate(file.len() / 2);
        let _ = functions(&file);
    }
}
