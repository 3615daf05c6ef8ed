//! The way to one peer: a queue that any thread may put messages into, and the
//! task that writes them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

/// Small messages that wait are written together, up to this size.
const BATCH: usize = 64 << 10;
/// A peer that has read nothing for this long is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(crate) struct Lane {
    sender: mpsc::UnboundedSender<Bytes>,
    state: Arc<State>,
}

struct State {
    /// Bytes that were put in and not written yet.
    queued: AtomicUsize,
    /// When something was written last, or there was nothing to write.
    progress: Mutex<Instant>,
}

impl State {
    fn note_progress(&self) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Lane {
    /// Starts the task that writes.
    pub(crate) fn start(writer: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let state = State {
            queued: AtomicUsize::new(0),
            progress: Mutex::new(Instant::now()),
        };
        let state = Arc::new(state);
        tokio::spawn(write(writer, receiver, state.clone()));
        Self { sender, state }
    }

    /// Puts in a message, encoded.
    pub(crate) fn push(&self, message: Bytes) {
        let size = message.len();
        if self.state.queued.fetch_add(size, Ordering::SeqCst) == 0 {
            self.state.note_progress();
        }
        if self.sender.send(message).is_err() {
            self.state.queued.fetch_sub(size, Ordering::SeqCst);
        }
    }

    pub(crate) fn queued(&self) -> usize {
        if self.sender.is_closed() {
            0
        } else {
            self.state.queued.load(Ordering::SeqCst)
        }
    }

    /// Whether the peer reads, if there is something to read.
    pub(crate) fn moves(&self) -> bool {
        let progress = self
            .state
            .progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        progress.elapsed() < PATIENCE
    }
}

async fn write(
    mut writer: impl AsyncWrite + Unpin,
    mut receiver: mpsc::UnboundedReceiver<Bytes>,
    state: Arc<State>,
) {
    while let Some(message) = receiver.recv().await {
        let mut batch = BytesMut::from(message);
        while batch.len() < BATCH
            && let Ok(message) = receiver.try_recv()
        {
            batch.extend_from_slice(&message);
        }
        while batch.has_remaining() {
            match writer.write(&batch).await {
                Ok(written) if written > 0 => {
                    batch.advance(written);
                    state.note_progress();
                    state.queued.fetch_sub(written, Ordering::SeqCst);
                }
                // The reader of this connection sees that it is broken, too.
                _ => return,
            }
        }
        let _ = writer.flush().await;
    }
}
