//! "Did you mean …?": which of the known names a mistyped one stands for.
//!
//! Columns and files are typed by heart, and most misses are one slip away
//! from a name that exists. A wrong suggestion costs more than none, so only
//! near names are offered.

/// Longer input is no slip of the fingers.
const LONGEST: usize = 200;

/// The known name that is nearest to `wanted`, if one is near enough. Case,
/// spaces, dots and dashes do not count as differences; of equally near
/// names the first wins.
pub fn closest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = normal(wanted);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let allowed = wanted.len() / 3;
    let mut near: Option<(usize, &str)> = None;
    let mut containing: Option<(usize, &str)> = None;
    for name in known {
        let candidate = normal(name);
        if candidate.len().abs_diff(wanted.len()) <= allowed {
            let distance = edits(&wanted, &candidate);
            if distance <= allowed && near.is_none_or(|(best, _)| distance < best) {
                near = Some((distance, name));
            }
        }
        if wanted.len() >= 3
            && candidate.windows(wanted.len()).any(|part| part == wanted)
            && containing.is_none_or(|(best, _)| candidate.len() < best)
        {
            containing = Some((candidate.len(), name));
        }
    }
    near.or(containing).map(|(_, name)| name)
}

fn normal(name: &str) -> Vec<char> {
    name.trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if matches!(c, ' ' | '-' | '.') { '_' } else { c })
        .collect()
}

/// How many letters must be inserted, left out, replaced or swapped with
/// their neighbour to make `b` out of `a`.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let replaced = above[j] + usize::from(a[i] != b[j]);
            row[j + 1] = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 5] = [
        "species",
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ];

    #[test]
    fn slips_find_the_name_that_was_meant() {
        for (typed, meant) in [
            ("flipper_len_mm", "flipper_length_mm"),
            ("Species", "species"),
            ("sepcies", "species"),
            ("body mass g", "body_mass_g"),
            ("bill-depth.mm", "bill_depth_mm"),
            ("mass", "body_mass_g"),
        ] {
            assert_eq!(closest(typed, COLUMNS), Some(meant), "{typed}");
        }
    }

    #[test]
    fn far_names_are_not_suggested() {
        for typed in ["", "x", "price", "latitude", &"a".repeat(10_000)] {
            assert_eq!(closest(typed, COLUMNS), None, "{typed}");
        }
        assert_eq!(closest("y", ["x"]), None);
    }

    #[test]
    fn edits_count_swapped_neighbours_once() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(edits(&chars("abcd"), &chars("abdc")), 1);
        assert_eq!(edits(&chars(""), &chars("abc")), 3);
        assert_eq!(edits(&chars("kitten"), &chars("sitting")), 3);
    }
}
