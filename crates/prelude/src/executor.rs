//! One async runtime for the whole notebook.
//!
//! Every cell runs inside tokio's context, so it can spawn tasks; a cell that
//! awaits is driven by tokio. Tasks go on running between cells.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use polars::error::abort::catch_polars_abort;
use tokio::runtime::{Builder, Runtime};

/// How often a waiting cell looks whether it was interrupted.
const TICK: Duration = Duration::from_millis(50);

fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Builder::new_multi_thread().enable_all().build().ok())
        .as_ref()
}

/// Polls a cell until it is done.
///
/// A cell that does not await is done after the first poll, which happens
/// outside of `block_on`: its code may well start a runtime of its own.
#[unsafe(no_mangle)]
pub fn ferrite_block_on(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
    // Queries heed an interrupt only while somebody is there to catch it. The
    // panic that ends them is caught by the cell's own frame already.
    let _ = catch_polars_abort(AssertUnwindSafe(|| block_on(poll)));
}

fn block_on(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
    let guard = runtime().map(Runtime::enter);
    let first = poll(&mut Context::from_waker(Waker::noop()));
    drop(guard);
    if first.is_ready() {
        return;
    }
    match runtime() {
        Some(runtime) => runtime.block_on(async {
            let mut tick = tokio::time::interval(TICK);
            poll_fn(|context| {
                while tick.poll_tick(context).is_ready() {}
                poll(context)
            })
            .await;
        }),
        // No threads to be had: poll by hand.
        None => {
            while poll(&mut Context::from_waker(Waker::noop())).is_pending() {
                std::thread::sleep(TICK);
            }
        }
    }
}
