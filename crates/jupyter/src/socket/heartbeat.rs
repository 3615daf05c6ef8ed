//! Heartbeat: whatever comes goes back, whatever else the kernel does.

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::zmtp::Router;

/// Echoes until the kernel ends.
pub(crate) async fn run((router, mut beats): (Router, mpsc::Receiver<Vec<Bytes>>)) {
    while let Some(beat) = beats.recv().await {
        // The first frame names the client, for the way back too.
        if let Err(error) = router.send(&beat) {
            tracing::debug!(%error, "a heartbeat's client is gone");
        }
    }
}
