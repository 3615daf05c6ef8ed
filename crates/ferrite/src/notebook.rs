//! The looks of types that are not ours, for generated cells.
//!
//! Rust lets only the crate of a trait or of a type join the two, so types of
//! polars and ndarray get their look through a trait of this crate, which
//! takes part in the same choice as `Show` (see `ferrite_display::probe`).

use std::fmt::{Debug, Display};
use std::sync::Arc;

use ferrite_display::probe::{Probe, Shown};
use ferrite_display::{MimeBundle, preview};
use ferrite_frame::render;
use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, DateChunked, DatetimeChunked, DurationChunked,
    Float32Chunked, Float64Chunked, GroupBy, Int8Chunked, Int16Chunked, Int32Chunked, Int64Chunked,
    IntoSeries, LazyFrame, LazyGroupBy, ListChunked, Schema, Series, StringChunked, StructChunked,
    TimeChunked, UInt8Chunked, UInt16Chunked, UInt32Chunked, UInt64Chunked,
};
use serde::Serialize;

/// A foreign type with a rich look.
pub trait ForeignLook {
    /// The value in every format that it can be shown in.
    fn look(&self) -> MimeBundle;

    /// The value in a line; see [`ferrite_display::preview`].
    fn preview(&self) -> MimeBundle {
        self.look()
    }
}

/// Takes part in the choice of a look.
pub trait PickForeign {
    /// Shows the value.
    fn pick(&self) -> Shown;
}

impl<T: ForeignLook> PickForeign for &&Probe<'_, T> {
    fn pick(&self) -> Shown {
        Shown::Rich(match preview::wanted() {
            Some(_) => self.0.preview(),
            None => self.0.look(),
        })
    }
}

impl<T: ForeignLook + ?Sized> ForeignLook for &T {
    fn look(&self) -> MimeBundle {
        (**self).look()
    }

    fn preview(&self) -> MimeBundle {
        (**self).preview()
    }
}

macro_rules! looks {
    ($($kind:ty => $look:path $(, in a line $preview:path)?;)+) => {
        $(impl ForeignLook for $kind {
            fn look(&self) -> MimeBundle {
                $look(self)
            }

            $(fn preview(&self) -> MimeBundle {
                $preview(self)
            })?
        })+
    };
}

looks! {
    DataFrame => render::frame, in a line frame_in_a_line;
    LazyFrame => render::lazy_frame, in a line plan_in_a_line;
    LazyGroupBy => render::lazy_group_by;
    Series => render::series, in a line series_in_a_line;
    Column => render::column, in a line column_in_a_line;
    GroupBy<'_> => render::group_by;
    Schema => render::schema;
    serde_json::Value => render::json;
}

fn frame_in_a_line(frame: &DataFrame) -> MimeBundle {
    let (rows, columns) = frame.shape();
    let types = frame.schema();
    let types = types.iter().map(|(name, kind)| (name.as_str(), kind));
    with_columns(format!("{rows} rows × {columns} columns"), types)
}

fn plan_in_a_line(plan: &LazyFrame) -> MimeBundle {
    match plan.clone().collect_schema() {
        Ok(types) => {
            let text = format!("a plan for {} columns", types.len());
            with_columns(text, types.iter().map(|(name, kind)| (name.as_str(), kind)))
        }
        Err(error) => MimeBundle::text(format!("a plan that cannot run: {error}")),
    }
}

fn series_in_a_line(series: &Series) -> MimeBundle {
    let (name, rows, kind) = (series.name(), series.len(), series.dtype());
    MimeBundle::text(format!("{name}: {rows} rows of {kind}"))
}

fn column_in_a_line(column: &Column) -> MimeBundle {
    series_in_a_line(column.as_materialized_series())
}

/// A line about a frame, and its columns for those who complete their names.
fn with_columns<'a>(
    text: String,
    columns: impl Iterator<Item = (&'a str, &'a DataType)>,
) -> MimeBundle {
    let columns: Vec<_> = columns
        .map(|(name, kind)| serde_json::json!([name, kind.to_string()]))
        .collect();
    let columns = serde_json::Value::Array(columns).to_string();
    MimeBundle::text(text).with(preview::COLUMNS, columns)
}

