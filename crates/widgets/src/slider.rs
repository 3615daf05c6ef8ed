//! Numbers from a range.

use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use ferrite_display::{MimeBundle, Show};
use serde_json::{Value, json};

use crate::{Control, Widget};

/// A type of number that a slider can have: Rust's integers and floats.
pub trait Number: Copy + Display + PartialOrd + Send + 'static {
    /// Whether it has no fractions.
    const INTEGER: bool;

    /// As JSON.
    fn to_json(self) -> Value;

    /// From JSON; none if it does not fit.
    fn from_json(value: &Value) -> Option<Self>;
}

macro_rules! integers {
    ($($number:ty)+) => {$(
        impl Number for $number {
            const INTEGER: bool = true;

            fn to_json(self) -> Value {
                json!(self)
            }

            fn from_json(value: &Value) -> Option<Self> {
                // Browsers have no integers.
                let number = value.as_i64().or_else(|| Some(value.as_f64()?.round() as i64))?;
                <$number>::try_from(number).ok()
            }
        }
    )+};
}

integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

macro_rules! floats {
    ($($number:ty)+) => {$(
        impl Number for $number {
            const INTEGER: bool = false;

            fn to_json(self) -> Value {
                json!(self)
            }

            fn from_json(value: &Value) -> Option<Self> {
                Some(value.as_f64()? as $number)
            }
        }
    )+};
}

floats! { f32 f64 }

/// A slider, made by [`slider`]. Clones are the same slider.
#[derive(Clone)]
pub struct Slider<T> {
    widget: Widget,
    number: PhantomData<fn() -> T>,
}

/// A slider over a range of integers or floats, at its beginning. Floats move in
/// a hundred steps.
///
/// ```
/// use ferrite_widgets::slider;
///
/// let n = slider(1..=10).initial(3).label("n");
/// let share = slider(0.0..=1.0).step(0.05);
/// assert_eq!(n.value(), Some(3));
/// assert_eq!(share.value(), Some(0.0));
/// ```
pub fn slider<T: Number>(range: RangeInclusive<T>) -> Slider<T> {
    let (min, max) = (*range.start(), *range.end());
    let kind = if T::INTEGER {
        "IntSlider"
    } else {
        "FloatSlider"
    };
    let (model, view) = (format!("{kind}Model"), format!("{kind}View"));
    let mut state = json!({
        "value": min.to_json(), "min": min.to_json(), "max": max.to_json(), "step": 1,
        "description": "", "continuous_update": true,
    });
    if !T::INTEGER {
        let width = max.to_json().as_f64().zip(min.to_json().as_f64());
        let step = width.map_or(0.1, |(max, min)| (max - min) / 100.0);
        state["step"] = json!(step);
        // Three digits that count, whatever the range is.
        state["readout_format"] = json!(".3~r");
    }
    Slider {
        widget: Widget::new(&model, &view, state),
        number: PhantomData,
    }
}

impl<T: Number> Slider<T> {
    /// What stands beside it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.widget = self.widget.with("description", json!(label.into()));
        self
    }

    /// Where it stands at first.
    #[must_use]
    pub fn initial(mut self, value: T) -> Self {
        self.widget = self.widget.with("value", value.to_json());
        self
    }

    /// How far it moves at once.
    #[must_use]
    pub fn step(mut self, step: T) -> Self {
        self.widget = self.widget.with("step", step.to_json());
        self
    }

    /// Tells only where it was let go, not where it passed: for handlers that
    /// take long.
    #[must_use]
    pub fn when_released(mut self) -> Self {
        self.widget = self.widget.with("continuous_update", json!(false));
        self
    }

    /// Where it stands.
    pub fn value(&self) -> Option<T> {
        T::from_json(&self.widget.get("value"))
    }

    /// Moves it.
    pub fn set(&self, value: T) {
        self.widget.set("value", value.to_json());
    }

    /// Calls a function with each new value.
    pub fn on_change(&self, mut handler: impl FnMut(T) + Send + 'static) {
        self.widget.on_change("value", move |value| {
            if let Some(value) = T::from_json(value) {
                handler(value);
            }
        });
    }

    /// The widget behind it.
    pub fn widget(&self) -> &Widget {
        &self.widget
    }
}

impl<T: Number> Control for Slider<T> {
    type Value = T;

    fn value(&self) -> Option<T> {
        self.value()
    }

    fn widget(&self) -> &Widget {
        &self.widget
    }
}

impl<T> Show for Slider<T> {
    fn show(&self) -> MimeBundle {
        self.widget.show()
    }
}

impl<T> Debug for Slider<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.widget.fmt(f)
    }
}
