//! One open connection, as its socket reads it.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{BufReader, ReadHalf};
use tokio::time::timeout;

use super::frame::{self, Traffic, Violation};
use super::handshake::{Role, shake_hands};
use super::lane::Lane;
use super::listener::Stream;

/// A stranger may not keep a connection open for nothing.
const HANDSHAKE: Duration = Duration::from_secs(10);

pub(crate) struct Link {
    reader: BufReader<ReadHalf<Box<dyn Stream>>>,
    limit: usize,
    /// The way back.
    pub lane: Lane,
    /// The identity that the peer chose.
    pub identity: Option<Bytes>,
}

impl Link {
    /// Greets a peer. It may send messages of at most `limit` bytes.
    pub(crate) async fn open(
        stream: Box<dyn Stream>,
        role: Role,
        limit: usize,
    ) -> Result<Self, Violation> {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut reader = BufReader::new(reader);
        let handshake = shake_hands(&mut reader, &mut writer, role);
        let identity = timeout(HANDSHAKE, handshake)
            .await
            .map_err(|_| Violation::Timeout)??;
        Ok(Self {
            reader,
            limit,
            lane: Lane::start(writer),
            identity,
        })
    }

    /// The next message, or a command that is not about the connection itself.
    pub(crate) async fn next(&mut self) -> Result<Traffic, Violation> {
        loop {
            let traffic = frame::read(&mut self.reader, self.limit).await?;
            let Traffic::Command(command) = &traffic else {
                return Ok(traffic);
            };
            match command.strip_prefix(b"\x04PING") {
                // Two bytes say how long the peer lives; the rest is to be sent back.
                Some(ping) => {
                    let context = ping.get(2..).ok_or(Violation::Command)?;
                    self.lane
                        .push(frame::encode_command(&[b"\x04PONG", context].concat()));
                }
                None => return Ok(traffic),
            }
        }
    }
}
