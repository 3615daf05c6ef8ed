//! The frame that a cell runs in.
//!
//! A cell is generated as
//!
//! ```text
//! start(async move {
//!     let mut x: T = take("x"); place("x", &raw const x);
//!     run(|| { …the cell, word for word…; store("y", y, …); Ok(()) });
//!     finish().await
//! })
//! ```
//!
//! The cell's text is the body of a closure that captures the variables it
//! uses the way Rust closures do: by reference where they are only looked at
//! or changed, by value where they are moved. So a panic unwinds the closure
//! and leaves every borrowed variable whole in the frame around it. That frame
//! is a future which waits for ever in `finish` and is then abandoned without
//! running a destructor: its locals have gone back to their slots.

use std::cell::RefCell;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ferrite_interrupt::Interrupted;

use crate::{CellError, CellResult, panic};

/// How a cell ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran to its end.
    Ok,
    /// An error left it through `?`.
    Error(CellError),
    /// It panicked.
    Panic(panic::PanicReport),
    /// A person stopped it.
    Interrupted,
}

thread_local! {
    static OUTCOME: RefCell<Option<Outcome>> = const { RefCell::new(None) };
}

/// The outcome of the cell that this thread has just run.
pub fn take_outcome() -> Option<Outcome> {
    OUTCOME.take()
}

fn record(result: std::thread::Result<CellResult>) {
    let outcome = match result {
        Ok(Ok(())) => Outcome::Ok,
        Ok(Err(error)) => Outcome::Error(error),
        Err(payload) if payload.is::<Interrupted>() => Outcome::Interrupted,
        Err(payload) => Outcome::Panic(panic::take_report(&*payload)),
    };
    OUTCOME.set(Some(outcome));
}

/// Runs the body of a cell and keeps its outcome.
pub fn run<F: FnOnce() -> CellResult>(body: F) {
    record(catch_unwind(AssertUnwindSafe(|| apart(body))));
}

/// Calls the body of a cell as a function of its own. Where it was compiled into the
/// frame, with what catches its panics and puts its variables away, LLVM kept the sum of
/// a loop in memory, and a dot product took three and a half times as long.
#[inline(never)]
fn apart<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Like [`run`], for a cell that awaits.
pub async fn run_async<F: Future<Output = CellResult>>(body: F) {
    let mut body = std::pin::pin!(body);
    let result = std::future::poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| apart(|| body.as_mut().poll(context)))) {
            Ok(Poll::Pending) if ferrite_interrupt::requested() => {
                Poll::Ready(Err(Box::new(Interrupted) as Box<dyn std::any::Any + Send>))
            }
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => Poll::Ready(Ok(result)),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    })
    .await;
    record(result);
}

/// The end of a cell's frame: never completes, so that nothing behind it is
/// dropped.
pub fn finish() -> std::future::Pending<()> {
    std::future::pending()
}

/// Drives a future on the notebook's async runtime until it says that it is
/// done. The prelude installs one that runs inside tokio.
pub type BlockOn = fn(&mut dyn FnMut(&mut Context<'_>) -> Poll<()>);

static BLOCK_ON: OnceLock<BlockOn> = OnceLock::new();

/// Installs the executor for cells that await. Only the first call counts.
pub fn install_block_on(block_on: BlockOn) {
    let _ = BLOCK_ON.set(block_on);
}

/// A cell's frame, running or just ended.
pub struct Frame(ManuallyDrop<Pin<Box<dyn Future<Output = ()>>>>);

/// Runs a cell. The returned frame still holds the checked-out variables:
/// settle them, then [`Frame::abandon`] it.
pub fn start<F: Future<Output = ()> + 'static>(frame: F) -> Frame {
    // Not dropped even if something panics that is not the cell's own code: its
    // locals belong to the slots.
    let mut frame: ManuallyDrop<Pin<Box<dyn Future<Output = ()>>>> =
        ManuallyDrop::new(Box::pin(frame));
    drive(&mut frame);
    Frame(frame)
}

/// Like [`start`], for a frame that holds variables which borrow from others.
///
/// # Safety
/// Whatever the frame borrows must stay in place until it is abandoned. Only
/// generated code may call this: there, that is what the slots see to.
pub unsafe fn start_borrowing<'a, F: Future<Output = ()> + 'a>(frame: F) -> Frame {
    let frame: Pin<Box<dyn Future<Output = ()> + 'a>> = Box::pin(frame);
    // SAFETY: only the lifetime changes; the caller's promise.
    let frame: Pin<Box<dyn Future<Output = ()>>> = unsafe { std::mem::transmute(frame) };
    let mut frame = ManuallyDrop::new(frame);
    drive(&mut frame);
    Frame(frame)
}

fn drive(frame: &mut Pin<Box<dyn Future<Output = ()>>>) {
    // A cell without `.await` has its outcome after the first poll.
    let mut poll = |context: &mut Context<'_>| {
        let _ = frame.as_mut().poll(context);
        if OUTCOME.with_borrow(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    };
    match BLOCK_ON.get() {
        Some(block_on) => block_on(&mut poll),
        None => park_until_done(&mut poll),
    }
}

/// Runs code that is no cell (the handler of a comm's message) as one runs: in
/// the notebook's async runtime, where queries heed interrupts.
pub fn call<R>(code: impl FnOnce() -> R) -> R {
    let mut code = Some(code);
    let mut result = None;
    let mut poll = |_: &mut Context<'_>| {
        if let Some(code) = code.take() {
            // What it unwinds with is the caller's: executors may catch panics
            // of their own.
            result = Some(catch_unwind(AssertUnwindSafe(code)));
        }
        Poll::Ready(())
    };
    match BLOCK_ON.get() {
        Some(block_on) => block_on(&mut poll),
        None => park_until_done(&mut poll),
    }
    match result {
        Some(Ok(result)) => result,
        Some(Err(payload)) => std::panic::resume_unwind(payload),
        // Not reached: an executor polls at least once.
        None => std::panic::resume_unwind(Box::new(Interrupted)),
    }
}

/// The executor of a worker without a prelude: polls when woken, and often
/// enough to see an interrupt.
fn park_until_done(poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>) {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(std::sync::Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    while poll(&mut context).is_pending() {
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

impl Frame {
    /// Frees the frame's memory without dropping what is in it.
    pub fn abandon(mut self) {
        // SAFETY: the box is taken out once, here, and `self` is consumed.
        let frame = unsafe { ManuallyDrop::take(&mut self.0) };
        // SAFETY: the value is not moved, only never dropped; its locals were
        // copied back to their slots or moved away by the cell, and nothing
        // polls it again, so no pinned promise is kept waiting.
        let raw = Box::into_raw(unsafe { Pin::into_inner_unchecked(frame) });
        // SAFETY: `raw` came from a Box; ManuallyDrop has the same layout, so
        // this frees the memory and runs no destructor.
        drop(unsafe { Box::from_raw(raw as *mut ManuallyDrop<dyn Future<Output = ()>>) });
    }
}
