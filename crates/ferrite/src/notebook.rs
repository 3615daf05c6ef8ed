//! The looks of types that are not ours, for generated cells.
//!
//! Rust lets only the crate of a trait or of a type join the two, so types of
//! polars and ndarray get their look through a trait of this crate, which
//! takes part in the same choice as `Show` (see `ferrite_display::probe`).

use std::fmt::Display;

use ferrite_display::probe::{Probe, Shown};
use ferrite_display::{MimeBundle, preview};
use ferrite_frame::render;
use ndarray::{ArrayBase, ArrayView1, ArrayView2, Data, Dimension};
use polars::prelude::{Column, DataFrame, DataType, LazyFrame, Series};

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

impl ForeignLook for DataFrame {
    fn look(&self) -> MimeBundle {
        render::frame(self)
    }

    fn preview(&self) -> MimeBundle {
        let (rows, columns) = self.shape();
        let types = self.schema();
        let types = types.iter().map(|(name, kind)| (name.as_str(), kind));
        with_columns(format!("{rows} rows × {columns} columns"), types)
    }
}

impl ForeignLook for LazyFrame {
    fn look(&self) -> MimeBundle {
        render::lazy_frame(self)
    }

    fn preview(&self) -> MimeBundle {
        match self.clone().collect_schema() {
            Ok(types) => {
                let text = format!("a plan for {} columns", types.len());
                with_columns(text, types.iter().map(|(name, kind)| (name.as_str(), kind)))
            }
            Err(error) => MimeBundle::text(format!("a plan that cannot run: {error}")),
        }
    }
}

impl ForeignLook for Series {
    fn look(&self) -> MimeBundle {
        render::series(self)
    }

    fn preview(&self) -> MimeBundle {
        let (name, rows, kind) = (self.name(), self.len(), self.dtype());
        MimeBundle::text(format!("{name}: {rows} rows of {kind}"))
    }
}

impl ForeignLook for Column {
    fn look(&self) -> MimeBundle {
        render::column(self)
    }

    fn preview(&self) -> MimeBundle {
        let (name, rows, kind) = (self.name(), self.len(), self.dtype());
        MimeBundle::text(format!("{name}: {rows} rows of {kind}"))
    }
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

/// A type of number that arrays are made of.
pub trait Element: Copy + Display {
    /// Its name.
    const NAME: &'static str;

    /// The number, if arrays of it are shown as tables.
    fn number(self) -> Option<f64> {
        None
    }
}

impl Element for f64 {
    const NAME: &'static str = "f64";

    fn number(self) -> Option<f64> {
        Some(self)
    }
}

macro_rules! elements {
    ($($element:ident)+) => {
        $(impl Element for $element { const NAME: &'static str = stringify!($element); })+
    };
}

elements! { f32 i8 i16 i32 i64 isize u8 u16 u32 u64 usize bool }

/// Tables for vectors and matrices of `f64`; other arrays as ndarray prints
/// them (without the strides that its `Debug` adds), with shape and element
/// type below.
impl<S: Data, D: Dimension> ForeignLook for ArrayBase<S, D>
where
    S::Elem: Element,
{
    fn look(&self) -> MimeBundle {
        let numbers: Option<Vec<f64>> = self.iter().map(|element| element.number()).collect();
        match (numbers, self.shape()) {
            (Some(numbers), [_]) => render::array1(ArrayView1::from(&numbers)),
            (Some(numbers), &[rows, columns]) => {
                match ArrayView2::from_shape((rows, columns), &numbers) {
                    Ok(matrix) => render::array2(matrix),
                    Err(error) => MimeBundle::text(error.to_string()),
                }
            }
            (_, shape) => {
                let shape: Vec<String> = shape.iter().map(ToString::to_string).collect();
                let text = format!("{self}\n{} of {}", shape.join(" × "), S::Elem::NAME);
                MimeBundle::text(text)
            }
        }
    }

    fn preview(&self) -> MimeBundle {
        let shape: Vec<String> = self.shape().iter().map(ToString::to_string).collect();
        let mut first: Vec<String> = self.iter().take(6).map(|e| e.to_string()).collect();
        if self.len() > first.len() {
            first.push("…".to_owned());
        }
        let (shape, first, name) = (shape.join(" × "), first.join(", "), S::Elem::NAME);
        MimeBundle::text(format!("{shape} of {name}: {first}"))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::*;

    #[test]
    fn arrays_read_well() {
        let integers = arr2(&[[1_usize, 2], [3, 4]]);
        let text = "[[1, 2],\n [3, 4]]\n2 × 2 of usize";
        assert_eq!(integers.look().get("text/plain"), Some(text));
        assert!(arr1(&[0.5, 1.0]).look().get("text/html").is_some());
        assert!(
            integers
                .mapv(|x| x as f64)
                .t()
                .look()
                .get("text/html")
                .is_some()
        );
    }
}
