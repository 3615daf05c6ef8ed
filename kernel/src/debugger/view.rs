//! What a debugger says of frames and variables, as a person knows them: the
//! frames of cells alone, with the cells' lines; Rust's names of types.

use ferrite_engine::{frame_name, short_type};
use serde_json::{Value, json};

use super::sources::Sources;

/// A frame of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The cell, as frontends name it.
    pub source: String,
    /// The line in it.
    pub line: u64,
}

/// Where a frame is in a cell; nothing if it is anybody else's.
pub fn place(frame: &Value, sources: &Sources) -> Option<Place> {
    let file = sources.file(frame["source"]["path"].as_str()?)?;
    let name = frame["name"].as_str().unwrap_or_default();
    frame_name(without_arguments(name))?;
    let line = file.line_of_cell(frame["line"].as_u64()?)?;
    Some(Place {
        source: file.source.clone(),
        line,
    })
}

/// The frames of cells, with their own names and lines.
pub fn frames(stack: &Value, sources: &Sources) -> Vec<Value> {
    let frames = stack["stackFrames"].as_array().into_iter().flatten();
    frames
        .filter_map(|frame| {
            let place = place(frame, sources)?;
            let name = frame_name(without_arguments(frame["name"].as_str()?))?;
            let file = place.source.rsplit('/').next().unwrap_or_default();
            Some(json!({
                "id": frame["id"],
                "name": name.replace('`', ""),
                "line": place.line,
                // A cell's text has insertions when it is compiled.
                "column": 1,
                "source": { "path": place.source, "name": file },
            }))
        })
        .collect()
}

/// lldb may put the arguments behind a name.
fn without_arguments(name: &str) -> &str {
    match name.find('(') {
        Some(at) if !name.starts_with('<') && at > 0 => &name[..at],
        _ => name,
    }
}

/// The scopes that a person has written something in.
pub fn scopes(body: &Value) -> Vec<Value> {
    let scopes = body["scopes"].as_array().into_iter().flatten();
    let locals = scopes.filter(|scope| scope["name"] == "Locals");
    locals.cloned().collect()
}

/// A variable of the debugger; nothing if it is generated.
pub fn variable(mut found: Value, most: usize) -> Option<Value> {
    let name = found["name"].as_str().unwrap_or_default();
    if name.starts_with("__") || name == "<null>" {
        return None;
    }
    let kind = type_name(found["type"].as_str().unwrap_or_default());
    let value = found["value"].as_str().unwrap_or_default().to_owned();
    if value.starts_with('"') {
        // Its bytes say no more.
        found["variablesReference"] = json!(0);
    }
    // `Type @ 0x7ffe…`: where it is helps nobody.
    let value = match value.split_once(" @ 0x") {
        Some(_) => format!("{kind} {{…}}"),
        None => shortened(value, most),
    };
    found["type"] = json!(with_value(&kind, &value));
    found["value"] = json!(value);
    Some(found)
}

/// A type and what is in it, as `let` has them: JupyterLab's tree shows types and no
/// values, except for those that are called as Python's are.
pub fn with_value(kind: &str, value: &str) -> String {
    const MOST: usize = 60;
    let says_more = !value.is_empty() && !value.contains("{…}") && !value.starts_with("0x");
    if says_more && value.chars().count() <= MOST && !value.contains('\n') {
        format!("{kind} = {value}")
    } else {
        kind.to_owned()
    }
}

fn shortened(mut value: String, most: usize) -> String {
    if let Some((end, _)) = value.char_indices().nth(most) {
        value.truncate(end);
        value.push('…');
    }
    value
}

/// lldb shows Rust's types as if they were C's.
pub fn type_name(kind: &str) -> String {
    const C: &[(&str, &str)] = &[
        ("unsigned __int128", "u128"),
        ("__int128", "i128"),
        ("unsigned long", "u64"),
        ("unsigned short", "u16"),
        ("unsigned char", "u8"),
        ("unsigned int", "u32"),
        ("signed char", "i8"),
        ("char32_t", "char"),
        ("double", "f64"),
        ("float", "f32"),
        ("long", "i64"),
        ("short", "i16"),
        ("int", "i32"),
    ];
    let mut kind = kind
        .replace(", alloc::alloc::Global", "")
        .replace(" >", ">");
    while let Some(inner) = kind.strip_suffix(" *") {
        kind = format!("&{inner}");
    }
    let mut named = String::with_capacity(kind.len());
    let mut rest = kind.as_str();
    while let Some(first) = rest.chars().next() {
        let inside_a_name = named.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let c_type = C.iter().find(|(c, _)| {
            !inside_a_name
                && rest.strip_prefix(c).is_some_and(|behind| {
                    !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                })
        });
        let (text, length) = match c_type {
            Some((c, rust)) => (*rust, c.len()),
            None => (&rest[..first.len_utf8()], first.len_utf8()),
        };
        named.push_str(text);
        rest = &rest[length..];
    }
    short_type(&named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_called_what_rust_calls_them() {
        for (c, rust) in [
            ("int", "i32"),
            (
                "alloc::vec::Vec<unsigned char, alloc::alloc::Global>",
                "Vec<u8>",
            ),
            ("int *", "&i32"),
            ("cell_items::Point", "Point"),
            ("core::option::Option<i32>", "Option<i32>"),
            ("interval::long_one<double>", "long_one<f64>"),
        ] {
            assert_eq!(type_name(c), rust);
        }
    }

    #[test]
    fn a_short_value_stands_behind_its_type() {
        assert_eq!(with_value("i32", "5"), "i32 = 5");
        for nothing_to_say in ["", "P {…}", "0x7ffe", &"9".repeat(61)] {
            assert_eq!(with_value("P", nothing_to_say), "P");
        }
    }

    #[test]
    fn generated_variables_are_left_out() {
        let named = |name: &str, value: &str| {
            let found = json!({"name": name, "type": "cell_items::P", "value": value, "variablesReference": 4});
            variable(found, 8)
        };
        assert_eq!(named("__guard", "1"), None);
        assert_eq!(
            named("p", "cell_items::P @ 0x7f").unwrap()["value"],
            "P {…}"
        );
        let text = named("s", "\"a long string\"").unwrap();
        assert_eq!(
            (&text["value"], &text["variablesReference"]),
            (&json!("\"a long …"), &json!(0))
        );
    }
}
