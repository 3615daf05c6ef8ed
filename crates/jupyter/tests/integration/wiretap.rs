//! Frames as they cross the wire, for tests that tamper with them.

use bytes::Bytes;
use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::Connection;
use zeromq::{DealerSocket, RouterSocket, Socket, SocketRecv};

/// The frames of a message, signed with this key.
pub async fn signed(message: JupyterMessage, key: &str) -> Vec<Bytes> {
    let mut tap = RouterSocket::new();
    let endpoint = tap.bind("tcp://127.0.0.1:0").await.unwrap();
    let mut dealer = DealerSocket::new();
    dealer.connect(&endpoint.to_string()).await.unwrap();
    Connection::new(dealer, key, "wiretap")
        .send(message)
        .await
        .unwrap();
    let frames = tap.recv().await.unwrap().into_vec();
    // The first one is the dealer's identity.
    frames[1..].to_vec()
}
