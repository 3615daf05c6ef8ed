//! The layers of a panel as layers of Vega-Lite, each with its data inline.

use serde_json::{Map, Value, json};

use super::{Coloring, Colors};
use crate::palette::{BACK, Paint, TEXT};
use crate::plot::{Bar, Cell, Label, Layer, Point, Side, Stroke};
use crate::sample;

/// More points than this make a browser stand still; the picture has them all.
const MOST_POINTS: usize = 20_000;

/// The axes of a unit, which each of its layers repeats.
pub(super) struct Axes {
    pub x: Value,
    pub y: Value,
    /// Whether x and y are moments.
    pub times: [bool; 2],
    pub titles: [String; 2],
}

impl Axes {
    fn x_value(&self, value: f64) -> Value {
        number(if self.times[0] { value * 1000.0 } else { value })
    }

    fn y_value(&self, value: f64) -> Value {
        number(if self.times[1] { value * 1000.0 } else { value })
    }

    /// The channels x and y of fields of these names.
    fn encoding(&self) -> Map<String, Value> {
        let field = |channel: &Value, name: &str| {
            let mut channel = channel.clone();
            channel["field"] = json!(name);
            channel
        };
        let mut encoding = Map::new();
        encoding.insert("x".into(), field(&self.x, "x"));
        encoding.insert("y".into(), field(&self.y, "y"));
        encoding
    }

    /// A layer as one or more of Vega-Lite's.
    pub fn layer(&self, layer: &Layer, colors: &Colors, notes: &mut Vec<String>) -> Vec<Value> {
        match layer {
            Layer::Points {
                points,
                radius,
                opacity,
            } => vec![self.points(points, (*radius, *opacity), colors, notes)],
            Layer::Path { .. } => vec![self.paths(std::slice::from_ref(layer), colors)],
            Layer::Band {
                points,
                color,
                opacity,
                along_x,
            } => vec![self.band(points, *color, *opacity, *along_x, colors)],
            Layer::Segments {
                segments,
                color,
                width,
                style,
            } => vec![self.segments(segments, *color, *width, *style, colors)],
            Layer::Bars { bars, opacity, .. } => vec![self.bars(bars, *opacity, colors)],
            Layer::Cells(cells) => self.cells(cells, colors),
            Layer::Image {
                x,
                y,
                columns,
                colors: pixels,
                opacity,
            } => vec![self.image((*x, *y), *columns, pixels, *opacity, colors)],
            Layer::Labels { labels, .. } => self.labels(labels, colors),
        }
    }

    fn points(
        &self,
        points: &[Point],
        (radius, opacity): (f64, f64),
        colors: &Colors,
        notes: &mut Vec<String>,
    ) -> Value {
        let places = sample::places(points.len(), MOST_POINTS);
        if places.len() < points.len() {
            notes.push(format!(
                "{} of {} points are drawn",
                places.len(),
                points.len()
            ));
        }
        let shown = || places.iter().map(|place| &points[*place]);
        let coloring = colors.of(shown().map(|point| point.color));
        let value = |point: &Point| {
            let value = json!({"x": self.x_value(point.x), "y": self.y_value(point.y)});
            coloring.put(value, point.color)
        };
        let values: Vec<Value> = shown().map(value).collect();
        let mut encoding = self.encoding();
        let mut tip = vec![self.tip(0), self.tip(1)];
        if coloring.is_named() {
            let title = if colors.title.is_empty() {
                "group"
            } else {
                &colors.title
            };
            tip.push(json!({"field": "c", "type": "nominal", "title": title}));
        }
        encoding.insert("tooltip".into(), json!(tip));
        let size = 4.0 * radius * radius;
        let mark = json!({"type": "circle", "opacity": opacity, "size": size, "clip": true});
        coloring.layer(values, mark, encoding)
    }

    /// What a tooltip says of an axis.
    fn tip(&self, axis: usize) -> Value {
        let (field, channel) = [("x", &self.x), ("y", &self.y)][axis];
        let mut tip = json!({"field": field, "type": channel["type"], "title": self.titles[axis]});
        if self.times[axis] {
            tip["timeUnit"] = json!("utcyearmonthdatehoursminutes");
        }
        tip
    }