impl<T: ForeignLook + ?Sized> ForeignLook for Arc<T> {
    fn look(&self) -> MimeBundle {
        (**self).look()
    }
}

impl ForeignLook for serde_json::Map<String, serde_json::Value> {
    fn look(&self) -> MimeBundle {
        render::json(&serde_json::Value::Object(self.clone()))
    }
}

macro_rules! chunked {
    ($($kind:ty)+) => {
        $(impl ForeignLook for $kind {
            fn look(&self) -> MimeBundle {
                render::series(&self.clone().into_series())
            }
        })+
    };
}

// What `.f64()?` and the like lend of a column.
chunked! {
    BooleanChunked StringChunked ListChunked Float32Chunked Float64Chunked Int8Chunked Int16Chunked
    Int32Chunked Int64Chunked UInt8Chunked UInt16Chunked UInt32Chunked UInt64Chunked
    DateChunked DatetimeChunked DurationChunked TimeChunked StructChunked
}

macro_rules! tuples {
    ($(($($part:ident $place:tt)+))+) => {
        $(impl<$($part: ForeignLook),+> ForeignLook for ($($part,)+) {
            fn look(&self) -> MimeBundle {
                let parts = vec![$((format!(".{}", $place), self.$place.look())),+];
                let count = parts.len();
                render::stacked(parts, count)
            }

            fn preview(&self) -> MimeBundle {
                in_a_line(&[$(&self.$place as &dyn ForeignLook),+])
            }
        })+
    };
}

// Two parts of a frame, with or without their targets.
tuples! {
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
}

/// Several values in one line.
fn in_a_line(parts: &[&dyn ForeignLook]) -> MimeBundle {
    let most = 4;
    let mut lines: Vec<String> = parts
        .iter()
        .take(most)
        .map(|part| part.preview().get("text/plain").unwrap_or("…").to_owned())
        .collect();
    if parts.len() > most {
        lines.push("…".to_owned());
    }
    MimeBundle::text(format!("{} values: {}", parts.len(), lines.join("; ")))
}

impl<T: ForeignLook> ForeignLook for Option<T> {
    fn look(&self) -> MimeBundle {
        match self {
            Some(value) => value.look(),
            None => MimeBundle::text("None"),
        }
    }

    fn preview(&self) -> MimeBundle {
        match self {
            Some(value) => value.preview(),
            None => MimeBundle::text("None"),
        }
    }
}

// Not a `ForeignLook`: `ferrite::look` knows results by a way of its own.
impl<T: ForeignLook, E: Display> PickForeign for &&Probe<'_, Result<T, E>> {
    fn pick(&self) -> Shown {
        match self.0 {
            Ok(value) => (&&Probe(value)).pick(),
            Err(error) => Shown::Text(format!("error: {error}")),
        }
    }
}

/// A list whose items may be rows of a table.
pub trait RowsLook {
    /// The table; `None` if they are no rows (numbers, texts).
    fn rows(&self) -> Option<MimeBundle>;
}

impl<T: Serialize> RowsLook for Vec<T> {
    fn rows(&self) -> Option<MimeBundle> {
        self.as_slice().rows()
    }
}

impl<T: Serialize, const N: usize> RowsLook for [T; N] {
    fn rows(&self) -> Option<MimeBundle> {
        self.as_slice().rows()
    }
}

impl<T: Serialize> RowsLook for [T] {
    fn rows(&self) -> Option<MimeBundle> {
        render::rows(self)
    }
}

impl<R: RowsLook + ?Sized> RowsLook for &R {
    fn rows(&self) -> Option<MimeBundle> {
        (**self).rows()
    }
}

/// A list of frames or columns. They serialise as well, so this is chosen before
/// [`RowsLook`].
pub trait FramesLook {
    /// All of them, below each other.
    fn frames(&self) -> MimeBundle;

    /// How many there are, in a line.
    fn preview(&self) -> MimeBundle;
}

