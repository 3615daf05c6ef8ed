//! Quality of text.
