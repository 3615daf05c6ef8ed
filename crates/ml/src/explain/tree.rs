//! The questions of a tree, written and drawn.

use std::fmt::Write;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};

use super::COLORS;
use crate::MlError;
use crate::model::{TreeNode, TreeView};
use crate::pipeline::FittedPipeline;

/// One tree of a fitted pipeline. It shows itself as a drawing; as text it reads
/// like scikit-learn's `export_text`.
///
/// ```
/// use ferrite_ml::{DecisionTreeClassifier, MlError, Pipeline};
/// use polars::df;
///
/// let frame = df!["length" => [1, 2, 3, 4], "y" => ["short", "short", "long", "long"]]?;
/// let fitted = Pipeline::new().model(DecisionTreeClassifier::new()).fit(&frame, "y")?;
/// assert_eq!(
///     fitted.tree(0)?.text(),
///     "|--- length <= 2.5\n\
///      |   |--- class: short (2 rows)\n\
///      |--- length > 2.5\n\
///      |   |--- class: long (2 rows)\n"
/// );
/// # Ok::<(), MlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TreeDrawing {
    tree: TreeView,
    features: Vec<String>,
    outputs: Vec<String>,
    classes: bool,
    deepest: usize,
}

impl FittedPipeline {
    /// One of the trees that the model is made of; the first is number 0.
    pub fn tree(&self, number: usize) -> Result<TreeDrawing, MlError> {
        let unable = |reason| MlError::Unable {
            model: "tree",
            reason,
        };
        let trees = self
            .learned()
            .trees()
            .ok_or_else(|| unable(format!("{} is not made of trees", self.model_title())))?;
        // What boosting starts from is no tree to look at.
        let grown: Vec<TreeView> = trees.into_iter().filter(|tree| !tree.is_start()).collect();
        let count = grown.len();
        let tree = grown.into_iter().nth(number).ok_or_else(|| {
            unable(format!(
                "there is no tree {number}; the model has {count}, from 0 on"
            ))
        })?;
        Ok(TreeDrawing {
            outputs: self.output_names(tree.outputs()),
            classes: tree.unit() == "probability",
            tree,
            features: self.feature_names().to_vec(),
            deepest: 4,
        })
    }
}

/// Sizes of the drawing in pixels.
const HEIGHT: f64 = 62.0;
const GAP: (f64, f64) = (12.0, 34.0);

