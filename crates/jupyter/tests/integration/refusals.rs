//! What must not get in, and must not hurt.

use std::io::Write;
use std::net::TcpStream;

use bytes::Bytes;
use serde_json::json;

use crate::frontend::{Channel, Frontend, message};
use crate::wiretap;

const CELL: [&str; 4] = [
    r#"{"msg_id":"1","msg_type":"execute_request"}"#,
    "{}",
    "{}",
    r#"{"code":"x"}"#,
];

fn frames(parts: &[&str]) -> Vec<Bytes> {
    parts
        .iter()
        .map(|part| Bytes::copy_from_slice(part.as_bytes()))
        .collect()
}

/// The kernel said nothing to that and works as before.
fn assert_ignored(mut frontend: Frontend) {
    for channel in [Channel::Shell, Channel::Control] {
        frontend.assert_nothing(channel);
    }
    frontend.check(
        "alive",
        "ok",
        &[r#"execute_result [1] {"text/plain":"alive"}"#],
    );
    frontend.shutdown();
}

#[test]
fn bad_signatures() {
    let mut frontend = Frontend::start();
    let good = frontend.block_on(wiretap::signed(
        message("execute_request", json!({"code": "x"})),
        "another key",
    ));
    for channel in [Channel::Shell, Channel::Control, Channel::Stdin] {
        frontend.send_frames(channel, good.clone());
        for signature in [
            "",
            "0",
            "zz",
            "é",
            &"0".repeat(64),
            &"0".repeat(65),
            &"F".repeat(9000),
        ] {
            let mut bad = good.clone();
            bad[1] = Bytes::copy_from_slice(signature.as_bytes());
            frontend.send_frames(channel, bad);
        }
    }
    assert_ignored(frontend);
}

#[test]
fn a_message_changed_on_its_way() {
    let mut frontend = Frontend::start();
    let key = frontend.kernel.connection.key.clone();
    let mut frames = frontend.block_on(wiretap::signed(
        message("execute_request", json!({"code": "x"})),
        &key,
    ));
    frames[5] = Bytes::from_static(br#"{"code":"y"}"#);
    frontend.send_frames(Channel::Shell, frames);
    assert_ignored(frontend);
}

#[test]
fn replays_on_any_channel() {
    let mut frontend = Frontend::start();
    let key = frontend.kernel.connection.key.clone();
    let message = message("kernel_info_request", json!({}));
    let id = message.header.msg_id.clone();
    let frames = frontend.block_on(wiretap::signed(message, &key));
    frontend.send_frames(Channel::Shell, frames.clone());
    assert_eq!(
        frontend.receive(Channel::Shell).msg_type,
        "kernel_info_reply"
    );
    frontend.assert_iopub(&id, &["busy", "idle"]);
    for channel in [Channel::Shell, Channel::Control, Channel::Stdin] {
        frontend.send_frames(channel, frames.clone());
    }
    assert_ignored(frontend);
}

#[test]
fn malformed_frames() {
    let mut frontend = Frontend::start();
    for channel in [Channel::Shell, Channel::Control, Channel::Stdin] {
        for parts in [
            &[""][..],
            &["", ""],
            &["hello"],
            &["<IDS|MSG>"],
            &["<IDS|MSG>", ""],
            &["<IDS|MSG>", "", "{}"],
            &["<IDS|MSG>", "", "{}", "{}", "{}"],
            &[
                "<IDS|MSG>",
                "<IDS|MSG>",
                "<IDS|MSG>",
                "<IDS|MSG>",
                "<IDS|MSG>",
                "<IDS|MSG>",
            ],
            &[
                "who",
                "else",
                "<IDS|MSG>",
                "sig",
                "{}",
                "{}",
                "{}",
                "{}",
                "buffer",
            ],
        ] {
            frontend.send_frames(channel, frames(parts));
        }
    }
    assert_ignored(frontend);
}

/// A kernel without a key lets every signature in; JSON is still checked.
#[test]
fn malformed_json() {
    let mut frontend = Frontend::start_with_key("");
    let deep = "[".repeat(100_000);
    let bad: Vec<Bytes> = [
        &b"{"[..],
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{}{}",
        b"{\"a\":1e999}",
        deep.as_bytes(),
    ]
    .map(Bytes::copy_from_slice)
    .to_vec();
    for channel in [Channel::Shell, Channel::Control, Channel::Stdin] {
        // The parent header is not looked at.
        for part in [0, 2, 3] {
            for bad in &bad {
                let mut message = frames(&["<IDS|MSG>", ""]);
                message.extend(frames(&CELL));
                message[2 + part] = bad.clone();
                frontend.send_frames(channel, message);
            }
        }
    }
    assert_ignored(frontend);
}

/// A message that is signed and in form, but not what its type says: the
/// client waits for a reply, and gets one.
#[test]
fn content_that_does_not_fit() {
    let mut frontend = Frontend::start();
    for (family, content) in [
        ("execute", json!({})),
        ("execute", json!({"code": 1})),
        ("complete", json!({"code": "x", "cursor_pos": -1})),
        ("inspect", json!({"cursor_pos": 0})),
        ("is_complete", json!({"code": null})),
        ("history", json!({"hist_access_type": "guess"})),
    ] {
        let id = frontend.send(Channel::Shell, &format!("{family}_request"), content);
        let reply = frontend.reply(Channel::Shell, &id);
        assert_eq!(reply.msg_type, format!("{family}_reply"));
        assert_eq!(reply.content["status"], "error");
        assert_eq!(reply.content["ename"], "MalformedRequest");
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
    let id = frontend.send(Channel::Shell, "comm_open", json!({"comm_id": []}));
    frontend.assert_iopub(&id, &["busy", "idle"]);
    assert_ignored(frontend);
}

/// Whatever a stranger writes to a port, it costs that connection only.
#[test]
fn strangers_at_the_door() {
    let frontend = Frontend::start();
    let connection = frontend.kernel.connection.clone();
    let mut greeting = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0];
    greeting.extend(b"NULL");
    greeting.resize(64, 0);
    let dealer = b"\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06DEALER";
    let sub = b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB";
    let browser = b"GET / HTTP/1.1\r\nHost: localhost:12345\r\nUser-Agent: a browser\r\n\r\n";

    let mut strangers = Vec::new();
    for port in [
        connection.shell_port,
        connection.iopub_port,
        connection.stdin_port,
        connection.control_port,
        connection.hb_port,
    ] {
        let mut visit = |parts: &[&[u8]]| {
            let mut stranger = TcpStream::connect(("127.0.0.1", port)).unwrap();
            for part in parts {
                let _ = stranger.write_all(part);
            }
            strangers.push(stranger);
        };
        visit(&[]);
        visit(&[browser]);
        visit(&[&[0; 1000]]);
        for shaken in [
            &greeting[..],
            &[&greeting[..], dealer].concat(),
            &[&greeting[..], sub].concat(),
        ] {
            for after in [
                &b""[..],
                b"\0\x01x",
                b"\x04\0",
                b"\x04\x06\x05READY",
                b"\x04\x05\x04PING",
                b"\x04\x06\x05NONE!",
                b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                // More than there is memory, and more than there is address space.
                b"\x02\x00\x01\0\0\0\0\0\0x",
                b"\x02\xff\xff\xff\xff\xff\xff\xff\xffx",
                &[1, 0].repeat(100_000),
                &b"\0\x02\x01t".repeat(2000),
            ] {
                visit(&[shaken, after]);
            }
        }
    }
    assert_ignored(frontend);
}
