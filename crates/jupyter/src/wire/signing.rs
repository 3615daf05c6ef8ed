//! Signatures: the key of the connection file, and who has used it lately.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::FutureExt;
use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::{Connection, RawMessage};
use zeromq::{DealerSocket, SocketSend, ZmqMessage, ZmqResult};

use super::{Refusal, Request};

/// Signs what the kernel sends and checks what it gets, on all channels.
#[derive(Clone)]
pub(crate) struct Signer {
    /// `jupyter-zmq-client` signs in its connections only; this one leads nowhere.
    template: Arc<Connection<()>>,
    seen: Arc<Mutex<Signatures>>,
}

impl Signer {
    pub(crate) fn new(key: &str, session: &str) -> Self {
        let Connection {
            mac, session_id, ..
        } = Connection::new(unconnected(), key, session);
        let template = Arc::new(Connection {
            socket: (),
            mac,
            session_id,
        });
        Self {
            template,
            seen: Arc::default(),
        }
    }

    pub(crate) fn session(&self) -> &str {
        &self.template.session_id
    }

    /// The frames of a message, identities first. Fills in the session.
    pub(crate) fn sign(&self, message: JupyterMessage) -> Vec<Bytes> {
        let mut connection = Connection {
            socket: Envelope::default(),
            mac: self.template.mac.clone(),
            session_id: self.template.session_id.clone(),
        };
        match connection.send(message).now_or_never() {
            Some(Ok(())) => connection.socket.0,
            // Our messages are made of JSON values, which have a text form.
            error => {
                tracing::error!(?error, "cannot write a message");
                Vec::new()
            }
        }
    }

    /// Opens a message if its signature is right and new.
    pub(crate) fn open(&self, frames: Vec<Bytes>) -> Result<Request, Refusal> {
        let multipart = ZmqMessage::try_from(frames).map_err(|_| Refusal::Empty)?;
        let signature = Signatures::of(&multipart);
        let raw = RawMessage::from_multipart(multipart, &self.template.mac)?;
        if self.template.mac.is_some()
            && let Some(signature) = signature
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if !seen.note(signature) {
                return Err(Refusal::Replayed);
            }
        }
        Request::open(raw)
    }
}

fn unconnected() -> DealerSocket {
    zeromq::Socket::new()
}

/// A "socket" that keeps what is sent.
#[derive(Default)]
struct Envelope(Vec<Bytes>);

#[async_trait]
impl SocketSend for Envelope {
    async fn send(&mut self, message: ZmqMessage) -> ZmqResult<()> {
        self.0 = message.into_vec();
        Ok(())
    }
}

/// The signatures seen lately, so that nobody who can listen in can send a
/// message a second time.
#[derive(Debug, Default)]
struct Signatures {
    seen: HashSet<Signature>,
    order: VecDeque<Signature>,
}

type Signature = (u128, u128);

impl Signatures {
    /// As many as jupyter_client remembers; 2 to 4 MB when full.
    const CAPACITY: usize = 1 << 16;

    /// Notes a signature; false if it was there already.
    fn note(&mut self, signature: Signature) -> bool {
        if !self.seen.insert(signature) {
            return false;
        }
        self.order.push_back(signature);
        if self.order.len() > Self::CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }

    /// The signature frame of a message: the one behind the delimiter, 64
    /// hexadecimal digits. None without a key, where that frame is empty.
    fn of(multipart: &ZmqMessage) -> Option<Signature> {
        let mut frames = multipart
            .iter()
            .skip_while(|frame| frame.as_ref() != b"<IDS|MSG>");
        let hex = std::str::from_utf8(frames.nth(1)?).ok()?;
        let (high, low) = (hex.get(..32)?, hex.get(32..64)?);
        Some((
            u128::from_str_radix(high, 16).ok()?,
            u128::from_str_radix(low, 16).ok()?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{message, raw};
    use serde_json::json;

    fn signed(key: &str) -> Vec<Bytes> {
        let content = raw("kernel_info_request", json!({}));
        Signer::new(key, "a session").sign(message(content, None, vec!["client".into()]))
    }

    #[test]
    fn opens_what_it_signed_once() {
        let signer = Signer::new("key", "another session");
        let request = signer.open(signed("key")).unwrap();
        assert_eq!(request.header.session, "a session");
        assert_eq!(request.identities, ["client"]);

        let frames = signed("key");
        assert!(signer.open(frames.clone()).is_ok());
        assert!(matches!(
            signer.open(frames.clone()),
            Err(Refusal::Replayed)
        ));
        assert!(matches!(
            signer.clone().open(frames),
            Err(Refusal::Replayed)
        ));
    }

    #[test]
    fn refuses_other_keys() {
        let refusal = Signer::new("key", "session")
            .open(signed("other"))
            .unwrap_err();
        assert!(matches!(refusal, Refusal::Frames(_)), "{refusal}");
        assert!(matches!(
            Signer::new("key", "s").open(vec![]),
            Err(Refusal::Empty)
        ));
    }

    #[test]
    fn without_a_key_everything_is_let_in() {
        let signer = Signer::new("", "session");
        for _ in 0..2 {
            assert!(signer.open(signed("any")).is_ok());
        }
    }

    #[test]
    fn remembers_the_latest_signatures() {
        let mut signatures = Signatures::default();
        assert!(signatures.note((0, 0)));
        assert!(!signatures.note((0, 0)));
        for low in 1..=Signatures::CAPACITY as u128 {
            assert!(signatures.note((0, low)));
        }
        assert!(signatures.note((0, 0)), "the oldest one is forgotten");
        assert!(!signatures.note((0, 2)));
    }
}
