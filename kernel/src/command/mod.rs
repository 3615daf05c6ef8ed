//! One module per command of the command line.

pub mod doctor;
pub mod install;
pub mod lab;
pub mod run;
pub mod setup;