    /// Lines that look alike.
    pub fn paths(&self, lines: &[Layer], colors: &Colors) -> Value {
        let paths = || {
            lines.iter().filter_map(|layer| match layer {
                Layer::Path { points, color, .. } => Some((points, *color)),
                _ => None,
            })
        };
        let coloring = colors.of(paths().map(|path| path.1));
        let mut values = Vec::new();
        for (line, (points, color)) in paths().enumerate() {
            for (order, (x, y)) in points.iter().enumerate() {
                let value = json!({
                    "x": self.x_value(*x), "y": self.y_value(*y), "i": order, "l": line,
                });
                values.push(coloring.put(value, color));
            }
        }
        let (width, opacity, dash) = match lines.first() {
            Some(Layer::Path {
                width,
                opacity,
                style,
                ..
            }) => (*width, *opacity, dash(*style)),
            _ => (1.0, 1.0, json!([])),
        };
        let mut encoding = self.encoding();
        encoding.insert("detail".into(), json!({"field": "l", "type": "nominal"}));
        encoding.insert(
            "order".into(),
            json!({"field": "i", "type": "quantitative"}),
        );
        encoding.insert("tooltip".into(), json!([self.tip(0), self.tip(1)]));
        let mark = json!({
            "type": "line", "strokeWidth": width, "opacity": opacity, "strokeDash": dash,
            "strokeJoin": "round", "clip": true,
        });
        coloring.layer(values, mark, encoding)
    }

    fn band(
        &self,
        points: &[(f64, f64, f64)],
        color: Paint,
        opacity: f64,
        along_x: bool,
        colors: &Colors,
    ) -> Value {
        let value = |(at, lo, hi): &(f64, f64, f64)| {
            if along_x {
                json!({"x": self.x_value(*at), "y": self.y_value(*lo), "y2": self.y_value(*hi)})
            } else {
                json!({"y": self.y_value(*at), "x": self.x_value(*lo), "x2": self.x_value(*hi)})
            }
        };
        let values: Vec<Value> = points.iter().map(value).collect();
        let mut encoding = self.encoding();
        let second = if along_x { "y2" } else { "x2" };
        encoding.insert(second.into(), json!({"field": second}));
        let orient = if along_x { "vertical" } else { "horizontal" };
        json!({
            "data": {"values": values},
            "mark": {
                "type": "area", "opacity": opacity, "orient": orient, "clip": true,
                "color": colors.one(color),
            },
            "encoding": encoding,
        })
    }

    fn segments(
        &self,
        segments: &[[(f64, f64); 2]],
        color: Paint,
        width: f64,
        style: Stroke,
        colors: &Colors,
    ) -> Value {
        let value = |[from, to]: &[(f64, f64); 2]| {
            json!({
                "x": self.x_value(from.0), "y": self.y_value(from.1),
                "x2": self.x_value(to.0), "y2": self.y_value(to.1),
            })
        };
        let values: Vec<Value> = segments.iter().map(value).collect();
        json!({
            "data": {"values": values},
            "mark": {
                "type": "rule", "strokeWidth": width, "strokeDash": dash(style), "clip": true,
                "color": colors.one(color),
            },
            "encoding": self.corners(),
        })
    }

    /// The channels of what lies between two corners.
    fn corners(&self) -> Map<String, Value> {
        let mut encoding = self.encoding();
        encoding.insert("x2".into(), json!({"field": "x2"}));
        encoding.insert("y2".into(), json!({"field": "y2"}));
        // Vega-Lite 5.8 reads the ends of a time axis in two ways, once for each
        // corner, and warns that they differ; the corners say enough.
        for (channel, time) in ["x", "y"].into_iter().zip(self.times) {
            let scale = encoding.get_mut(channel).and_then(|it| it.get_mut("scale"));
            if let (true, Some(Value::Object(scale))) = (time, scale) {
                scale.remove("domain");
            }
        }
        encoding
    }

    fn bars(&self, bars: &[Bar], opacity: f64, colors: &Colors) -> Value {
        let coloring = colors.of(bars.iter().map(|bar| bar.color));
        let value = |bar: &Bar| {
            let value = json!({
                "x": self.x_value(bar.x.0), "x2": self.x_value(bar.x.1),
                "y": self.y_value(bar.y.0), "y2": self.y_value(bar.y.1),
                "t": bar.tip,
            });
            coloring.put(value, bar.color)
        };
        let values: Vec<Value> = bars.iter().map(value).collect();
        let mut encoding = self.corners();
        encoding.insert("tooltip".into(), json!({"field": "t", "type": "nominal"}));
        let mark = json!({"type": "rect", "opacity": opacity, "clip": true});
        coloring.layer(values, mark, encoding)
    }

