//! Code that a person in front of the notebook can call.
//!
//! [`comm`] is the raw line to the frontend: either side opens a comm under a
//! target's name, and both send JSON. On top of it stand widgets: a
//! [`slider`], a [`dropdown`], a [`checkbox`], a [`text_field`] and a
//! [`button`] speak the protocol of Jupyter's own widgets, so JupyterLab and
//! others draw them if the frontend of ipywidgets (the Python package
//! `jupyterlab_widgets`) is installed. Elsewhere a line of text says what the
//! widget is and which value it has.
//!
//! Handlers run one at a time, between cells, on the thread that runs cells.
//! What they print and show appears under the cell that made the widget.
//!
//! ```
//! use ferrite_widgets::slider;
//!
//! let n = slider(1..=10).label("n");
//! n.on_change(|n| println!("{n}² = {}", n * n));
//! n.set(7); // as if it had been moved there
//! assert_eq!(n.value(), Some(7));
//! ```
//!
//! *Invariant:* nothing here knows cells, Jupyter's messages or dataframes.

mod button;
mod callbacks;
pub mod comm;
mod control;
mod dropdown;
mod fallback;
mod interact;
mod restore;
mod slider;
mod switch;
mod widget;

pub use button::{Button, button};
pub use control::{Control, Controls};
pub use dropdown::{Dropdown, dropdown};
pub use interact::interact_with;
pub use slider::{Number, Slider, slider};
pub use switch::{Checkbox, TextField, checkbox, text_field};
pub use widget::{Widget, column, row};
