//! The five channels, one file each; shell and control share `router.rs`.

pub(crate) mod control;
pub(crate) mod debug;
mod early;
pub(crate) mod heartbeat;
pub(crate) mod iopub;
pub(crate) mod router;
pub(crate) mod shell;
pub(crate) mod stdin;
