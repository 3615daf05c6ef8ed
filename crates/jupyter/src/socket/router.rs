//! The two directions of a channel on a `ROUTER` socket: an [`Inbox`] of checked
//! requests and an [`Outbox`] that any thread may put replies into.

use bytes::Bytes;
use jupyter_protocol::JupyterMessage;
use tokio::sync::mpsc;

use crate::wire::{Request, Signer};
use crate::zmtp::{Listener, Router};

/// Where requests of one channel come in.
pub(crate) struct Inbox {
    channel: &'static str,
    messages: mpsc::Receiver<Vec<Bytes>>,
    signer: Signer,
}

/// Where replies of one channel are put. Putting never waits.
#[derive(Clone)]
pub(crate) struct Outbox {
    channel: &'static str,
    router: Router,
    signer: Signer,
}

/// Opens a channel.
pub(crate) fn open(channel: &'static str, listener: Listener, signer: Signer) -> (Inbox, Outbox) {
    let (router, messages) = Router::start(listener);
    let outbox = Outbox {
        channel,
        router,
        signer: signer.clone(),
    };
    (
        Inbox {
            channel,
            messages,
            signer,
        },
        outbox,
    )
}

impl Inbox {
    /// The next request that passes the checks; None when the kernel ends. What
    /// does not pass is logged. Safe to drop while it waits.
    pub(crate) async fn next(&mut self) -> Option<Request> {
        loop {
            match self.signer.open(self.messages.recv().await?) {
                Ok(request) => return Some(request),
                Err(refusal) => {
                    tracing::warn!(channel = self.channel, "refused a message: {refusal}");
                }
            }
        }
    }
}

impl Outbox {
    /// Signs and sends. False if the client is not there.
    pub(crate) fn send(&self, message: JupyterMessage) -> bool {
        let msg_type = message.header.msg_type.clone();
        let sent = self.router.send(&self.signer.sign(message));
        if let Err(error) = &sent {
            tracing::info!(channel = self.channel, msg_type, %error, "cannot deliver");
        }
        sent.is_ok()
    }

    /// Returns when everything is on its way, or nobody reads it.
    pub(crate) async fn drained(&self) {
        self.router.drained().await;
    }
}
