//! How a value chooses its own look, in one compile.
//!
//! Generated code calls `(&&&&Probe(value)).pick()`. Method resolution tries
//! the receiver with the fewest dereferences first, so of the traits below the
//! first that applies to the value's type wins: a rich look, else `Debug`,
//! else the mere name of the type. Crates above add rich looks for foreign
//! types with traits of their own for `&&Probe<'_, T>`, or one level before that.
//!
//! ```
//! use ferrite_runtime::probe::{Pick as _, PickDebug as _, PickRich as _, Probe, Shown};
//!
//! assert_eq!((&&&&Probe(&vec![1, 2])).pick(), Shown::Text("[1, 2]".to_owned()));
//! assert_eq!((&&&&Probe(&())).pick(), Shown::Nothing);
//! ```

use std::fmt::Debug;

use ferrite_display::{Show, sink};

pub use ferrite_display::capped;
pub use ferrite_display::probe::{Probe, Shown};

/// First choice: a rich look.
pub trait PickRich {
    /// Shows the value.
    fn pick(&self) -> Shown;
}
impl<T: Show> PickRich for &&Probe<'_, T> {
    fn pick(&self) -> Shown {
        Shown::Rich(self.0.show())
    }
}

/// Second choice: `Debug`.
pub trait PickDebug {
    /// Shows the value.
    fn pick(&self) -> Shown;
}
impl<T: Debug + ?Sized> PickDebug for &Probe<'_, T> {
    fn pick(&self) -> Shown {
        Shown::debug(&self.0)
    }
}

/// Last choice: the name of the type.
pub trait Pick {
    /// Shows the value.
    fn pick(&self) -> Shown;
}
impl<T: ?Sized> Pick for Probe<'_, T> {
    fn pick(&self) -> Shown {
        Shown::Opaque(std::any::type_name::<T>())
    }
}

/// Answers `value.evcxr_display()` for types without such a method, so that
/// those which have one are recognised. It is a method of references to them:
/// that is found last, also if a type has the method by another trait.
pub trait EvcxrDisplay {
    /// Does nothing.
    fn evcxr_display(&self) -> NoEvcxrDisplay {
        NoEvcxrDisplay
    }
}
impl<T: ?Sized> EvcxrDisplay for &T {}

/// The type has no `evcxr_display` of its own.
pub struct NoEvcxrDisplay;

/// Whether an `evcxr_display` has shown the value.
pub trait EvcxrShown {
    /// True if it has.
    fn shown(&self) -> bool;
}
impl EvcxrShown for () {
    fn shown(&self) -> bool {
        true
    }
}
impl EvcxrShown for NoEvcxrDisplay {
    fn shown(&self) -> bool {
        false
    }
}

/// Shows the last expression of a cell. `evcxr` calls its `evcxr_display` and
/// says whether there was one.
pub fn output(shown: Shown, evcxr: &mut dyn FnMut() -> bool) {
    if let Some(bundle) = look(shown, evcxr).into_bundle() {
        sink::result(&bundle);
    }
}

/// What is left to show when `evcxr` has had its turn.
pub fn look(shown: Shown, evcxr: &mut dyn FnMut() -> bool) -> Shown {
    if !matches!(shown, Shown::Rich(_) | Shown::Nothing) && evcxr() {
        return Shown::Nothing;
    }
    shown
}
