//! What could stand at a place of the text.

use anyhow::{Result, anyhow};
use ferrite_wire::analysis::Item;
use ra_ap_hir::PrefixKind;
use ra_ap_ide::{
    CompletionConfig, CompletionFieldsToResolve, CompletionItem, CompletionItemKind, FilePosition,
    RaFixtureConfig, SymbolKind,
};
use ra_ap_ide_db::imports::insert_use::{ImportGranularity, InsertUseConfig};

use crate::project::Project;

/// Longest piece of documentation that comes with an item; the whole of it is
/// a question of its own.
const DOCUMENTATION: usize = 400;

fn config() -> CompletionConfig<'static> {
    CompletionConfig {
        enable_postfix_completions: false,
        enable_imports_on_the_fly: false,
        enable_self_on_the_fly: true,
        enable_auto_iter: false,
        enable_auto_await: false,
        enable_private_editable: false,
        enable_term_search: false,
        term_search_fuel: 0,
        full_function_signatures: true,
        // Only the name: Jupyter's frontends know no snippets.
        callable: None,
        add_colons_to_module: false,
        add_semicolon_to_unit: false,
        snippet_cap: None,
        insert_use: InsertUseConfig {
            granularity: ImportGranularity::Item,
            enforce_granularity: false,
            prefix_kind: PrefixKind::ByCrate,
            group: false,
            skip_glob_imports: false,
        },
        prefer_no_std: false,
        prefer_prelude: true,
        prefer_absolute: false,
        snippets: Vec::new(),
        limit: None,
        fields_to_resolve: CompletionFieldsToResolve::empty(),
        exclude_flyimport: Vec::new(),
        exclude_traits: &[],
        ra_fixture: RaFixtureConfig::default(),
    }
}

/// The items at a place that begin with what stands there, the likeliest
/// first.
pub fn items(project: &Project, at: usize, most: usize) -> Result<Vec<Item>> {
    let analysis = project.analysis();
    let position = FilePosition {
        file_id: project.file(),
        offset: u32::try_from(at)?.into(),
    };
    let text = analysis
        .file_text(position.file_id)
        .map_err(|_| cancelled())?;
    let found = analysis
        .completions(&config(), position, None)
        .map_err(|_| cancelled())?
        .unwrap_or_default();
    let typed = |item: &CompletionItem| text.get(range(item.source_range)).unwrap_or_default();
    let mut found: Vec<CompletionItem> = found
        .into_iter()
        .filter(|item| begins_with(&item.lookup, typed(item)))
        .filter(|item| !item.lookup.starts_with("__"))
        .collect();
    found.sort_by(|a, b| {
        let key = |item: &CompletionItem| std::cmp::Reverse(item.relevance.score());
        let hidden = |item: &CompletionItem| item.lookup.starts_with('_');
        let by_name = || a.lookup.cmp(&b.lookup);
        hidden(a)
            .cmp(&hidden(b))
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(by_name)
    });
    found.truncate(most);
    Ok(found.into_iter().filter_map(item).collect())
}

fn cancelled() -> anyhow::Error {
    anyhow!("the question was cancelled")
}

/// Whether a name begins with what was typed, as people type: without capitals.
fn begins_with(name: &str, typed: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    typed
        .chars()
        .flat_map(char::to_lowercase)
        .all(|c| name.next() == Some(c))
}

fn range(range: ra_ap_ide::TextRange) -> std::ops::Range<usize> {
    range.start().into()..range.end().into()
}

fn item(item: CompletionItem) -> Option<Item> {
    let mut edits = item.text_edit.iter();
    let edit = edits.next()?;
    if edits.next().is_some() {
        return None;
    }
    let label = &item.label;
    let signature = item
        .detail
        .clone()
        .or_else(|| label.detail_right.clone())
        .unwrap_or_default();
    let documentation = item.documentation.as_ref();
    Some(Item {
        range: range(edit.delete),
        name: item.lookup.to_string(),
        insert: edit.insert.clone(),
        kind: kind(item.kind).to_owned(),
        signature,
        documentation: documentation
            .map_or_else(String::new, |text| first_paragraph(text.as_str())),
    })
}

/// The first paragraph of a text, on one line.
fn first_paragraph(text: &str) -> String {
    let lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty());
    let mut paragraph = lines.collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = paragraph.char_indices().nth(DOCUMENTATION) {
        paragraph.truncate(end);
        paragraph.push('…');
    }
    paragraph
}

/// The kinds that Jupyter's frontends have icons for.
fn kind(kind: CompletionItemKind) -> &'static str {
    use CompletionItemKind as Kind;
    use SymbolKind as Symbol;
    match kind {
        Kind::SymbolKind(symbol) => match symbol {
            Symbol::Function | Symbol::Method => "function",
            Symbol::Macro | Symbol::ProcMacro => "macro",
            Symbol::Attribute | Symbol::BuiltinAttr | Symbol::Derive | Symbol::DeriveHelper => {
                "keyword"
            }
            Symbol::Struct
            | Symbol::Enum
            | Symbol::Union
            | Symbol::TypeAlias
            | Symbol::TypeParam
            | Symbol::SelfType => "class",
            Symbol::Trait => "interface",
            Symbol::Module | Symbol::CrateRoot | Symbol::ToolModule => "module",
            Symbol::Const | Symbol::ConstParam | Symbol::Static => "constant",
            Symbol::Field => "property",
            Symbol::Variant => "enum",
            Symbol::LifetimeParam | Symbol::Label => "text",
            _ => "instance",
        },
        Kind::BuiltinType => "class",
        Kind::Keyword => "keyword",
        _ => "instance",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_capitals() {
        assert!(begins_with("DataFrame", "data"));
        assert!(begins_with("sort", ""));
        assert!(!begins_with("sort", "sorted"));
    }

    #[test]
    fn documentation_is_cut_to_what_a_list_can_show() {
        assert_eq!(first_paragraph("\nSorts\nit.\n\nMore."), "Sorts it.");
        let long = first_paragraph(&"é".repeat(1000));
        assert_eq!(long.chars().count(), DOCUMENTATION + 1);
    }
}
