//! Which ticks are labelled, and how, so that no two labels touch: fewer
//! numbers, turned or shortened names.

use crate::axis::Axis;
use crate::fonts;
use crate::layout::EM;
use crate::ticks::Tick;

/// From line to line of a label of several lines.
pub(crate) const LINE: f64 = 13.0;

/// The labels of one axis.
#[derive(Default)]
pub(crate) struct Labels {
    pub ticks: Vec<Tick>,
    /// Degrees clockwise.
    pub turn: f64,
    /// The pixels that they need beside the axis.
    pub room: f64,
}

/// Labels beside an axis of a height, none wider than `widest`.
pub(crate) fn vertical(axis: &Axis, height: f64, widest: f64) -> Labels {
    let mut ticks = axis.ticks((height / 36.0).clamp(3.0, 8.0) as usize);
    // Long names are broken if that keeps more of them.
    let lines = (height / (LINE * ticks.len().max(1) as f64)).min(3.0) as usize;
    for tick in &mut ticks {
        let broken = match fonts::width(&tick.label, EM) > widest {
            true => fonts::wrap(&tick.label, EM, widest, lines),
            false => Vec::new(),
        };
        tick.label = match broken.len() {
            // One word, of which the end tells more than the middle.
            0 | 1 => fonts::fit_name(&tick.label, EM, widest),
            _ => broken.join("\n"),
        };
    }
    // Of all names, also those that are left out: which ones are depends on the
    // height, which is not final when the room is asked for.
    let widths = ticks
        .iter()
        .flat_map(|tick| tick.label.lines())
        .map(|line| fonts::width(line, EM));
    let room = widths.fold(0.0, f64::max);
    if axis.is_named() {
        let stride = (14.0 * ticks.len() as f64 / height.max(1.0))
            .ceil()
            .max(1.0) as usize;
        ticks = ticks.into_iter().step_by(stride).collect();
    }
    ticks = apart(ticks, |one, next| {
        (axis.share(next.at) - axis.share(one.at)).abs() * height >= 13.0
    });
    Labels {
        ticks,
        turn: 0.0,
        room: room + 8.0,
    }
}

/// Labels below an axis between two places, no higher than `highest`; numbers
/// reach at most `beyond` pixels out of their axis.
pub(crate) fn horizontal(
    axis: &Axis,
    (left, right): (f64, f64),
    highest: f64,
    beyond: f64,
) -> Labels {
    if axis.categories.is_some() {
        return names(axis.ticks(0), left, right, highest);
    }
    let length = right - left;
    let within = |tick: &Tick| {
        let (at, half) = (
            axis.share(tick.at) * length,
            fonts::width(&tick.label, EM) / 2.0,
        );
        at - half >= -beyond && at + half <= length + beyond
    };
    let free = |one: &Tick, next: &Tick| {
        let apart = (axis.share(next.at) - axis.share(one.at)).abs() * length;
        let needed = fonts::width(&one.label, EM) + fonts::width(&next.label, EM);
        apart >= needed / 2.0 + 12.0
    };
    let mut most = (length / 55.0).clamp(3.0, 12.0) as usize;
    let mut ticks = axis.ticks(most);
    while most > 2
        && ticks
            .iter()
            .zip(ticks.iter().skip(1))
            .any(|(one, next)| !free(one, next))
    {
        most -= 1;
        ticks = axis.ticks(most);
    }
    ticks.retain(within);
    Labels {
        ticks: apart(ticks, free),
        turn: 0.0,
        room: 22.0,
    }
}

/// The ticks without those that do not stand free of the one before.
fn apart(ticks: Vec<Tick>, free: impl Fn(&Tick, &Tick) -> bool) -> Vec<Tick> {
    let mut kept: Vec<Tick> = Vec::with_capacity(ticks.len());
    for tick in ticks {
        if kept.last().is_none_or(|last| free(last, &tick)) {
            kept.push(tick);
        }
    }
    kept
}

