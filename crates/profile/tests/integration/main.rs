//! What ferrite-profile promises, as a user of it sees it.

mod figures;
mod looks;
mod random;
mod warnings;
