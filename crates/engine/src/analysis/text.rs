//! A notebook as one text that rust-analyzer understands: imports and items of
//! earlier cells, and a function with the notebook's variables as parameters
//! around the cell.

use std::collections::BTreeMap;

use crate::generate::{ITEMS_CRATE, Variable, anchored};
use crate::imports::Import;
use crate::items::Items;
use crate::source;

/// What a text is made of.
pub struct Surroundings<'a> {
    /// The imports of earlier cells.
    pub imports: &'a [Import],
    /// The live items.
    pub items: &'a Items,
    /// The variables.
    pub variables: &'a BTreeMap<String, Variable>,
}

impl Surroundings<'_> {
    /// The text with a cell in it, and where the cell begins there.
    pub fn around(&self, cell: &str) -> (String, usize) {
        let mut text = format!(
            "#![allow(warnings)]\n\
             extern crate self as {ITEMS_CRATE};\n"
        );
        for import in self.imports {
            text.push_str(&import.code("crate"));
            text.push('\n');
        }
        for file in &self.items.files {
            text.push_str(&source::only(&file.text, &file.live(), &[]).text);
            text.push('\n');
        }
        text.push_str("async fn __cell(");
        for (name, variable) in self.variables {
            let mutable = if variable.mutable { "mut " } else { "" };
            let type_text = anchored(&variable.type_text);
            text.push_str(&format!("{mutable}{name}: {type_text}, "));
        }
        text.push_str(
            ") -> ::core::result::Result<(), ::std::boxed::Box<dyn ::core::error::Error>> {\n",
        );
        let start = text.len();
        text.push_str(cell);
        text.push_str("\n}\n");
        (text, start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stands_among_what_it_can_use() {
        let variable = Variable {
            type_text: "std::vec::Vec<u8>".to_owned(),
            mutable: true,
            cell: 1,
            borrows: Default::default(),
        };
        let notebook = Surroundings {
            imports: &[],
            items: &Items::default(),
            variables: &BTreeMap::from([("v".to_owned(), variable)]),
        };
        let (text, start) = notebook.around("v.len()");
        assert!(text[start..].starts_with("v.len()\n}"));
        assert!(text[..start].contains("(mut v: ::std::vec::Vec<u8>, )"));
    }
}
