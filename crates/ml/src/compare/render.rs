//! How a leaderboard looks, while it fills in and when it is complete.

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};

use super::leaderboard::{Candidate, Leaderboard};
use crate::metrics::significant;
use crate::validate::strip::Scale;
use crate::validate::{bar_html, duration, stats};

impl Leaderboard {
    /// The table as far as it is, with a bar above it.
    pub(super) fn live(&self) -> MimeBundle {
        let done: usize = self.candidates.iter().map(Candidate::finished).sum();
        let all = self.candidates.len() * self.folds;
        let left = if done == 0 {
            String::new()
        } else {
            let left = self.seconds / done as f64 * (all - done) as f64;
            format!(" · {} left", duration(left))
        };
        let word = format!("fit {done} of {all}{left}");
        let html = format!("{}{}", bar_html(&word, done, all), self.to_html());
        MimeBundle::text(format!("{word}\n{}", self.to_text())).html(card(&html))
    }

    /// What stays of the live output when the leaderboard is there.
    pub(super) fn last_word(&self) -> String {
        let best = match self.leader() {
            Some(best) => {
                let value = significant(stats::mean(&best.values(0)));
                format!(
                    "best: {} with {} {value}",
                    best.name,
                    self.metrics[0].name()
                )
            }
            None => "all of them failed".to_owned(),
        };
        let count = self.candidates.len();
        format!(
            "compared {count} pipeline{} on {} folds in {}; {best}",
            if count == 1 { "" } else { "s" },
            self.folds,
            duration(self.seconds)
        )
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{} folds of {} rows to predict {}",
            self.folds, self.rows, self.target
        );
        match self.dropped {
            0 => {}
            1 => text.push_str("; 1 row without a target left out"),
            many => text.push_str(&format!("; {many} rows without a target left out")),
        }
        text.push_str("; mean ± standard deviation over folds");
        if self.leader().is_some() && self.candidates.len() > 1 && self.folds > 1 {
            text.push_str(
                "; difference to the best on the same folds with its 95 % interval \
                 (Nadeau and Bengio)",
            );
        }
        text
    }

    fn to_html(&self) -> String {
        let leader = self.leader();
        let values = self
            .candidates
            .iter()
            .filter(|c| c.error().is_none())
            .flat_map(|c| c.values(0));
        let scale = Scale::of(values, 160.0);
        let behind = |candidate: &Candidate| {
            let leader = leader?;
            let complete = candidate.error().is_none() && candidate.finished() == self.folds;
            (complete && candidate.name != leader.name).then(|| self.behind(candidate, leader))
        };
        let ends = self
            .candidates
            .iter()
            .filter_map(behind)
            .flat_map(|behind| {
                let half = behind.half.unwrap_or(0.0);
                [behind.mean - half, behind.mean + half, 0.0]
            });
        let differences = Scale::of(ends, 120.0);
        let mut html = STYLE.to_owned();
        html.push_str("<div class=\"fe-wide\"><table class=\"fe-board\"><thead><tr><th></th><th>pipeline</th>");
        for (i, metric) in self.metrics.iter().enumerate() {
            let better = if metric.greater_is_better() {
                "higher is better"
            } else {
                "lower is better"
            };
            let arrow = if metric.greater_is_better() {
                "↑"
            } else {
                "↓"
            };
            html.push_str(&format!(
                "<th class=\"num\" title=\"{better}\">{} <span class=\"dim\">{arrow}</span></th>",
                escape(metric.name())
            ));
            if i == 0 {
                html.push_str("<th>folds</th>");
            }
        }
        html.push_str(
            "<th>difference to best</th><th class=\"num\">fit</th><th class=\"num\">predict</th>\
             </tr></thead><tbody>",
        );
        let (failed, scored): (Vec<_>, Vec<_>) = (1..)
            .zip(&self.candidates)
            .partition(|(_, candidate)| candidate.error().is_some());
        for (rank, candidate) in scored {
            let best = leader.is_some_and(|leader| leader.name == candidate.name);
            html.push_str(&self.row(
                rank,
                candidate,
                best,
                &scale,
                &differences,
                behind(candidate),
            ));
        }
        // The ends of the scales, once, below their columns.
        if leader.is_some() {
            html.push_str("<tr class=\"fe-axis\"><td></td><td></td><td></td><td>");
            html.push_str(&scale.axis(end));
            html.push_str("</td>");
            html.push_str(&"<td></td>".repeat(self.metrics.len() - 1));
            html.push_str("<td>");
            if self
                .candidates
                .iter()
                .any(|candidate| behind(candidate).is_some())
            {
                html.push_str(&differences.axis_with_zero(|value| minus(&end(value))));
            }
            html.push_str("</td><td></td><td></td></tr>");
        }
        for (_, candidate) in failed {
            html.push_str(&self.failed_row(candidate));
        }
        html.push_str("</tbody></table></div>");
        html.push_str(&format!(
            "<div class=\"shape\">{}</div>",
            escape(&self.summary())
        ));
        html
    }

    fn row(
        &self,
        rank: usize,
        candidate: &Candidate,
        best: bool,
        scale: &Scale,
        differences: &Scale,
        behind: Option<super::leaderboard::Behind>,
    ) -> String {
        let (name, recipe) = named(candidate);
        let finished = candidate.finished();
        let complete = finished == self.folds;
        let place = match (best, complete) {
            (true, _) => "★".to_owned(),
            (false, true) => rank.to_string(),
            (false, false) => "·".to_owned(),
        };
        let class = match (best, finished) {
            (true, _) => " class=\"fe-best\"",
            (false, 0) => " class=\"fe-waiting\"",
            _ => "",
        };
        let mut row = format!(
            "<tr{class}><td class=\"fe-rank\">{place}</td><th title=\"{recipe}\">{name}</th>"
        );
        for i in 0..self.metrics.len() {
            let values = candidate.values(i);
            if values.is_empty() {
                row.push_str("<td class=\"num dim\">waiting</td>");
            } else {
                let (mean, spread) = score(&values);
                row.push_str(&format!(
                    "<td class=\"num\"><b>{mean}</b> <span class=\"dim\">± {spread}</span></td>"
                ));
            }
            if i == 0 {
                let label = format!("{} of {} folds", values.len(), self.folds);
                row.push_str(&format!("<td>{}</td>", scale.dots(&values, best, &label)));
            }
        }
        match behind {
            Some(behind) => {
                let text = difference(&behind);
                let ends = match interval(&behind) {
                    Some((low, high)) => {
                        format!(
                            "<div class=\"dim\">{} to {}</div>",
                            minus(&low),
                            minus(&high)
                        )
                    }
                    None => String::new(),
                };
                row.push_str(&format!(
                    "<td title=\"{}\"><div class=\"fe-diff\">{}<span>{}{ends}</span></div></td>",
                    escape(&text),
                    differences.interval(behind.mean, behind.half, &text),
                    minus(&signed(behind.mean))
                ));
            }
            None if best => row.push_str("<td class=\"dim\">best</td>"),
            None => row.push_str("<td></td>"),
        }
        for of in [
            |score: &crate::validate::rig::FoldScore| score.fit_seconds,
            |score: &crate::validate::rig::FoldScore| score.predict_seconds,
        ] {
            let text = if finished == 0 {
                String::new()
            } else {
                duration(candidate.seconds(of))
            };
            row.push_str(&format!("<td class=\"num dim\">{text}</td>"));
        }
        row + "</tr>"
    }

    /// A pipeline that came to no score, with the reason across the columns.
    fn failed_row(&self, candidate: &Candidate) -> String {
        let (name, recipe) = named(candidate);
        let error = candidate.error().unwrap_or("");
        let (first, rest) = error.split_once('\n').unwrap_or((error, ""));
        let advice = match rest.trim() {
            "" => String::new(),
            rest => format!("<div class=\"dim\">{}</div>", escape(rest)),
        };
        format!(
            "<tr class=\"fe-failed\"><td class=\"fe-rank\">✗</td><th title=\"{recipe}\">{name}</th>\
             <td colspan=\"{}\"><div class=\"fe-why\">{}{advice}</div></td></tr>",
            self.metrics.len() + 4,
            escape(first)
        )
    }

    fn to_text(&self) -> String {
        let leader = self.leader();
        let mut table = vec![vec![String::new(), "pipeline".to_owned()]];
        for metric in &self.metrics {
            table[0].push(metric.name().to_owned());
        }
        table[0].extend(["difference to best", "fit", "predict"].map(str::to_owned));
        let mut errors = Vec::new();
        for (rank, candidate) in (1..).zip(&self.candidates) {
            if let Some(error) = candidate.error() {
                errors.push(format!("✗ {}: {error}", candidate.name));
                continue;
            }
            let finished = candidate.finished();
            let mut row = vec![rank.to_string(), candidate.name.clone()];
            for i in 0..self.metrics.len() {
                let values = candidate.values(i);
                row.push(if values.is_empty() {
                    "waiting".to_owned()
                } else {
                    {
                        let (mean, spread) = score(&values);
                        format!("{mean} ± {spread}")
                    }
                });
            }
            row.push(match leader {
                Some(leader) if leader.name == candidate.name => "best".to_owned(),
                Some(leader) if finished == self.folds => {
                    difference(&self.behind(candidate, leader))
                }
                _ => String::new(),
            });
            for of in [
                |score: &crate::validate::rig::FoldScore| score.fit_seconds,
                |score: &crate::validate::rig::FoldScore| score.predict_seconds,
            ] {
                row.push(if finished == 0 {
                    String::new()
                } else {
                    duration(candidate.seconds(of))
                });
            }
            table.push(row);
        }
        let mut lines = aligned(&table);
        lines.extend(errors);
        lines.join("\n")
    }
}