macro_rules! lists_of_frames {
    ($($kind:ty)+) => {$(
        impl FramesLook for [$kind] {
            fn frames(&self) -> MimeBundle {
                let parts = self.iter().take(render::MOST_STACKED).enumerate();
                let parts = parts.map(|(i, part)| (format!("[{i}]"), part.look()));
                render::stacked(parts.collect(), self.len())
            }

            fn preview(&self) -> MimeBundle {
                let parts: Vec<&dyn ForeignLook> = self.iter().map(|part| part as _).collect();
                in_a_line(&parts)
            }
        }

        impl FramesLook for Vec<$kind> {
            fn frames(&self) -> MimeBundle {
                self.as_slice().frames()
            }

            fn preview(&self) -> MimeBundle {
                self.as_slice().preview()
            }
        }

        impl<const N: usize> FramesLook for [$kind; N] {
            fn frames(&self) -> MimeBundle {
                self.as_slice().frames()
            }

            fn preview(&self) -> MimeBundle {
                self.as_slice().preview()
            }
        }
    )+};
}

lists_of_frames! { DataFrame &DataFrame Series &Series Column &Column }

impl<T: FramesLook + ?Sized> FramesLook for &T {
    fn frames(&self) -> MimeBundle {
        (**self).frames()
    }

    fn preview(&self) -> MimeBundle {
        (**self).preview()
    }
}

/// Takes part in the choice of a look: lists of frames, before anything else.
pub trait PickFrames {
    /// Shows the value.
    fn pick(&self) -> Shown;
}

impl<T: FramesLook> PickFrames for &&&Probe<'_, T> {
    fn pick(&self) -> Shown {
        Shown::Rich(match preview::wanted() {
            Some(_) => self.0.preview(),
            None => self.0.frames(),
        })
    }
}

/// Takes part in the choice of a look: lists of rows that also have a `Debug`
/// text, which is the look of those that are no rows after all.
pub trait PickRows {
    /// Shows the value.
    fn pick(&self) -> Shown;
}

impl<R: RowsLook + Debug> PickRows for &&Probe<'_, R> {
    fn pick(&self) -> Shown {
        match self.0.rows() {
            Some(bundle) if preview::wanted().is_none() => Shown::Rich(bundle),
            _ => Shown::debug(&self.0),
        }
    }
}

/// Takes part in the choice of a look: lists of rows without `Debug`.
pub trait PickRowsOnly {
    /// Shows the value.
    fn pick(&self) -> Shown;
}

impl<R: RowsLook> PickRowsOnly for &Probe<'_, R> {
    fn pick(&self) -> Shown {
        match self.0.rows() {
            Some(bundle) => Shown::Rich(bundle),
            None => Shown::Opaque(std::any::type_name::<R>()),
        }
    }
}

/// A type of number that arrays are made of.
pub trait Element: Copy + Display {
    /// Its name.
    const NAME: &'static str;

    /// How it is shown in a table.
    fn scalar(self) -> render::Scalar {
        render::Scalar::Text(self.to_string())
    }
}