/// Names level if they fit, in lines if need be, else slanted, else upright, else only some.
fn names(mut ticks: Vec<Tick>, left: f64, right: f64, highest: f64) -> Labels {
    const SLANT: f64 = -40.0;
    let slot = (right - left).max(1.0) / ticks.len().max(1) as f64;
    let width = |tick: &Tick| fonts::width(&tick.label, EM);
    let widest = ticks.iter().map(width).fold(0.0, f64::max);
    let level = |ticks| Labels {
        ticks,
        turn: 0.0,
        room: 22.0,
    };
    if widest <= slot - 6.0 {
        return level(ticks);
    }
    if let Some(lines) = broken(&ticks, slot - 6.0) {
        let most = lines.iter().map(Vec::len).max().unwrap_or(1);
        for (tick, lines) in ticks.iter_mut().zip(&lines) {
            tick.label = lines.join("\n");
        }
        return Labels {
            ticks,
            turn: 0.0,
            room: 22.0 + LINE * most.saturating_sub(1) as f64,
        };
    }
    if slot < 13.0 && widest <= 40.0 {
        let stride = ((widest + 8.0) / slot).ceil() as usize;
        return level(ticks.into_iter().step_by(stride).collect());
    }
    let turn: f64 = if slot >= 20.0 { SLANT } else { -90.0 };
    let stride = (13.0 / slot).ceil().max(1.0) as usize;
    ticks = ticks.into_iter().step_by(stride).collect();
    let (sin, cos) = turn.to_radians().abs().sin_cos();
    let longest = ((highest - 22.0) / sin).clamp(20.0, 150.0);
    let mut reach: f64 = 0.0;
    for tick in &mut ticks {
        // A slanted name ends below its tick and must not begin off the card.
        let from_left = left + (tick.at + 0.5) * slot;
        let longest = if cos > 0.1 {
            longest.min((from_left - 4.0) / cos)
        } else {
            longest
        };
        tick.label = fonts::fit_name(&tick.label, EM, longest);
        reach = reach.max(fonts::width(&tick.label, EM));
    }
    Labels {
        ticks,
        turn,
        room: reach * sin + EM * cos + 12.0,
    }
}

/// Names in up to three lines of a width, if all words of all of them fit.
fn broken(ticks: &[Tick], room: f64) -> Option<Vec<Vec<String>>> {
    if room < 30.0 {
        return None;
    }
    let lines = |tick: &Tick| {
        let lines = fonts::wrap(&tick.label, EM, room, 3);
        let whole = lines
            .iter()
            .flat_map(|line| line.split(' '))
            .eq(tick.label.split_whitespace());
        whole.then_some(lines)
    };
    ticks.iter().map(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Scale;

    fn categories(names: impl Iterator<Item = String>) -> Labels {
        horizontal(
            &Axis::of_categories("", names.collect()),
            (50.0, 550.0),
            120.0,
            0.0,
        )
    }

    #[test]
    fn short_names_stay_level() {
        let labels = categories(
            ["Adelie", "Chinstrap", "Gentoo"]
                .into_iter()
                .map(String::from),
        );
        assert_eq!((labels.ticks.len(), labels.turn), (3, 0.0));
    }

    #[test]
    fn names_of_several_words_are_broken() {
        let names = [
            "gradient boosting",
            "random forest",
            "support vectors (linear)",
        ];
        let labels = categories(names.iter().cycle().take(7).map(|name| name.to_string()));
        assert_eq!(
            (labels.ticks[0].label.as_str(), labels.turn),
            ("gradient\nboosting", 0.0)
        );
        assert_eq!(labels.ticks[2].label, "support\nvectors\n(linear)");
        assert_eq!(labels.room, 22.0 + 2.0 * LINE);
    }

    #[test]
    fn names_beside_an_axis_are_broken_where_there_is_room() {
        let names = ["the staff was friendly", "Donaudampfschifffahrt"];
        let axis = Axis::of_categories("", names.map(String::from).into());
        let labels = |height| {
            let labels = vertical(&axis, height, 80.0);
            labels
                .ticks
                .into_iter()
                .map(|tick| tick.label)
                .collect::<Vec<_>>()
        };
        assert_eq!(labels(200.0)[0], "the staff was\nfriendly");
        let word = &labels(200.0)[1];
        assert!(word.starts_with("Don") && word.ends_with("hrt"), "{word}");
        assert!(!labels(40.0)[0].contains('\n'), "there is no room");
    }

    #[test]
    fn long_names_slant_and_are_cut() {
        let labels =
            categories((0..12).map(|i| format!("a name of considerable length, number {i}")));
        assert_eq!((labels.ticks.len(), labels.turn), (12, -40.0));
        assert!(labels.ticks.iter().all(|tick| tick.label.contains('…')));
        assert!(labels.room <= 120.0);
    }

    #[test]
    fn of_many_names_some_are_left_out() {
        let labels = categories((0..1000).map(|i| format!("category {i}")));
        assert!(labels.ticks.len() <= 45, "{}", labels.ticks.len());
    }

    #[test]
    fn numbers_do_not_touch() {
        let axis = Axis::around("", [1_000_000.0, 1_000_004.0].into_iter(), Scale::Linear);
        let labels = horizontal(&axis, (0.0, 250.0), 100.0, 40.0);
        assert!((2..=4).contains(&labels.ticks.len()), "{:?}", labels.ticks);
    }
}
