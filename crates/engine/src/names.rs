//! Names: how rustc has them, and which cells can do without the prelude.
//!
//! Reading the prelude's metadata is the larger part of what a small cell
//! costs, so a cell whose words are all plainly the language's own, the
//! standard library's everyday ones, or names that the notebook itself
//! defines, is first compiled without it. The guess is safe: if it is wrong
//! the compile fails and is done again with the prelude.

use std::borrow::Cow;
use std::collections::BTreeSet;

use proc_macro2::Ident;
use unicode_normalization::UnicodeNormalization;

/// A name as rustc has it: one that can be typed in two ways, as a letter or as
/// a letter and its accent, is one name.
pub fn of(name: &Ident) -> String {
    composed(&name.to_string()).into_owned()
}

/// A text with its letters and accents put together.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Keywords, primitive types, and the standard library's everyday names.
const EVERYDAY: &str = "
as async await break const continue crate dyn else enum extern false fn for if impl in let loop
match mod move mut pub ref return self Self static struct super trait true type union unsafe use
where while bool char str i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 _
std core alloc Option Some None Result Ok Err String Vec Box Rc Arc Cell RefCell Mutex RwLock
HashMap HashSet BTreeMap BTreeSet VecDeque BinaryHeap Cow Debug Display Clone Copy PartialEq Eq
PartialOrd Ord Hash Default Iterator IntoIterator FromIterator From Into TryFrom TryInto ToString
AsRef Fn FnMut FnOnce Drop Add Sub Mul Div Rem Neg Not Index Deref Send Sync Sized Instant Duration
println print eprintln eprint format vec assert assert_eq assert_ne panic todo unimplemented
unreachable dbg matches write writeln derive allow cfg inline test macro_rules expr ident ty tt
collections fmt io time thread rc sync cell env fs path process mem ops iter cmp hash error num
Error Formatter new len is_empty push pop insert remove get get_mut contains contains_key iter
iter_mut into_iter map filter collect enumerate zip rev sum product fold any all find position
take skip chain flat_map flatten count min max min_by max_by sort sort_by sort_by_key sort_unstable
dedup clone to_string to_owned to_vec as_str as_ref as_mut unwrap unwrap_or unwrap_or_else
unwrap_or_default expect is_some is_none is_ok is_err ok err ok_or and_then or_else map_err entry
or_insert or_insert_with or_default keys values values_mut extend join split split_whitespace lines
chars bytes trim parse starts_with ends_with replace to_uppercase to_lowercase abs sqrt powi powf
sin cos tan exp ln log10 log2 floor ceil round pow sleep from_millis from_secs now elapsed as_secs
as_secs_f64 as_millis spawn borrow borrow_mut lock swap take_while skip_while step_by windows chunks
concat repeat first last cloned copied wrapping_add wrapping_mul checked_add saturating_sub drop
from into default eq cmp partial_cmp fmt next with_capacity capacity reserve clear retain truncate
a b c d e f g h i j k l m n o p q r s t u v w x y z
";

/// Whether the cell's words are all accounted for without the prelude.
pub fn known_without_prelude<'a>(
    words: impl Iterator<Item = &'a String>,
    own: &BTreeSet<String>,
) -> bool {
    let everyday: BTreeSet<&str> = EVERYDAY.split_whitespace().collect();
    let mut words = words;
    words.all(|word| everyday.contains(word.as_str()) || own.contains(word))
}

/// Whether a type is made of nothing but the standard library and the
/// notebook's own types.
pub fn type_without_prelude(type_text: &str, items_use_prelude: bool) -> bool {
    type_text
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
        .filter_map(|path| path.split_once("::"))
        .all(|(root, _)| match root {
            "std" | "core" | "alloc" | "ferrite_runtime" | "" => true,
            crate::generate::ITEMS_CRATE => !items_use_prelude,
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_types_need_no_prelude() {
        assert!(type_without_prelude(
            "std::vec::Vec<(i32, std::string::String)>",
            true
        ));
        assert!(type_without_prelude("i32", true));
        assert!(!type_without_prelude("polars::prelude::DataFrame", false));
        assert!(!type_without_prelude("cell_items::Point", true));
        assert!(type_without_prelude("cell_items::Point", false));
    }

    #[test]
    fn unknown_words_ask_for_the_prelude() {
        let own = BTreeSet::from(["total".to_owned()]);
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(known_without_prelude(
            words("let total vec iter sum").iter(),
            &own
        ));
        assert!(!known_without_prelude(
            words("let df read_csv").iter(),
            &own
        ));
    }
}
