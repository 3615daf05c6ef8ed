//! A figure as a Vega-Lite document. It is made of the same marks as the
//! picture, so every kind of chart has an interactive form, and the two never
//! disagree about what is drawn.

mod layers;

use serde_json::{Map, Value, json};

use crate::axis::{Axis, Scale};
use crate::fonts::{self, STACK};
use crate::palette::{BACK, GRID, Paint, Rgb, TEXT, Theme};
use crate::plot::{Figure, Layer, Legend, Panel, Stroke};

use layers::Axes;

/// The document.
pub(crate) fn spec(
    figure: &Figure,
    title: Option<&str>,
    size: (u32, u32),
    theme: Theme,
    description: &str,
) -> Value {
    let columns = figure.columns.max(1);
    let rows = figure.panels.len().div_ceil(columns).max(1);
    let room = (f64::from(size.0) - 170.0, f64::from(size.1) - 90.0);
    let each = (
        (room.0 / columns as f64 - 20.0).max(80.0),
        (room.1 / rows as f64 - 20.0).max(80.0),
    );
    let mut notes = figure.notes.clone();
    let panels: Vec<Value> = figure
        .panels
        .iter()
        .flatten()
        .enumerate()
        .map(|(number, panel)| {
            let colors = Colors::new(&figure.legend, theme);
            unit(figure, panel, number, each, &colors, &mut notes)
        })
        .collect();
    notes.dedup();
    let mut spec = match panels.len() {
        1 => panels.into_iter().next().unwrap_or_default(),
        _ => json!({"concat": panels, "columns": columns}),
    };
    spec["$schema"] = json!("https://vega.github.io/schema/vega-lite/v5.json");
    spec["description"] = json!(description);
    if title.is_some() || !notes.is_empty() {
        let text = title.unwrap_or_default();
        spec["title"] = json!({"text": text, "subtitle": notes, "anchor": "start"});
    }
    if theme == Theme::Auto {
        spec["params"] = json!([{"name": "dark", "expr": DARK}]);
    }
    spec["config"] = config(theme);
    spec
}

fn config(theme: Theme) -> Value {
    let mut config = json!({
        "font": STACK,
        "view": {"stroke": null},
        "axis": {
            "domain": false, "ticks": false, "labelPadding": 6, "titlePadding": 9,
            "titleFontWeight": "normal",
        },
        "legend": {"titleFontWeight": "normal", "gradientOpacity": 1, "symbolOpacity": 1},
        "title": {"fontSize": 15, "fontWeight": "normal", "subtitleFontSize": 11},
    });
    if theme == Theme::Auto {
        // The frontend's own theme decides about the rest; its lines would be
        // as strong as the data.
        config["axis"]["gridColor"] = choice(PALE);
        return config;
    }
    let text = json!(TEXT.on(theme).hex());
    config["background"] = json!(BACK.on(theme).hex());
    config["axis"]["gridColor"] = json!(GRID.on(theme).hex());
    for (part, color) in [
        ("axis", "labelColor"),
        ("axis", "titleColor"),
        ("legend", "labelColor"),
        ("legend", "titleColor"),
        ("title", "color"),
        ("title", "subtitleColor"),
    ] {
        config[part][color] = text.clone();
    }
    config
}

/// The grid on the white and on the dark gray of Vega's own themes.
const PALE: Paint = Paint {
    light: GRID.light,
    dark: Rgb(0x47, 0x4b, 0x50),
};

/// Whether the page is dark: the frontend's theme gives the document its
/// background.
const DARK: &str = "background ? luminance(background) < 0.4 : false";

/// A colour that follows the page.
fn choice(paint: Paint) -> Value {
    let (light, dark) = (paint.light.hex(), paint.dark.hex());
    json!({"expr": format!("dark ? '{dark}' : '{light}'")})
}

/// The names of colours: a mark in the colour of a group belongs to it.
struct Colors {
    title: String,
    entries: Vec<(String, Paint)>,
    theme: Theme,
}

impl Colors {
    fn new(legend: &Legend, theme: Theme) -> Colors {
        let (title, entries) = match legend {
            Legend::Groups { title, entries, .. } => (title.clone(), entries.clone()),
            _ => (String::new(), Vec::new()),
        };
        Colors {
            title,
            entries,
            theme,
        }
    }

    fn group(&self, paint: Paint) -> Option<&str> {
        let mut same = self.entries.iter().filter(|entry| entry.1 == paint);
        same.next().map(|entry| entry.0.as_str())
    }

    /// A colour for the page that it will stand on.
    fn one(&self, paint: Paint) -> Value {
        if self.theme == Theme::Auto && paint.light != paint.dark {
            choice(paint)
        } else {
            json!(paint.on(self.theme).hex())
        }
    }