/// Mean and spread: three decimals for scores around 1, else four digits that matter.
fn score(values: &[f64]) -> (String, String) {
    let (mean, std) = (stats::mean(values), stats::std(values));
    if (0.001..10.0).contains(&mean.abs()) && std < 10.0 {
        (format!("{mean:.3}"), format!("{std:.3}"))
    } else {
        (significant(mean), significant(std))
    }
}

/// The end of a scale: three digits place the dots well enough.
fn end(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (0.01..100.0).contains(&size) => format!("{value:.2}"),
        _ => significant(value),
    }
}

/// `-0.012 (-0.031 to +0.007)`.
fn difference(behind: &super::leaderboard::Behind) -> String {
    let mean = signed(behind.mean);
    match interval(behind) {
        Some((low, high)) => format!("{mean} ({low} to {high})"),
        None => mean,
    }
}

/// The ends of the interval, where there is one.
fn interval(behind: &super::leaderboard::Behind) -> Option<(String, String)> {
    let half = behind.half?;
    Some((signed(behind.mean - half), signed(behind.mean + half)))
}

/// A number with the sign that is as wide as a plus.
fn minus(number: &str) -> String {
    match number.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => number.to_owned(),
    }
}

/// A difference: three decimals, more if they are needed to tell its side of zero.
fn signed(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 0.00005 => format!("{value:+.0e}"),
        size if size < 0.0005 => format!("{value:+.4}"),
        size if size < 1.0 => format!("{value:+.3}"),
        _ => format!(
            "{}{}",
            if value > 0.0 { "+" } else { "" },
            significant(value)
        ),
    }
}

