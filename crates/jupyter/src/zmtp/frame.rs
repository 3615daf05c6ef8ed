//! Frames: flags, a length, a body. A message is a run of them.

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

/// The largest message that a client may send. Notebooks send cells, not files.
pub(crate) const MESSAGE_LIMIT: usize = 256 << 20;
/// What a frame counts beside its body, so that empty frames have a limit too.
const FRAME_COST: usize = 64;

/// Why a connection is closed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Violation {
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("the greeting is not that of ZMTP 3")]
    Greeting,
    #[error("only the mechanism NULL is supported")]
    Mechanism,
    #[error("a frame with flags {0:#04x} in a wrong place")]
    Flags(u8),
    #[error("a message is too large")]
    TooLarge,
    #[error("a command is malformed")]
    Command,
    #[error("a socket of type {0:?} does not belong here")]
    SocketType(String),
    #[error("the handshake takes too long")]
    Timeout,
}

/// What comes over a connection after the greeting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Traffic {
    Message(Vec<Bytes>),
    Command(Bytes),
}

/// Reads one message or command of at most `limit` bytes.
pub(crate) async fn read(
    reader: &mut (impl AsyncRead + Unpin),
    limit: usize,
) -> Result<Traffic, Violation> {
    let mut frames = Vec::new();
    let mut room = limit;
    loop {
        let flags = reader.read_u8().await?;
        let lone_command = flags & COMMAND == 0 || (flags & MORE == 0 && frames.is_empty());
        if flags & !(MORE | LONG | COMMAND) != 0 || !lone_command {
            return Err(Violation::Flags(flags));
        }
        let length = match flags & LONG {
            0 => reader.read_u8().await?.into(),
            _ => reader.read_u64().await?,
        };
        let length = usize::try_from(length).map_err(|_| Violation::TooLarge)?;
        room = room
            .checked_sub(FRAME_COST)
            .and_then(|room| room.checked_sub(length))
            .ok_or(Violation::TooLarge)?;
        let body = read_body(reader, length).await?;
        if flags & COMMAND != 0 {
            return Ok(Traffic::Command(body));
        }
        frames.push(body);
        if flags & MORE == 0 {
            return Ok(Traffic::Message(frames));
        }
    }
}

/// Memory grows with what arrives, not with what was announced.
async fn read_body(
    reader: &mut (impl AsyncRead + Unpin),
    length: usize,
) -> Result<Bytes, Violation> {
    let mut body = Vec::new();
    reader.take(length as u64).read_to_end(&mut body).await?;
    if body.len() < length {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    Ok(body.into())
}

/// A message as it crosses the wire.
pub(crate) fn encode(frames: &[Bytes]) -> Bytes {
    let size = frames.iter().map(|frame| frame.len() + 9).sum();
    let mut wire = BytesMut::with_capacity(size);
    for (index, frame) in frames.iter().enumerate() {
        let more = if index + 1 < frames.len() { MORE } else { 0 };
        put(&mut wire, more, frame);
    }
    wire.freeze()
}

/// A command as it crosses the wire.
pub(crate) fn encode_command(body: &[u8]) -> Bytes {
    let mut wire = BytesMut::with_capacity(body.len() + 9);
    put(&mut wire, COMMAND, body);
    wire.freeze()
}

fn put(wire: &mut BytesMut, flags: u8, body: &[u8]) {
    if let Ok(length) = u8::try_from(body.len()) {
        wire.put_u8(flags);
        wire.put_u8(length);
    } else {
        wire.put_u8(flags | LONG);
        wire.put_u64(body.len() as u64);
    }
    wire.put_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(wire: &[u8], limit: usize) -> Result<Traffic, Violation> {
        read(&mut &*wire, limit).await
    }

    #[tokio::test]
    async fn what_is_written_is_read() {
        let frames: Vec<Bytes> = [0, 1, 255, 256, 70_000]
            .map(|length| vec![7; length].into())
            .to_vec();
        let wire = encode(&frames);
        assert_eq!(
            read_all(&wire, MESSAGE_LIMIT).await.unwrap(),
            Traffic::Message(frames)
        );
        let wire = encode_command(b"\x04PING\0\0");
        let command = Traffic::Command(Bytes::from_static(b"\x04PING\0\0"));
        assert_eq!(read_all(&wire, MESSAGE_LIMIT).await.unwrap(), command);
    }

    #[tokio::test]
    async fn one_message_ends_where_the_next_begins() {
        let wire = [
            encode(&[Bytes::from_static(b"a")]),
            encode(&[Bytes::from_static(b"b")]),
        ]
        .concat();
        let mut reader = &*wire;
        for body in [&b"a"[..], b"b"] {
            let message = Traffic::Message(vec![Bytes::copy_from_slice(body)]);
            assert_eq!(read(&mut reader, 1000).await.unwrap(), message);
        }
        assert!(matches!(
            read(&mut reader, 1000).await,
            Err(Violation::Io(_))
        ));
    }

    #[tokio::test]
    async fn violations() {
        for (wire, reason) in [
            (
                &b"\x02\xff\xff\xff\xff\xff\xff\xff\xff"[..],
                "a message is too large",
            ),
            (b"\x02\0\0\0\x01\0\0\0\0abc", "a message is too large"),
            (b"\x01\0\x01\0\x01\0\x01\0", "a message is too large"),
            (b"\x08\x01a", "a frame with flags 0x08 in a wrong place"),
            (b"\x05\x01a", "a frame with flags 0x05 in a wrong place"),
            (
                b"\x01\x01a\x04\x01b",
                "a frame with flags 0x04 in a wrong place",
            ),
            (b"\0\x05abc", "the connection broke: unexpected end of file"),
            (b"", "the connection broke: unexpected end of file"),
        ] {
            assert_eq!(
                read_all(wire, 200).await.unwrap_err().to_string(),
                reason,
                "{wire:?}"
            );
        }
    }
}
