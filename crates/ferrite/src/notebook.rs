//! The looks of types that are not ours, for generated cells.
//!
//! Rust lets only the crate of a trait or of a type join the two, so types of
//! polars and ndarray get their look through a trait of this crate, which
//! takes part in the same choice as `Show` (see `ferrite_display::probe`).

use ferrite_display::MimeBundle;
use ferrite_display::probe::{Probe, Shown};
use ferrite_frame::render;
use ndarray::{ArrayBase, Data, Ix1, Ix2};
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

impl<S: Data<Elem = f64>> ForeignLook for ArrayBase<S, Ix1> {
    fn look(&self) -> MimeBundle {
        render::array1(self.view())
    }
}

impl<S: Data<Elem = f64>> ForeignLook for ArrayBase<S, Ix2> {
    fn look(&self) -> MimeBundle {
        render::array2(self.view())
    }
}