/// A candidate's name and, for the tooltip, its recipe.
fn named(candidate: &Candidate) -> (String, String) {
    let recipe = candidate.pipeline.diagram().to_string();
    (escape(&candidate.name), escape(recipe.trim_end()))
}

/// The rows with the columns below each other; the second one is text.
pub(crate) fn aligned(table: &[Vec<String>]) -> Vec<String> {
    let columns = table.first().map_or(0, Vec::len);
    let width = |column: usize| {
        table
            .iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    table
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| {
                    let padding = " ".repeat(width - cell.chars().count());
                    if column == 1 {
                        format!("{cell}{padding}")
                    } else {
                        format!("{padding}{cell}")
                    }
                })
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

// A failure's sentence fills the table's width and does not make it wider.
// `.fe-board` twice: the sheet of a later result on the page must not stripe these rows.
const STYLE: &str = "<style>\
.ferrite .fe-wide{overflow-x:auto}\
.ferrite .fe-board td,.ferrite .fe-board th{vertical-align:middle}\
.ferrite .fe-board.fe-board tbody tr{background:none}\
.ferrite .fe-board.fe-board td,.ferrite .fe-board.fe-board th{padding:4px 9px}\
.ferrite .fe-board tbody tr+tr>*{border-top:1px solid var(--fe-line)}\
.ferrite .fe-board.fe-board tbody tr.fe-axis>*{border-top:none;padding-top:0;padding-bottom:2px}\
.ferrite .fe-board tr.fe-best>*{background:color-mix(in srgb,var(--fe-accent) 10%,transparent)}\
.ferrite .fe-board tr.fe-best>:first-child{box-shadow:inset 3px 0 var(--fe-accent);color:var(--fe-accent)}\
.ferrite .fe-board.fe-board td.fe-rank{color:var(--fe-dim);text-align:center}\
.ferrite .fe-board tr.fe-waiting{opacity:.55}\
.ferrite .fe-board.fe-board tr.fe-failed>*{color:var(--fe-warn);vertical-align:top}\
.ferrite .fe-board.fe-board tr.fe-failed>td{white-space:normal}\
.ferrite .fe-board .fe-why{width:0;min-width:100%;text-wrap:pretty}\
.ferrite .fe-board svg{flex:none;max-width:none}\
.ferrite .fe-diff{display:flex;align-items:center;gap:8px}\
.ferrite .fe-diff>span{font-size:11.5px;line-height:1.2}.ferrite .fe-diff .dim{font-size:10.5px}\
</style>";

impl Show for Leaderboard {
    fn show(&self) -> MimeBundle {
        let text = format!("{}\n\n{}", self.to_text(), self.summary());
        MimeBundle::text(text).html(card(&self.to_html()))
    }
}
