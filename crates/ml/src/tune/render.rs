//! How a search looks, on its way and at its end.

use std::fmt::Write;
use std::time::Duration;

use ferrite_display::html::{card, escape};
use ferrite_display::{MimeBundle, Show};

use super::engine::best;
use super::search::Search;
use super::space::Dimension;
use super::trial::Trial;
use crate::compare::aligned;
use crate::metrics::{Metric, significant};
use crate::params::ParamValue;
use crate::validate::{bar_html, duration, stats};

/// Rows of the table of best trials.
const TOP: usize = 5;

/// A search on its way: a bar, the scores so far, the best values.
pub(super) fn live(
    name: &str,
    space: &[(String, Dimension)],
    metric: &Metric,
    done: &[Trial],
    total: usize,
    elapsed: Duration,
) -> MimeBundle {
    let mut word = format!("{name}: trial {} of {total}", done.len());
    if !done.is_empty() {
        let left =
            elapsed.as_secs_f64() / done.len() as f64 * (total.saturating_sub(done.len())) as f64;
        let _ = write!(word, " · {} left", duration(left));
    }
    if let Some(best) = best(done) {
        let score = significant(stats::mean(&done[best].scores(0)));
        let _ = write!(word, " · best {} {score}", metric.name());
    }
    let html = format!(
        "{}{}{}",
        bar_html(&word, done.len(), total),
        history(metric, done, total),
        table_html(space, std::slice::from_ref(metric), done, 3)
    );
    MimeBundle::text(word).html(card(&html))
}

/// A dot for each trial in their order, and a line for the best so far.
fn history(metric: &Metric, done: &[Trial], total: usize) -> String {
    const WIDTH: f64 = 560.0;
    const HEIGHT: f64 = 130.0;
    const LEFT: f64 = 52.0;
    let scored: Vec<(usize, f64)> = done
        .iter()
        .enumerate()
        .filter(|(_, trial)| trial.error().is_none())
        .map(|(i, trial)| (i, stats::mean(&trial.scores(0))))
        .collect();
    if scored.is_empty() {
        return String::new();
    }
    // The worst tenth may lie outside: one bad trial must not flatten all others.
    let mut sorted: Vec<f64> = scored
        .iter()
        .map(|(_, value)| metric.goodness(*value))
        .collect();
    sorted.sort_by(f64::total_cmp);
    let high = sorted[sorted.len() - 1];
    let low = sorted[sorted.len() / 10];
    let apart = if high > low {
        high - low
    } else {
        high.abs().max(1e-3) * 0.1
    };
    let (low, high) = (low - 0.08 * apart, high + 0.08 * apart);
    let x = |trial: usize| {
        LEFT + 8.0 + (trial as f64 + 0.5) / total.max(1) as f64 * (WIDTH - LEFT - 16.0)
    };
    let y = |goodness: f64| {
        let share = ((goodness - low) / (high - low)).clamp(0.0, 1.0);
        HEIGHT - 22.0 - share * (HEIGHT - 34.0)
    };
    let mut svg = format!(
        "<svg width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{} by trial\" style=\"display:block;max-width:100%;margin:4px 0\" \
         font-size=\"11\" fill=\"var(--fe-dim)\">",
        escape(metric.name())
    );
    let sign = if metric.greater_is_better() {
        1.0
    } else {
        -1.0
    };
    for (value, label) in ticks((sign * low).min(sign * high), (sign * low).max(sign * high)) {
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{0:.1}\" y2=\"{0:.1}\" stroke=\"var(--fe-line)\"/>\
             <text x=\"{1}\" y=\"{2:.1}\" text-anchor=\"end\">{label}</text>",
            y(sign * value),
            LEFT - 6.0,
            y(sign * value) + 4.0,
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">trial {total}</text>\
         <text x=\"{LEFT}\" y=\"{1:.0}\">{2} of each trial, best so far</text>",
        WIDTH,
        HEIGHT - 5.0,
        escape(metric.name())
    );
    let mut path = String::new();
    let mut record = f64::NEG_INFINITY;
    for (trial, value) in &scored {
        let goodness = metric.goodness(*value);
        let at = x(*trial);
        if goodness > record {
            let _ = match path.is_empty() {
                true => write!(path, "M{at:.1} {:.1}", y(goodness)),
                false => write!(path, "H{at:.1}V{:.1}", y(goodness)),
            };
            record = goodness;
        }
    }
    let last = scored.last().map_or(0.0, |(trial, _)| x(*trial));
    let _ = write!(
        svg,
        "<path d=\"{path}H{last:.1}\" fill=\"none\" stroke=\"var(--fe-accent)\" stroke-width=\"2\"/>"
    );
    for (trial, value) in &scored {
        let goodness = metric.goodness(*value);
        let colour = if goodness == record {
            "--fe-accent"
        } else {
            "--fe-dim"
        };
        let title = format!("<title>trial {trial}: {}</title>", significant(*value));
        let (at, height) = (x(*trial), y(goodness));
        let _ = match goodness < low {
            // Worse than the chart reaches: an arrow to where it would be.
            true => write!(
                svg,
                "<path d=\"M{:.1} {:.1}h7l-3.5 6z\" fill=\"var(--fe-dim)\" fill-opacity=\".6\">\
                 {title}</path>",
                at - 3.5,
                height - 5.0
            ),
            false => write!(
                svg,
                "<circle cx=\"{at:.1}\" cy=\"{height:.1}\" r=\"3\" fill=\"var({colour})\" \
                 fill-opacity=\".6\">{title}</circle>"
            ),
        };
    }
    svg + "</svg>"
}

