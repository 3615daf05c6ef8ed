//! The greeting and the one command that opens a connection.

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::frame::{self, Traffic, Violation};

/// A `READY` command has a few short properties.
const READY_LIMIT: usize = 4096;
const GREETING: usize = 64;

/// Which sockets this one talks to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub socket_type: &'static str,
    pub peers: &'static [&'static str],
}

/// Exchanges greetings. Returns the identity that the peer chose, if any.
pub(crate) async fn shake_hands(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    role: Role,
) -> Result<Option<Bytes>, Violation> {
    writer.write_all(&greeting()).await?;
    writer.flush().await?;
    let mut theirs = [0; GREETING];
    reader.read_exact(&mut theirs).await?;
    check(&theirs)?;

    writer
        .write_all(&frame::encode_command(&ready(role.socket_type)))
        .await?;
    writer.flush().await?;
    match frame::read(reader, READY_LIMIT).await? {
        Traffic::Command(command) => Peer::parse(command)?.admit(role),
        Traffic::Message(_) => Err(Violation::Command),
    }
}

/// Signature, version 3.0, mechanism NULL. With 3.0, peers subscribe by message.
fn greeting() -> [u8; GREETING] {
    let mut greeting = [0; GREETING];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    greeting
}

fn check(greeting: &[u8; GREETING]) -> Result<(), Violation> {
    if greeting[0] != 0xff || greeting[9] & 1 == 0 || greeting[10] < 3 {
        return Err(Violation::Greeting);
    }
    let mechanism = &greeting[12..32];
    if mechanism.starts_with(b"NULL") && mechanism[4..].iter().all(|&byte| byte == 0) {
        Ok(())
    } else {
        Err(Violation::Mechanism)
    }
}

fn ready(socket_type: &str) -> Vec<u8> {
    let mut body = b"\x05READY\x0bSocket-Type".to_vec();
    body.extend((socket_type.len() as u32).to_be_bytes());
    body.extend(socket_type.as_bytes());
    body
}

/// What a peer says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Peer {
    socket_type: Bytes,
    identity: Bytes,
}

impl Peer {
    fn parse(mut command: Bytes) -> Result<Self, Violation> {
        if *take(&mut command, 1)? != *b"READY" {
            return Err(Violation::Command);
        }
        let mut peer = Self::default();
        while command.has_remaining() {
            let name = take(&mut command, 1)?;
            let value = take(&mut command, 4)?;
            if name.eq_ignore_ascii_case(b"Socket-Type") {
                peer.socket_type = value;
            } else if name.eq_ignore_ascii_case(b"Identity") {
                peer.identity = value;
            }
        }
        Ok(peer)
    }

    fn admit(self, role: Role) -> Result<Option<Bytes>, Violation> {
        let Self {
            socket_type,
            identity,
        } = self;
        if !role.peers.iter().any(|peer| peer.as_bytes() == socket_type) {
            return Err(Violation::SocketType(
                String::from_utf8_lossy(&socket_type).into_owned(),
            ));
        }
        match identity.len() {
            0 => Ok(None),
            // Identities that begin with zero are those that routers give.
            1..=255 if identity[0] != 0 => Ok(Some(identity)),
            _ => Err(Violation::Command),
        }
    }
}

/// Takes a length of so many bytes and as much as it says.
fn take(bytes: &mut Bytes, length_size: usize) -> Result<Bytes, Violation> {
    if bytes.remaining() < length_size {
        return Err(Violation::Command);
    }
    let length = bytes.get_uint(length_size) as usize;
    if bytes.remaining() < length {
        return Err(Violation::Command);
    }
    Ok(bytes.split_to(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTER: Role = Role {
        socket_type: "ROUTER",
        peers: &["DEALER", "REQ"],
    };

    async fn shake(theirs: &[u8]) -> Result<Option<Bytes>, Violation> {
        shake_hands(&mut &*theirs, &mut tokio::io::sink(), ROUTER).await
    }

    fn peer(commands: &[&[u8]]) -> Vec<u8> {
        [&greeting()[..], &commands.concat()].concat()
    }

    #[tokio::test]
    async fn peers_with_and_without_identity() {
        let wire = peer(&[b"\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06DEALER"]);
        assert_eq!(shake(&wire).await.unwrap(), None);
        let wire =
            peer(&[b"\x04\x25\x05READY\x08IDENTITY\0\0\0\x02me\x0bsocket-type\0\0\0\x03REQ\0"]);
        assert!(
            matches!(shake(&wire).await, Err(Violation::Command)),
            "a property without value"
        );
        let wire =
            peer(&[b"\x04\x28\x05READY\x08IDENTITY\0\0\0\x02me\x0bsocket-type\0\0\0\x03REQ"]);
        assert_eq!(shake(&wire).await.unwrap(), Some(Bytes::from_static(b"me")));
    }

    #[tokio::test]
    async fn what_is_no_peer() {
        let mut curve = greeting();
        curve[12..17].copy_from_slice(b"CURVE");
        let mut old = greeting();
        old[10] = 1;
        for (wire, reason) in [
            (
                b"GET / HTTP/1.1\r\n".repeat(4),
                "the greeting is not that of ZMTP 3",
            ),
            (old.to_vec(), "the greeting is not that of ZMTP 3"),
            (curve.to_vec(), "only the mechanism NULL is supported"),
            (greeting()[..10].to_vec(), "the connection broke: early eof"),
            (peer(&[b"\0\x01x"]), "a command is malformed"),
            (peer(&[b"\x04\0"]), "a command is malformed"),
            (
                peer(&[b"\x04\x06\x05REA"]),
                "the connection broke: unexpected end of file",
            ),
            (peer(&[b"\x04\x06\x05ERROR"]), "a command is malformed"),
            (peer(&[b"\x04\x07\x05READY\x09"]), "a command is malformed"),
            (
                peer(&[b"\x04\x06\x05READY"]),
                r#"a socket of type "" does not belong here"#,
            ),
            (
                peer(&[b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB"]),
                r#"a socket of type "SUB" does not belong here"#,
            ),
            (
                peer(&[b"\x02\xff\xff\xff\xff\xff\xff\xff\xff"]),
                "a message is too large",
            ),
        ] {
            assert_eq!(shake(&wire).await.unwrap_err().to_string(), reason);
        }
    }
}
