//! SIGINT interrupts the running cell; SIGTERM ends the kernel in good order.

use crate::lifecycle::Lifecycle;

/// Handles signals until the kernel ends.
#[cfg(unix)]
pub(crate) async fn run(lifecycle: Lifecycle) {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = match (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "cannot handle signals");
            return;
        }
    };
    loop {
        tokio::select! {
            Some(()) = interrupt.recv() => lifecycle.interrupt().await,
            Some(()) = terminate.recv() => return lifecycle.leave("SIGTERM").await,
            else => return,
        }
    }
}

/// Handles Ctrl-C until the kernel ends.
#[cfg(not(unix))]
pub(crate) async fn run(lifecycle: Lifecycle) {
    while tokio::signal::ctrl_c().await.is_ok() {
        lifecycle.interrupt().await;
    }
}