    fn cells(&self, cells: &[Cell], colors: &Colors) -> Vec<Value> {
        let coloring = Coloring::Each(colors);
        let value = |cell: &Cell| {
            let (column, row) = (cell.column as f64, cell.row as f64);
            let value = json!({
                "x": column - 0.5, "x2": column + 0.5, "y": row - 0.5, "y2": row + 0.5,
                "t": cell.tip,
            });
            coloring.put(value, cell.color)
        };
        let values: Vec<Value> = cells.iter().map(value).collect();
        let mut encoding = self.corners();
        encoding.insert("tooltip".into(), json!({"field": "t", "type": "nominal"}));
        let mark = json!({"type": "rect", "stroke": colors.one(BACK), "strokeWidth": 1});
        let ground = coloring.layer(values, mark, encoding);
        if cells.len() > 400 {
            return vec![ground];
        }
        let value = |cell: &Cell| {
            let value = json!({
                "x": cell.column, "y": cell.row, "t": cell.lines.first(),
            });
            coloring.put(value, cell.color.ink())
        };
        let values: Vec<Value> = cells.iter().map(value).collect();
        let mut encoding = self.encoding();
        encoding.insert("text".into(), json!({"field": "t", "type": "nominal"}));
        let mark = json!({"type": "text", "fontSize": 11});
        vec![ground, coloring.layer(values, mark, encoding)]
    }

    /// Coarser than the picture: a rectangle for every few pixels.
    fn image(
        &self,
        (x, y): ((f64, f64), (f64, f64)),
        columns: usize,
        pixels: &[Paint],
        opacity: f64,
        colors: &Colors,
    ) -> Value {
        const COARSE: usize = 4;
        let rows = pixels.len() / columns.max(1);
        let at = |ends: (f64, f64), cell: usize, cells: usize| {
            ends.0 + (ends.1 - ends.0) * cell as f64 / cells.max(1) as f64
        };
        let coloring = Coloring::Each(colors);
        let mut values = Vec::new();
        for row in (0..rows).step_by(COARSE) {
            for column in (0..columns).step_by(COARSE) {
                let (down, across) = ((row + COARSE).min(rows), (column + COARSE).min(columns));
                let middle = (row + COARSE / 2).min(rows - 1) * columns
                    + (column + COARSE / 2).min(columns - 1);
                let value = json!({
                    "x": at(x, column, columns), "x2": at(x, across, columns),
                    "y": at(y, rows - row, rows), "y2": at(y, rows - down, rows),
                });
                values.push(coloring.put(value, pixels[middle]));
            }
        }
        let mark = json!({"type": "rect", "opacity": opacity, "clip": true});
        coloring.layer(values, mark, self.corners())
    }

    fn labels(&self, labels: &[Label], colors: &Colors) -> Vec<Value> {
        let sides = [
            (Side::Above, "center", 0, -9),
            (Side::Below, "center", 0, 9),
            (Side::Left, "right", -5, 0),
            (Side::Right, "left", 5, 0),
        ];
        let layer = |(side, align, dx, dy)| {
            let own = labels
                .iter()
                .filter(|label| label.side == side && !label.text.is_empty());
            let value = |label: &Label| json!({"x": self.x_value(label.x), "y": self.y_value(label.y), "t": label.text});
            let values: Vec<Value> = own.map(value).collect();
            let mut encoding = self.encoding();
            encoding.insert("text".into(), json!({"field": "t", "type": "nominal"}));
            let mark = json!({
                "type": "text", "align": align, "dx": dx, "dy": dy, "fontSize": 11,
                "color": colors.one(TEXT),
            });
            (!values.is_empty()).then(|| {
                json!({
                    "data": {"values": values}, "mark": mark, "encoding": encoding,
                })
            })
        };
        sides.into_iter().filter_map(layer).collect()
    }
}

fn dash(style: Stroke) -> Value {
    match style {
        Stroke::Dashed => json!([5, 4]),
        Stroke::Plain | Stroke::Halo => json!([]),
    }
}

/// A number with the digits that can be seen, so that documents stay small.
fn number(value: f64) -> Value {
    let short: f64 = format!("{value:.6e}").parse().unwrap_or(value);
    json!(if value.fract() == 0.0 { value } else { short })
}