/// Round numbers within a range, three to five of them, with what they are written as.
fn ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let rough = (high - low) / 4.5;
    if !(rough > 0.0 && rough.is_finite()) {
        return Vec::new();
    }
    let power = rough.log10().floor();
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|first| first * 10.0_f64.powf(power))
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(rough);
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    // Of numbers that hardly differ the step may be lost in rounding.
    (0..=(last - first).clamp(0.0, 9.0) as usize)
        .map(|number| (first + number as f64) * step)
        .map(|value| (value, format!("{:.decimals$}", value + 0.0)))
        .collect()
}

/// A value as a person reads it: four digits are enough to recognise a number.
fn short(value: &ParamValue) -> String {
    match value {
        ParamValue::Number(value) => significant(*value),
        other => other.to_string(),
    }
}

/// The best trials, with a heading; of equal ones the earlier.
fn top(
    space: &[(String, Dimension)],
    metrics: &[Metric],
    done: &[Trial],
    count: usize,
) -> Vec<Vec<String>> {
    let mut order: Vec<usize> = (0..done.len())
        .filter(|i| done[*i].error().is_none())
        .collect();
    order.sort_by(|a, b| {
        let key = |i: &usize| (done[*i].round, done[*i].goodness);
        key(b)
            .partial_cmp(&key(a))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut heading = vec!["trial".to_owned(), metrics[0].name().to_owned()];
    heading.extend(metrics[1..].iter().map(|metric| metric.name().to_owned()));
    heading.extend(space.iter().map(|(name, _)| name.clone()));
    let mut table = vec![heading];
    for i in order.into_iter().take(count) {
        let mut row = vec![i.to_string()];
        for metric in 0..metrics.len() {
            let scores = done[i].scores(metric);
            let (mean, spread) = stats::mean_and_spread(&scores);
            row.push(format!("{mean} ± {spread}"));
        }
        row.extend(done[i].values.iter().map(short));
        table.push(row);
    }
    table
}

fn table_html(
    space: &[(String, Dimension)],
    metrics: &[Metric],
    done: &[Trial],
    count: usize,
) -> String {
    let table = top(space, metrics, done, count);
    if table.len() < 2 {
        return String::new();
    }
    // Numbers stand below each other, words begin below each other.
    let values = 1 + metrics.len();
    let numeric = |column: usize| {
        let value = |trial: &Trial| {
            column
                .checked_sub(values)
                .and_then(|at| trial.values.get(at).cloned())
        };
        !done
            .iter()
            .filter_map(value)
            .any(|value| matches!(value, ParamValue::Text(_)))
    };
    let numeric: Vec<bool> = (0..table[0].len()).map(numeric).collect();
    let class = |column: usize| {
        if numeric[column] {
            " class=\"num\""
        } else {
            ""
        }
    };
    let mut html = "<table><thead><tr>".to_owned();
    for (i, cell) in table[0].iter().enumerate() {
        html.push_str(&format!("<th{}>{}</th>", class(i), escape(cell)));
    }
    html.push_str("</tr></thead><tbody>");
    for (rank, row) in table[1..].iter().enumerate() {
        html.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            let cell = if rank == 0 && i > 0 {
                format!("<b>{cell}</b>")
            } else {
                cell
            };
            html.push_str(&format!("<td{}>{cell}</td>", class(i)));
        }
        html.push_str("</tr>");
    }
    html + "</tbody></table>"
}

/// Bars of importance, the longest first.
fn importance_html(importances: &[(String, f64)]) -> String {
    let mut sorted: Vec<&(String, f64)> = importances.iter().collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1));
    let longest = sorted.first().map_or(0.0, |(_, part)| *part);
    if sorted.len() < 2 || longest <= 0.0 {
        return String::new();
    }
    let mut html = "<div class=\"dim\" style=\"margin-top:8px\">importance: the part of the \
                    differences that a parameter explains by itself</div>\
                    <div style=\"display:grid;grid-template-columns:max-content 180px max-content;\
                    gap:3px 10px;align-items:center;width:max-content\">"
        .to_owned();
    for (name, part) in sorted {
        let _ = write!(
            html,
            "<span>{}</span><span style=\"height:10px;border-radius:2px;background:var(--fe-accent);\
             opacity:.85;width:{:.1}%\"></span><span class=\"dim\">{:.0} %</span>",
            escape(name),
            100.0 * part / longest,
            100.0 * part
        );
    }
    html + "</div>"
}