    /// How the marks of a layer are coloured.
    fn of(&self, mut paints: impl Iterator<Item = Paint> + Clone) -> Coloring<'_> {
        let named = paints.clone().all(|paint| self.group(paint).is_some());
        if named && !self.entries.is_empty() {
            return Coloring::Named(self);
        }
        match paints.next() {
            Some(first) if paints.all(|paint| paint == first) => Coloring::One(self, first),
            _ => Coloring::Each(self),
        }
    }

    /// The colours of the legend's entries.
    fn channel(&self) -> Value {
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.0.as_str()).collect();
        let colors: Vec<Value> = self.entries.iter().map(|entry| self.one(entry.1)).collect();
        let title = if self.title.is_empty() {
            Value::Null
        } else {
            json!(self.title)
        };
        json!({
            "field": "c", "type": "nominal", "title": title,
            "scale": {"domain": names, "range": colors},
        })
    }

    /// The key to the colours of a measure: a layer of which only that is seen.
    fn ramp(&self, legend: &Legend) -> Option<Value> {
        let Legend::Ramp {
            title,
            lo,
            hi,
            ramp,
            words,
        } = legend
        else {
            return None;
        };
        let stops: Vec<Value> = (0..=8)
            .map(|stop| self.one(ramp.at(f64::from(stop) / 8.0)))
            .collect();
        let title = if title.is_empty() {
            Value::Null
        } else {
            json!(title)
        };
        let key = match words {
            None => json!({"labelExpr": NUMBER}),
            Some([low, high]) => json!({
                "values": [lo, hi],
                "labelExpr": format!("datum.value > {lo} ? '{high}' : '{low}'"),
            }),
        };
        Some(json!({
            "data": {"values": [{"v": lo}, {"v": hi}]},
            "mark": {"type": "point", "size": 0, "filled": true, "tooltip": null},
            "encoding": {"color": {
                "field": "v", "type": "quantitative", "title": title,
                "scale": {"domain": [lo, hi], "range": stops},
                "legend": key,
            }},
        }))
    }
}

