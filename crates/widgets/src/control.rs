//! What [`interact`](crate::interact_with) needs of a control, and of several.

use crate::Widget;

/// A widget that has a value.
pub trait Control: Clone + Send + 'static {
    /// The type of the value.
    type Value;

    /// The value now; none if there is nothing to choose from.
    fn value(&self) -> Option<Self::Value>;

    /// The widget behind it.
    fn widget(&self) -> &Widget;
}

/// One control or a tuple of them.
pub trait Controls: Clone + Send + 'static {
    /// The values: one, or a tuple of them.
    type Values;

    /// The values now; none if one of the controls has none.
    fn values(&self) -> Option<Self::Values>;

    /// The widgets behind them.
    fn widgets(&self) -> Vec<Widget>;
}

impl<C: Control> Controls for C {
    type Values = C::Value;

    fn values(&self) -> Option<C::Value> {
        self.value()
    }

    fn widgets(&self) -> Vec<Widget> {
        vec![self.widget().clone()]
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)+) => {$(
        impl<$($name: Control),+> Controls for ($($name,)+) {
            type Values = ($($name::Value,)+);

            fn values(&self) -> Option<Self::Values> {
                Some(($(self.$index.value()?,)+))
            }

            fn widgets(&self) -> Vec<Widget> {
                vec![$(self.$index.widget().clone()),+]
            }
        }
    )+};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}
