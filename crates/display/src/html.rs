//! The little HTML that all rich results share: escaping, and one style sheet
//! that follows the frontend's light or dark theme without a script.

/// Escapes text for use in HTML content and attribute values.
///
/// ```
/// assert_eq!(ferrite_display::html::escape("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
/// ```
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The style sheet of all tables and cards, scoped to the class `ferrite`.
///
/// Colours are JupyterLab's own variables where they exist (they follow its
/// theme), with fallbacks that follow the browser's colour scheme elsewhere.
/// Colours of our own are pairs; JupyterLab and VS Code say on the page which
/// half their theme needs, whatever the browser prefers. So does a page that
/// nbconvert made, which has JupyterLab's theme. What JupyterLab says of cells in
/// general (all to the right) weighs as much as two classes. What is wider than the
/// page scrolls within its card, and the page stays as it is.
pub const STYLE: &str = "<style>\
[data-jp-theme-light=true] .ferrite,.vscode-light .ferrite{color-scheme:light}\
[data-jp-theme-light=false] .ferrite,.vscode-dark .ferrite{color-scheme:dark}\
.ferrite{--fe-fg:var(--jp-content-font-color1,light-dark(#1f2328,#e6edf3));\
--fe-dim:var(--jp-content-font-color2,light-dark(#656d76,#8d96a0));\
--fe-line:var(--jp-border-color2,light-dark(#d0d7de,#3d444d));\
--fe-soft:var(--jp-rendermime-table-row-background,light-dark(#f6f8fa,#151b23));\
--fe-accent:light-dark(#0072b2,#56b4e9);--fe-warn:light-dark(#b35900,#e69f00);\
color:var(--fe-fg);font-family:var(--jp-content-font-family,system-ui,sans-serif);font-size:13px;line-height:1.45;\
max-width:100%;overflow-x:auto}\
.ferrite table{border-collapse:collapse;border:none;margin:4px 0;font-size:12.5px;font-variant-numeric:tabular-nums}\
.ferrite table th,.ferrite table td{padding:3px 10px;border:none;white-space:nowrap;background:none;color:inherit}\
.ferrite.ferrite table th,.ferrite.ferrite table td{text-align:left}\
.ferrite.ferrite table .num{text-align:right}\
.ferrite thead th{border-bottom:1px solid var(--fe-line);font-weight:600;vertical-align:bottom}\
.ferrite tbody tr:nth-child(even){background:var(--fe-soft)}\
.ferrite .dim,.ferrite .null{color:var(--fe-dim);font-weight:400}\
.ferrite .null{font-style:italic}.ferrite .dtype{display:block;font-weight:400;font-size:11px;color:var(--fe-dim)}\
.ferrite .shape{color:var(--fe-dim);font-size:12px}.ferrite .part{font-weight:600;margin-top:10px}\
.ferrite pre{margin:4px 0;font-family:var(--jp-code-font-family,monospace);font-size:12.5px}\
</style>";

/// Wraps HTML into the container that [`STYLE`] applies to.
pub fn card(body: &str) -> String {
    format!("{STYLE}<div class=\"ferrite\">{body}</div>")
}