macro_rules! elements {
    ($($element:ident)+) => {
        $(impl Element for $element { const NAME: &'static str = stringify!($element); })+
    };
}

elements! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool }

impl Element for f64 {
    const NAME: &'static str = "f64";

    fn scalar(self) -> render::Scalar {
        render::Scalar::Float(self)
    }
}

impl Element for f32 {
    const NAME: &'static str = "f32";

    fn scalar(self) -> render::Scalar {
        render::Scalar::Float(self.into())
    }
}

/// Arrays of linfa's ndarray.
impl<S: ndarray::Data, D: ndarray::Dimension> ForeignLook for ndarray::ArrayBase<S, D>
where
    S::Elem: Element,
{
    fn look(&self) -> MimeBundle {
        let all = self.view().into_dyn();
        render::array(S::Elem::NAME, self.shape(), &|place| all[place].scalar())
    }

    fn preview(&self) -> MimeBundle {
        array_in_a_line(
            S::Elem::NAME,
            self.shape(),
            &mut self.iter().map(|e| e.to_string()),
        )
    }
}

/// Arrays of polars' ndarray.
impl<S: ndarray_017::Data, D: ndarray_017::Dimension> ForeignLook for ndarray_017::ArrayBase<S, D>
where
    S::Elem: Element,
{
    fn look(&self) -> MimeBundle {
        let all = self.view().into_dyn();
        render::array(S::Elem::NAME, self.shape(), &|place| all[place].scalar())
    }

    fn preview(&self) -> MimeBundle {
        array_in_a_line(
            S::Elem::NAME,
            self.shape(),
            &mut self.iter().map(|e| e.to_string()),
        )
    }
}

/// The shape of an array and its first elements.
fn array_in_a_line(
    name: &str,
    shape: &[usize],
    elements: &mut dyn Iterator<Item = String>,
) -> MimeBundle {
    let shape: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let mut first: Vec<String> = elements.take(6).collect();
    if elements.next().is_some() {
        first.push("…".to_owned());
    }
    let (shape, first) = (shape.join(" × "), first.join(", "));
    MimeBundle::text(format!("{shape} of {name}: {first}"))
}

#[cfg(test)]
// `&&&&` is what generated cells write.
#[allow(clippy::needless_borrow)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::*;

    #[test]
    fn arrays_read_well() {
        let integers = arr2(&[[1_usize, 2], [3, 4]]);
        let text = "   0  1\n───────\n0  1  2\n1  3  4\n2 × 2 array of usize";
        assert_eq!(integers.look().get("text/plain"), Some(text));
        assert!(arr1(&[0.5, 1.0]).look().get("text/html").is_some());
        let turned = integers.mapv(|x| x as f32 / 2.0).reversed_axes();
        let text = "     0    1\n──────────\n0  0.5  1.5\n1  1.0  2.0\n2 × 2 array of f32";
        assert_eq!(
            turned.look().get("text/plain").map(|t| t.replace('─', "")),
            Some(text.replace('─', ""))
        );
        let cube = ndarray_017::Array3::<u8>::zeros((2, 1, 1));
        let text = cube.look().get("text/plain").map(str::to_owned);
        assert!(text.is_some_and(|t| t.ends_with("2 × 1 × 1 array of u8, of which [0, .., ..]")));
    }

    #[derive(Serialize)]
    struct Quiet {
        name: &'static str,
    }

    #[derive(Serialize, Debug)]
    struct Loud {
        name: &'static str,
    }

    #[derive(Debug)]
    struct Plain;

    fn html(shown: &Shown) -> bool {
        matches!(shown, Shown::Rich(bundle) if bundle.get("text/html").is_some_and(|h| h.contains("<td>Ada</td>")))
    }

    #[test]
    fn lists_of_structs_are_tables_and_other_lists_are_not() {
        // All take part in the choice, as in a cell; only some are chosen.
        #[allow(unused_imports)]
        use ferrite_runtime::probe::{Pick as _, PickDebug as _, PickRich as _};
        assert!(html(&(&&&&Probe(&vec![Quiet { name: "Ada" }])).pick()));
        assert!(html(&(&&&&Probe(&[Loud { name: "Ada" }])).pick()));
        assert!(html(&(&&&&Probe(&&vec![Loud { name: "Ada" }])).pick()));
        assert_eq!(
            (&&&&Probe(&vec![1, 2])).pick(),
            Shown::Text("[1, 2]".to_owned())
        );
        assert_eq!(
            (&&&&Probe(&vec!["a"])).pick(),
            Shown::Text("[\"a\"]".to_owned())
        );
        assert_eq!(
            (&&&&Probe(&vec![Plain])).pick(),
            Shown::Text("[Plain]".to_owned())
        );
        assert!(matches!(
            (&&&&Probe(&Vec::<Quiet>::new())).pick(),
            Shown::Opaque(_)
        ));
    }

    #[test]
    fn frames_in_something_stand_below_each_other() -> Result<(), ferrite_frame::FrameError> {
        #[allow(unused_imports)]
        use ferrite_runtime::probe::{Pick as _, PickDebug as _, PickRich as _};
        fn told(shown: Shown) -> (String, usize) {
            match shown {
                Shown::Rich(bundle) => {
                    let html = bundle.get("text/html").unwrap_or_default();
                    let text = bundle.get("text/plain").unwrap_or_default();
                    (text.to_owned(), html.matches("<table>").count())
                }
                other => panic!("{other:?}"),
            }
        }
        let frame = ferrite_frame::datasets::penguins()?;
        let (train, test) = (frame.head(Some(300)), frame.tail(Some(44)));
        let (text, tables) = told((&&&&Probe(&(train.clone(), test.clone()))).pick());
        assert_eq!(tables, 2);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.first(), Some(&".0"), "{text}");
        assert!(lines.contains(&".1"), "{text}");
        assert!(text.contains("300 rows × 8 columns"), "{text}");
        assert!(text.contains("44 rows × 8 columns"), "{text}");

        let many = vec![test.clone(); 30];
        let (text, tables) = told((&&&&Probe(&many)).pick());
        assert_eq!(tables, render::MOST_STACKED);
        assert!(text.starts_with("[0]\n"), "{text}");
        assert!(text.ends_with("30 values, showing 8"), "{text}");
        assert_eq!(told((&&&&Probe(&&many[..2])).pick()).1, 2);
        assert_eq!(told((&&&&Probe(&[&train, &test])).pick()).1, 2);
        assert_eq!(
            told((&&&&Probe(&Vec::<DataFrame>::new())).pick()).0,
            "0 values"
        );

        let year = frame.column("year")?.as_materialized_series().clone();
        let four = (train.clone(), test.clone(), year.clone(), year);
        assert_eq!(told((&&&&Probe(&four)).pick()).1, 4);

        assert_eq!(told((&&&&Probe(&Some(train.clone()))).pick()).1, 1);
        assert_eq!(told((&&&&Probe(&many.first())).pick()).1, 1);
        assert_eq!(told((&&&&Probe(&None::<DataFrame>)).pick()).0, "None");

        let fine: Result<(DataFrame, DataFrame), ferrite_frame::FrameError> = Ok((train, test));
        assert_eq!(told((&&&&Probe(&fine)).pick()).1, 2);
        let wrong = ferrite_frame::FrameExt::pick(&frame, &["speceis"]);
        let shown = (&&&&Probe(&wrong)).pick();
        assert!(
            matches!(&shown, Shown::Text(text) if text.starts_with("error: no column \"speceis\"")),
            "{shown:?}"
        );

        // What else is a list, a pair or a result looks as it did.
        assert!(html(&(&&&&Probe(&vec![Quiet { name: "Ada" }])).pick()));
        let lists = vec![serde_json::json!({"a": 1})];
        assert!(matches!((&&&&Probe(&lists)).pick(), Shown::Rich(_)));
        let plain = (&&&&Probe(&(1, "a"))).pick();
        assert_eq!(plain, Shown::Text("(1, \"a\")".to_owned()));
        let plain = (&&&&Probe(&Ok::<i32, String>(1))).pick();
        assert_eq!(plain, Shown::Text("Ok(1)".to_owned()));
        let plain = (&&&&Probe(&Some(1))).pick();
        assert_eq!(plain, Shown::Text("Some(1)".to_owned()));
        Ok(())
    }

    #[test]
    fn several_frames_fit_into_a_line() {
        let frame = DataFrame::empty_with_height(3);
        let line = (frame.clone(), frame).preview();
        let text = "2 values: 3 rows × 0 columns; 3 rows × 0 columns";
        assert_eq!(line.get("text/plain"), Some(text));
    }

    #[test]
    fn everything_that_lends_from_a_frame_has_a_look() -> Result<(), ferrite_frame::FrameError> {
        // All take part in the choice, as in a cell; only some are chosen.
        #[allow(unused_imports)]
        use ferrite_runtime::probe::{Pick as _, PickDebug as _, PickRich as _};
        let frame = ferrite_frame::datasets::penguins()?;
        let rich = |shown: Shown| matches!(shown, Shown::Rich(b) if b.get("text/html").is_some());
        assert!(rich((&&&&Probe(&frame)).pick()));
        assert!(rich((&&&&Probe(frame.schema())).pick()));
        assert!(rich((&&&&Probe(&frame.column("year")?)).pick()));
        assert!(rich((&&&&Probe(&frame.column("year")?.i64()?)).pick()));
        assert!(rich((&&&&Probe(&frame.group_by(["year"])?)).pick()));
        assert!(rich((&&&&Probe(&serde_json::json!({"a": [1]}))).pick()));
        Ok(())
    }
}