/// Where the colours of a layer's marks are written down.
enum Coloring<'a> {
    /// Each mark has the name of its group, `c`.
    Named(&'a Colors),
    /// All marks have the same colour.
    One(&'a Colors, Paint),
    /// Each mark has its colour, `c`, and `d` for dark pages.
    Each(&'a Colors),
}

impl Coloring<'_> {
    /// Writes a mark's colour into its data.
    fn put(&self, mut value: Value, paint: Paint) -> Value {
        match self {
            Coloring::One(..) => {}
            Coloring::Named(colors) => value["c"] = json!(colors.group(paint)),
            Coloring::Each(colors) => {
                value["c"] = json!(paint.on(colors.theme).hex());
                if colors.theme == Theme::Auto && paint.light != paint.dark {
                    value["d"] = json!(paint.dark.hex());
                }
            }
        }
        value
    }

    /// A layer of marks.
    fn layer(
        &self,
        values: Vec<Value>,
        mut mark: Value,
        mut encoding: Map<String, Value>,
    ) -> Value {
        let turning = values.iter().any(|value| value.get("d").is_some());
        match self {
            Coloring::Named(colors) => {
                encoding.insert("color".into(), colors.channel());
            }
            Coloring::One(colors, paint) => mark["color"] = colors.one(*paint),
            Coloring::Each(_) => {
                let color = json!({"field": "c", "type": "nominal", "scale": null});
                encoding.insert("color".into(), color);
            }
        }
        let mut layer = json!({"data": {"values": values}, "mark": mark, "encoding": encoding});
        if turning {
            let choice = "dark && datum.d ? datum.d : datum.c";
            layer["transform"] = json!([{"calculate": choice, "as": "c"}]);
        }
        layer
    }

    /// Whether the legend names the groups of the marks.
    fn is_named(&self) -> bool {
        matches!(self, Coloring::Named(_))
    }
}

/// One pair of axes.
fn unit(
    figure: &Figure,
    panel: &Panel,
    number: usize,
    (width, height): (f64, f64),
    colors: &Colors,
    notes: &mut Vec<String>,
) -> Value {
    let common = |own: &str, all: &str| {
        if own.is_empty() {
            all.to_owned()
        } else {
            own.to_owned()
        }
    };
    let axes = Axes {
        x: channel(
            &panel.x,
            &common(&panel.x.full_title(), &figure.x_title),
            width,
        ),
        y: channel(
            &panel.y,
            &common(&panel.y.title, &figure.y_title),
            f64::INFINITY,
        ),
        times: [&panel.x, &panel.y].map(|axis| axis.scale() == Scale::Time),
        titles: [
            common(&panel.x.title, &figure.x_title),
            common(&panel.y.title, &figure.y_title),
        ],
    };
    let mut layers: Vec<Value> = Vec::new();
    let mut rest = panel.layers.as_slice();
    while let Some((layer, after)) = rest.split_first() {
        rest = after;
        if let Layer::Path { .. } = layer {
            // Lines that look alike are one layer.
            let alike = 1 + after
                .iter()
                .take_while(|other| look(other) == look(layer))
                .count();
            let (lines, after) =
                panel.layers[panel.layers.len() - rest.len() - 1..].split_at(alike);
            layers.push(axes.paths(lines, colors));
            rest = after;
        } else {
            layers.extend(axes.layer(layer, colors, notes));
        }
    }
    let cells = panel
        .layers
        .iter()
        .any(|layer| matches!(layer, Layer::Cells(_)));
    if let Some(first) = layers.first_mut().filter(|_| !cells) {
        first["params"] = json!([{
            "name": format!("zoom{number}"), "select": "interval", "bind": "scales",
        }]);
    }
    // The first panel has the key for all.
    let ramp = colors.ramp(&figure.legend).filter(|_| number == 0);
    let has_ramp = ramp.is_some();
    layers.extend(ramp);
    let mut unit = json!({"width": width, "height": height, "layer": layers});
    if has_ramp {
        unit["resolve"] = json!({"scale": {"color": "independent"}});
    }
    if !panel.title.is_empty() {
        unit["title"] = json!({"text": panel.title, "fontSize": 12});
    }
    unit
}

fn look(layer: &Layer) -> Option<(u64, u64, Stroke)> {
    match layer {
        Layer::Path {
            width,
            opacity,
            style,
            ..
        } => Some((width.to_bits(), opacity.to_bits(), *style)),
        _ => None,
    }
}

/// An expression of Vega's: a number with commas from 10,000 on; years have none.
const NUMBER: &str = "format(datum.value, abs(datum.value) < 1e4 ? '~r' : ',~r')";

/// How an axis is drawn; names that need more than `room` pixels are slanted.
fn channel(axis: &Axis, title: &str, room: f64) -> Value {
    let (lo, hi) = axis.ends();
    let time = axis.scale() == Scale::Time;
    let end = |value: f64| json!(if time { value * 1000.0 } else { value });
    let scale = match axis.scale() {
        Scale::Linear => "linear",
        Scale::Log => "log",
        Scale::Time => "utc",
    };
    let mut marks = Map::new();
    let title = if title.is_empty() {
        Value::Null
    } else {
        json!(title)
    };
    marks.insert("title".into(), title);
    if axis.is_named() {
        let ticks = axis.ticks(0);
        let places: Vec<f64> = ticks.iter().map(|tick| tick.at).collect();
        let names: Vec<&str> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        // An expression of Vega's: the name whose place it is.
        let expression = format!("{}[indexof({}, datum.value)]", json!(names), json!(places));
        marks.insert("values".into(), json!(places));
        marks.insert("labelExpr".into(), json!(expression));
        marks.insert("grid".into(), json!(false));
        let widths = names.iter().map(|name| fonts::width(name, 11.0) + 10.0);
        let slanted = widths.sum::<f64>() > room;
        if slanted {
            marks.insert("labelAngle".into(), json!(-35));
        }
        // Vega takes the boxes of slanted names for the names, and would leave
        // out some that have room.
        let roomy = slanted && 16.0 * names.len() as f64 <= room;
        marks.insert("labelOverlap".into(), json!(!roomy));
    } else if let Some((first, names)) = axis.powers() {
        // Only powers of ten have a label, as in the picture.
        let power = "log(datum.value) / LN10";
        let expression = format!(
            "abs({power} - round({power})) < 1e-6 ? ({}[round({power}) - {first}] || \
             format(datum.value, '~r')) : ''",
            json!(names)
        );
        marks.insert("labelExpr".into(), json!(expression));
    } else if axis.scale() == Scale::Log {
        // 1, 2 and 5 times the powers of ten.
        let first = "datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9))";
        let expression = format!("indexof([1, 2, 5], round({first})) < 0 ? '' : {NUMBER}");
        marks.insert("labelExpr".into(), json!(expression));
    } else if !time {
        marks.insert("labelExpr".into(), json!(NUMBER));
    }
    let mut scale = json!({
        "type": scale, "domain": [end(lo), end(hi)], "nice": false, "reverse": axis.is_flipped(),
    });
    // Vega-Lite warns of it on any other scale.
    if axis.scale() == Scale::Linear {
        scale["zero"] = json!(false);
    }
    json!({
        "type": if time { "temporal" } else { "quantitative" },
        "scale": scale,
        "axis": marks,
    })
}
