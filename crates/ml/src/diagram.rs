//! The shape of a pipeline as nested boxes, and as a tree of text.

use std::fmt;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};
use serde::{Deserialize, Serialize};

/// One box of a pipeline's diagram: a title, its settings, and what is inside.
///
/// ```
/// use ferrite_ml::Diagram;
///
/// let boxes = Diagram::new("ColumnTransformer")
///     .branch("numeric", [Diagram::new("SimpleImputer").setting("median")]);
/// assert_eq!(boxes.to_string(), "ColumnTransformer\n└─ numeric: SimpleImputer(median)\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagram {
    title: String,
    settings: Vec<String>,
    branches: Vec<Branch>,
    /// Whether data passes the branches one after the other.
    stacked: bool,
}

/// Boxes that data passes one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Branch {
    name: String,
    #[serde(deserialize_with = "crate::persist::not_too_deep")]
    chain: Vec<Diagram>,
}

impl Diagram {
    /// A box with a title only.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            settings: Vec::new(),
            branches: Vec::new(),
            stacked: false,
        }
    }

    /// Adds a setting, shown in brackets behind the title: `median` or `c=1`.
    pub fn setting(mut self, setting: impl Into<String>) -> Self {
        self.settings.push(setting.into());
        self
    }

    /// Adds a setting if `differs` says that it is not the usual one.
    ///
    /// ```
    /// use ferrite_ml::Diagram;
    ///
    /// let label = Diagram::new("Knn").setting_if(false, "k=5").setting_if(true, "p=1").label();
    /// assert_eq!(label, "Knn(p=1)");
    /// ```
    pub fn setting_if(self, differs: bool, setting: impl Into<String>) -> Self {
        if differs { self.setting(setting) } else { self }
    }

    /// Adds a named chain of boxes inside this one.
    pub fn branch(
        mut self,
        name: impl Into<String>,
        chain: impl IntoIterator<Item = Diagram>,
    ) -> Self {
        self.branches.push(Branch {
            name: name.into(),
            chain: chain.into_iter().collect(),
        });
        self
    }

    /// Puts the branches below each other, for data that passes one after the
    /// other; otherwise they stand side by side.
    pub(crate) fn stacked(mut self) -> Self {
        self.stacked = true;
        self
    }

    /// The title without its settings: `LogisticRegression`.
    ///
    /// ```
    /// use ferrite_ml::Diagram;
    ///
    /// assert_eq!(Diagram::new("Knn").setting("k=5").title(), "Knn");
    /// ```
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The title with its settings: `LogisticRegression(c=1)`.
    ///
    /// ```
    /// use ferrite_ml::Diagram;
    ///
    /// assert_eq!(Diagram::new("Knn").setting("k=5").label(), "Knn(k=5)");
    /// ```
    pub fn label(&self) -> String {
        if self.settings.is_empty() {
            return self.title.clone();
        }
        format!("{}({})", self.title, self.settings.join(", "))
    }

    fn write_branches(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        for (i, branch) in self.branches.iter().enumerate() {
            let last = i + 1 == self.branches.len();
            let labels: Vec<String> = branch.chain.iter().map(Diagram::label).collect();
            let chain = if labels.is_empty() {
                "as is".to_owned()
            } else {
                labels.join(" → ")
            };
            let corner = if last { "└─" } else { "├─" };
            writeln!(f, "{indent}{corner} {}: {chain}", branch.name)?;
            let below = format!("{indent}{}", if last { "   " } else { "│  " });
            for inner in &branch.chain {
                inner.write_branches(f, &below)?;
            }
        }
        Ok(())
    }

    /// The boxes as HTML, for use inside [`ferrite_display::html::card`].
    ///
    /// ```
    /// let html = ferrite_ml::Diagram::new("a < b").to_html();
    /// assert!(html.contains("a &lt; b"));
    /// ```
    pub fn to_html(&self) -> String {
        let mut html = STYLE.to_owned();
        self.write_html(&mut html);
        html
    }

    fn write_html(&self, html: &mut String) {
        let leaf = if self.branches.is_empty() {
            " fe-leaf"
        } else {
            ""
        };
        html.push_str(&format!(
            "<div class=\"fe-box{leaf}\"><div class=\"fe-title\">"
        ));
        html.push_str(&escape(&self.title));
        if !self.settings.is_empty() {
            let settings = escape(&self.settings.join(", "));
            html.push_str(&format!(" <span class=\"dim\">{settings}</span>"));
        }
        html.push_str("</div>");
        if !self.branches.is_empty() {
            let stack = if self.stacked { " fe-stack" } else { "" };
            html.push_str(&format!("<div class=\"fe-branches{stack}\">"));
            for branch in &self.branches {
                let name = escape(&branch.name);
                html.push_str(&format!(
                    "<div class=\"fe-branch\"><div class=\"dim\">{name}</div>"
                ));
                if branch.chain.is_empty() {
                    html.push_str("<div class=\"fe-box fe-leaf dim\">as is</div>");
                }
                for inner in &branch.chain {
                    inner.write_html(html);
                }
                html.push_str("</div>");
            }
            html.push_str("</div>");
        }
        html.push_str("</div>");
    }
}

impl fmt::Display for Diagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.label())?;
        self.write_branches(f, "")
    }
}

const STYLE: &str = "<style>\
.ferrite .fe-box{border:1px solid var(--fe-line);border-radius:7px;padding:5px 11px;width:fit-content}\
.ferrite .fe-leaf{background:var(--fe-soft);border-left:3px solid var(--fe-accent)}\
.ferrite .fe-title{font-weight:600}.ferrite .fe-title .dim{font-size:12px}\
.ferrite .fe-branches{display:flex;gap:12px;align-items:flex-start;flex-wrap:wrap;margin:5px 0}\
.ferrite .fe-branch{display:flex;flex-direction:column;gap:3px}\
.ferrite .fe-branch>.dim{font-size:11px}\
.ferrite .fe-stack{flex-direction:column;gap:2px}\
.ferrite .fe-branch>.fe-box+.fe-box::before,.ferrite .fe-stack>.fe-branch+.fe-branch::before\
{content:\"↓\";display:block;color:var(--fe-dim);font-size:11px;line-height:1;font-weight:400}\
.ferrite .fe-branch>.fe-box+.fe-box{position:relative;margin-top:14px}\
.ferrite .fe-branch>.fe-box+.fe-box::before{position:absolute;top:-16px;left:14px}\
.ferrite .fe-stack>.fe-branch+.fe-branch::before{margin:1px 0 1px 14px}\
</style>";

/// A diagram as the last line of a cell.
impl Show for Diagram {
    fn show(&self) -> MimeBundle {
        MimeBundle::text(self.to_string().trim_end()).html(card(&self.to_html()))
    }
}

/// Recipes that show their box as the last line of a cell, by the trait that has it.
macro_rules! shown {
    ($trait:ident: $($type:ident),* $(,)?) => {
        $(impl ferrite_display::Show for $type {
            fn show(&self) -> ferrite_display::MimeBundle {
                ferrite_display::Show::show(&$trait::diagram(self))
            }
        })*
    };
}
pub(crate) use shown;
