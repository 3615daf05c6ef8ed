//! What stands at a place of the text.

use anyhow::{Result, anyhow};
use ra_ap_ide::{FileRange, HoverConfig, HoverDocFormat, RaFixtureConfig, SubstTyLen, TextRange};

use crate::project::Project;

/// Its type or signature and its documentation, as Markdown.
pub fn at(project: &Project, at: usize) -> Result<Option<String>> {
    let config = HoverConfig {
        links_in_hover: false,
        memory_layout: None,
        documentation: true,
        keywords: true,
        format: HoverDocFormat::Markdown,
        max_trait_assoc_items_count: Some(8),
        max_fields_count: Some(12),
        max_enum_variants_count: Some(12),
        max_subst_ty_len: SubstTyLen::LimitTo(40),
        show_drop_glue: false,
        ra_fixture: RaFixtureConfig::default(),
    };
    let range = FileRange {
        file_id: project.file(),
        range: TextRange::empty(u32::try_from(at)?.into()),
    };
    let found = project
        .analysis()
        .hover(&config, range)
        .map_err(|_| anyhow!("the question was cancelled"))?;
    Ok(found.map(|found| found.info.markup.as_str().to_owned()))
}
