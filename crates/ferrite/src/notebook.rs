//! The looks of types that are not ours, for generated cells.
//!
//! Rust lets only the crate of a trait or of a type join the two, so types of
//! polars and ndarray get their look through a trait of this crate, which
//! takes part in the same choice as `Show` (see `ferrite_display::probe`).

use std::fmt::Display;

use ferrite_display::MimeBundle;
use ferrite_display::probe::{Probe, Shown};
use ferrite_frame::render;
use ndarray::{ArrayBase, ArrayView1, ArrayView2, Data, Dimension};
use polars::prelude::{Column, DataFrame, LazyFrame, Series};

/// A foreign type with a rich look.
pub trait ForeignLook {
    /// The value in every format that it can be shown in.
    fn look(&self) -> MimeBundle;
}

/// Takes part in the choice of a look.
pub trait PickForeign {
    /// Shows the value.
    fn pick(&self) -> Shown;
}

impl<T: ForeignLook> PickForeign for &&Probe<'_, T> {
    fn pick(&self) -> Shown {
        Shown::Rich(self.0.look())
    }
}

impl<T: ForeignLook + ?Sized> ForeignLook for &T {
    fn look(&self) -> MimeBundle {
        (**self).look()
    }
}

impl ForeignLook for DataFrame {
    fn look(&self) -> MimeBundle {
        render::frame(self)
    }
}

impl ForeignLook for LazyFrame {
    fn look(&self) -> MimeBundle {
        render::lazy_frame(self)
    }
}

impl ForeignLook for Series {
    fn look(&self) -> MimeBundle {
        render::series(self)
    }
}

impl ForeignLook for Column {
    fn look(&self) -> MimeBundle {
        render::column(self)
    }
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
