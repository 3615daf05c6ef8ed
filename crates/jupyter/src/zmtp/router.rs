//! `ROUTER`: messages come in with the name of their sender in front, and go
//! out to the peer that the first frame names.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use tokio::sync::mpsc;

use super::Violation;
use super::frame::{self, MESSAGE_LIMIT, Traffic};
use super::handshake::Role;
use super::lane::Lane;
use super::link::Link;
use super::listener::{Listener, Stream};

const ROLE: Role = Role {
    socket_type: "ROUTER",
    peers: &["DEALER", "REQ", "ROUTER"],
};
/// Messages that are read ahead; then peers wait.
const READ_AHEAD: usize = 1024;

/// The sending side of a `ROUTER` socket, for any thread.
#[derive(Clone, Default)]
pub(crate) struct Router {
    peers: Arc<Mutex<HashMap<Bytes, Peer>>>,
}

struct Peer {
    /// Tells connections of one identity apart.
    connection: u32,
    lane: Lane,
}

/// The peer that a message was for is not there.
#[derive(Debug, thiserror::Error)]
#[error("the client is not connected")]
pub(crate) struct NotConnected;

impl Router {
    /// Serves that address. Returns both sides of the socket.
    pub(crate) fn start(listener: Listener) -> (Self, mpsc::Receiver<Vec<Bytes>>) {
        let router = Self::default();
        let (sender, receiver) = mpsc::channel(READ_AHEAD);
        tokio::spawn(router.clone().accept(listener, sender));
        (router, receiver)
    }

    /// Puts a message in the queue of the peer that its first frame names.
    pub(crate) fn send(&self, message: &[Bytes]) -> Result<(), NotConnected> {
        let (identity, frames) = message.split_first().ok_or(NotConnected)?;
        let wire = frame::encode(frames);
        self.peers()
            .get(identity)
            .ok_or(NotConnected)?
            .lane
            .push(wire);
        Ok(())
    }

    /// Returns when everything is written, or nobody reads it.
    pub(crate) async fn drained(&self) {
        loop {
            let busy = self
                .peers()
                .values()
                .any(|peer| peer.lane.queued() > 0 && peer.lane.moves());
            if !busy {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn accept(self, listener: Listener, sender: mpsc::Sender<Vec<Bytes>>) {
        let serial = Arc::<AtomicU32>::default();
        loop {
            match listener.accept().await {
                Ok(stream) => {
                    let connection = serial.fetch_add(1, Ordering::Relaxed);
                    let (router, sender) = (self.clone(), sender.clone());
                    tokio::spawn(async move {
                        if let Err(violation) = router.serve(stream, connection, sender).await {
                            tracing::info!(%violation, "closed a connection");
                        }
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn serve(
        self,
        stream: Box<dyn Stream>,
        connection: u32,
        sender: mpsc::Sender<Vec<Bytes>>,
    ) -> Result<(), Violation> {
        let mut link = Link::open(stream, ROLE, MESSAGE_LIMIT).await?;
        let identity = link
            .identity
            .clone()
            .unwrap_or_else(|| given_identity(connection));
        // A client that comes back under its name takes over from its old connection.
        let peer = Peer {
            connection,
            lane: link.lane.clone(),
        };
        self.peers().insert(identity.clone(), peer);
        let violation = loop {
            match link.next().await {
                Ok(Traffic::Message(mut message)) => {
                    message.insert(0, identity.clone());
                    if sender.send(message).await.is_err() {
                        return Ok(());
                    }
                }
                Ok(Traffic::Command(_)) => break Violation::Command,
                Err(violation) => break violation,
            }
        };
        let mut peers = self.peers();
        if peers
            .get(&identity)
            .is_some_and(|peer| peer.connection == connection)
        {
            peers.remove(&identity);
        }
        Err(violation)
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<Bytes, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn given_identity(connection: u32) -> Bytes {
    let mut identity = BytesMut::with_capacity(5);
    identity.put_u8(0);
    identity.put_u32(connection);
    identity.freeze()
}