impl TreeDrawing {
    /// Draws and writes at most this many questions below each other; 4 unless set.
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.deepest = depth;
        self
    }

    /// The tree itself.
    pub fn view(&self) -> &TreeView {
        &self.tree
    }

    /// All questions as indented text, down to the given depth.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Each entry is a line, or a node whose lines are still to come.
        let mut pending = vec![(0, 0, None)];
        while let Some((at, depth, question)) = pending.pop() {
            let node = &self.tree.nodes()[at];
            let mut indent = depth;
            if let Some(question) = question {
                let _ = writeln!(text, "{}|--- {question}", "|   ".repeat(depth - 1));
                indent = depth;
            }
            match node.feature {
                Some(_) if depth >= self.deepest => {
                    let _ = writeln!(text, "{}|--- … ({} rows)", "|   ".repeat(indent), node.rows);
                }
                Some(feature) => {
                    let (name, threshold) = (self.feature(feature), number(node.threshold));
                    pending.push((node.right, depth + 1, Some(format!("{name} > {threshold}"))));
                    pending.push((node.left, depth + 1, Some(format!("{name} <= {threshold}"))));
                }
                None => {
                    let _ = writeln!(
                        text,
                        "{}|--- {}{}",
                        "|   ".repeat(indent),
                        self.answer(node),
                        rows(node)
                    );
                }
            }
        }
        text
    }

    fn feature(&self, feature: usize) -> &str {
        self.features.get(feature).map_or("?", String::as_str)
    }

    /// What a node says: a class, or a number.
    fn answer(&self, node: &TreeNode) -> String {
        if self.classes {
            return format!("class: {}", self.outputs[self.class(node)]);
        }
        let value = node
            .value
            .iter()
            .copied()
            .find(|value| *value != 0.0)
            .unwrap_or(0.0);
        format!(
            "{}: {}",
            self.tree.unit(),
            number(value / self.tree.scale())
        )
    }

    fn class(&self, node: &TreeNode) -> usize {
        let mut best = 0;
        for (class, share) in node.value.iter().enumerate() {
            if *share > node.value[best] {
                best = class;
            }
        }
        best
    }

    /// The nodes that are drawn, with the middle of each box in units of boxes.
    fn places(&self) -> Vec<(usize, f64, usize)> {
        let mut next = 0.0;
        let mut places = Vec::new();
        self.place(0, 0, &mut next, &mut places);
        places
    }

    fn place(
        &self,
        at: usize,
        depth: usize,
        next: &mut f64,
        places: &mut Vec<(usize, f64, usize)>,
    ) -> f64 {
        let node = &self.tree.nodes()[at];
        let middle = if node.feature.is_none() || depth >= self.deepest {
            *next += 1.0;
            *next - 0.5
        } else {
            let left = self.place(node.left, depth + 1, next, places);
            let right = self.place(node.right, depth + 1, next, places);
            (left + right) / 2.0
        };
        places.push((at, middle, depth));
        middle
    }

    /// The drawing, for use inside of HTML that has the colours of the theme.
    fn svg(&self) -> String {
        let places = self.places();
        let wide = places.iter().map(|place| place.1 + 0.5).fold(1.0, f64::max);
        let deep = places.iter().map(|place| place.2).max().unwrap_or(0) as f64 + 1.0;
        let each = self.box_width(&places);
        let (width, height) = (wide * (each + GAP.0), deep * (HEIGHT + GAP.1) - GAP.1 + 4.0);
        let corner = |(_, middle, depth): (usize, f64, usize)| {
            let left = middle * (each + GAP.0) - each / 2.0;
            (left, 2.0 + depth as f64 * (HEIGHT + GAP.1))
        };
        let mut svg = format!(
            "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
             role=\"img\" aria-label=\"decision tree\" style=\"font-size:12px;max-width:100%;\
             height:auto;min-width:{least:.0}px\">",
            // Smaller on a narrow page, while it can still be read.
            least = 0.7 * width,
        );
        for place in &places {
            let node = &self.tree.nodes()[place.0];
            let (left, top) = corner(*place);
            for (child, word) in [(node.left, "yes"), (node.right, "no")] {
                let below = places
                    .iter()
                    .find(|other| other.0 == child && other.2 == place.2 + 1);
                let Some(below) = below.filter(|_| node.feature.is_some()) else {
                    continue;
                };
                let to = corner(*below);
                let (x1, y1) = (left + each / 2.0, top + HEIGHT);
                let (x2, y2) = (to.0 + each / 2.0, to.1);
                let _ = write!(
                    svg,
                    "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"var(--fe-dim)\"/>\
                     <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"var(--fe-dim)\" stroke=\"Canvas\" \
                     stroke-width=\"4\" paint-order=\"stroke\">{word}</text>",
                    (x1 + x2) / 2.0 + if word == "yes" { -14.0 } else { 14.0 },
                    (y1 + y2) / 2.0 + 4.0,
                );
            }
            self.draw_node(&mut svg, node, (left, top, each), place.2);
        }
        svg + "</svg>"
    }

    /// What a node asks, or what it answers.
    fn question(&self, node: &TreeNode, depth: usize) -> String {
        match node.feature {
            Some(_) if depth >= self.deepest => "…".to_owned(),
            Some(feature) => format!("{} ≤ {}", self.feature(feature), number(node.threshold)),
            None => self.answer(node),
        }
    }

    /// The width of all boxes, so that the longest question stands in its own.
    fn box_width(&self, places: &[(usize, f64, usize)]) -> f64 {
        let longest = places
            .iter()
            .map(|place| self.question(&self.tree.nodes()[place.0], place.2))
            .map(|question| shortened(&question).chars().count())
            .max()
            .unwrap_or(0);
        // Digits and most letters of a font of 12 pixels are less than 7 wide.
        (longest as f64 * 7.0 + 16.0).max(120.0)
    }

    fn draw_node(
        &self,
        svg: &mut String,
        node: &TreeNode,
        (left, top, width): (f64, f64, f64),
        depth: usize,
    ) {
        let title = self.question(node, depth);
        let second = match node.feature {
            Some(_) => self.answer(node),
            None => String::new(),
        };
        let _ = write!(
            svg,
            "<g><title>{title} — impurity {impurity}{rows}</title>\
             <rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.0}\" height=\"{}\" rx=\"6\" fill=\"var(--fe-soft)\" \
             stroke=\"var(--fe-line)\"/>",
            width,
            HEIGHT,
            title = escape(&title),
            impurity = number(node.impurity),
            rows = rows(node),
        );
        let lines = [(title, "currentColor"), (second, "var(--fe-dim)")];
        let count = format!("{} rows", node.rows);
        let count = if node.rows > 0 { count } else { String::new() };
        let lines = lines.into_iter().chain([(count, "var(--fe-dim)")]);
        for (at, (line, color)) in lines.filter(|(line, _)| !line.is_empty()).enumerate() {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{color}\">{}</text>",
                left + width / 2.0,
                top + 16.0 + 15.0 * at as f64,
                escape(&shortened(&line)),
            );
        }
        if self.classes {
            let sum: f64 = node.value.iter().sum();
            let mut x = left + 6.0;
            for (class, share) in node.value.iter().enumerate() {
                let width = share / sum.max(f64::MIN_POSITIVE) * (width - 12.0);
                if width > 0.0 {
                    let _ = write!(
                        svg,
                        "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"5\" fill=\"{}\">\
                         <title>{}: {:.1} %</title></rect>",
                        top + HEIGHT - 9.0,
                        COLORS[class % COLORS.len()],
                        escape(&self.outputs[class]),
                        100.0 * share / sum,
                    );
                }
                x += width;
            }
        }
        svg.push_str("</g>");
    }
}

fn rows(node: &TreeNode) -> String {
    match node.rows {
        0 => String::new(),
        1 => " (1 row)".to_owned(),
        rows => format!(" ({rows} rows)"),
    }
}

/// At most four digits behind the point, without zeros at the end.
fn number(value: f64) -> String {
    if value != 0.0 && (value.abs() < 1e-3 || value.abs() >= 1e7) {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 28;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let end: String = text
        .chars()
        .skip(text.chars().count() - (LONGEST - 1))
        .collect();
    format!("…{end}")
}

impl Show for TreeDrawing {
    fn show(&self) -> MimeBundle {
        let html = format!("<div style=\"overflow-x:auto\">{}</div>", self.svg());
        MimeBundle::text(self.text().trim_end()).html(card(&html))
    }
}