impl Show for Search {
    fn show(&self) -> MimeBundle {
        let summary = self.summary();
        let metric = &self.metrics[0];
        let found = format!("best {} {}", metric.name(), significant(self.best_score()));
        let mut text = format!("{found} with");
        for (name, value) in self.best_params() {
            let _ = write!(text, "\n  {name} = {}", short(value));
        }
        let table = top(&self.space, &self.metrics, &self.done, TOP);
        let _ = write!(text, "\n\n{}", aligned(&table).join("\n"));
        if self.importances.len() > 1 {
            text.push_str("\n\nimportance");
            for (name, part) in &self.importances {
                let _ = write!(text, "\n  {name}  {:.0} %", 100.0 * part);
            }
        }
        let _ = write!(text, "\n\n{summary}");
        let html = format!(
            "{}{}{}<div class=\"shape\" style=\"margin-top:6px\">{}</div>",
            history(metric, &self.done, self.done.len()),
            table_html(&self.space, &self.metrics, &self.done, TOP),
            importance_html(&self.importances),
            escape(&summary)
        );
        MimeBundle::text(text).html(card(&html))
    }
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn ticks_are_round_numbers() {
        let written = |low, high| -> Vec<String> {
            let ticks = ticks(low, high).into_iter();
            ticks.map(|(_, label)| label).collect()
        };
        assert_eq!(written(0.3654, 0.5683), ["0.40", "0.45", "0.50", "0.55"]);
        assert_eq!(written(0.81, 0.97), ["0.85", "0.90", "0.95"]);
        assert_eq!(
            written(-0.01, 0.01),
            ["-0.010", "-0.005", "0.000", "0.005", "0.010"]
        );
        assert_eq!(written(120.0, 4_000.0), ["1000", "2000", "3000", "4000"]);
        assert!(written(1.0, 1.0).is_empty());
        assert!(written(f64::NAN, 1.0).is_empty());
    }
}
