//! Comms: who may open them, what is said, and where it is shown.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::frontend::{Channel, Frontend};

fn open(frontend: &mut Frontend, comm_id: &str, target_name: &str, data: Value) -> String {
    let content = json!({"comm_id": comm_id, "target_name": target_name, "data": data});
    frontend.send(Channel::Shell, "comm_open", content)
}

fn say(frontend: &mut Frontend, comm_id: &str, data: Value) -> String {
    let content = json!({"comm_id": comm_id, "data": data});
    frontend.send(Channel::Shell, "comm_msg", content)
}

/// The open comms of a target, as both channels tell.
fn comms(frontend: &mut Frontend, target_name: Value) -> Value {
    let mut told = [Channel::Shell, Channel::Control].map(|channel| {
        let content = json!({"target_name": target_name});
        let id = frontend.send(channel, "comm_info_request", content);
        let reply = frontend.reply(channel, &id);
        assert_eq!(reply.content["status"], "ok");
        frontend.assert_iopub(&id, &["busy", "idle"]);
        reply.content["comms"].clone()
    });
    assert_eq!(told[0], told[1]);
    told[0].take()
}

#[test]
fn a_comm_without_a_target_is_closed_at_once() {
    let mut frontend = Frontend::start();
    let id = open(&mut frontend, "c1", "jupyter.widget", json!({}));
    frontend.assert_iopub(
        &id,
        &["busy", r#"comm_close {"comm_id":"c1","data":{}}"#, "idle"],
    );
    assert_eq!(comms(&mut frontend, Value::Null), json!({}));
    for msg_type in ["comm_msg", "comm_close"] {
        let content = json!({"comm_id": "c1", "data": {}});
        let id = frontend.send(Channel::Shell, msg_type, content);
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
    frontend.assert_nothing(Channel::Shell);
}

#[test]
fn a_comm_of_the_frontend() {
    let mut frontend = Frontend::start();
    let id = open(&mut frontend, "c1", "echo", json!({"a": 1}));
    let answer = r#"comm_msg {"comm_id":"c1","data":{"a":1}}"#;
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
    let known = json!({"c1": {"target_name": "echo"}});
    assert_eq!(comms(&mut frontend, Value::Null), known);
    assert_eq!(comms(&mut frontend, json!("echo")), known);
    assert_eq!(comms(&mut frontend, json!("other")), json!({}));

    let id = say(&mut frontend, "c1", json!({"run": "stdout heard"}));
    let answer = r#"comm_msg {"comm_id":"c1","data":{"run":"stdout heard"}}"#;
    frontend.assert_iopub(&id, &["busy", "stdout: heard\n", answer, "idle"]);

    let content = json!({"comm_id": "c1", "data": {}});
    let id = frontend.send(Channel::Shell, "comm_close", content);
    frontend.assert_iopub(&id, &["busy", "stdout: closed\n", "idle"]);
    assert_eq!(comms(&mut frontend, Value::Null), json!({}));
}

/// Statuses and messages of the comm belong to the message that caused them,
/// what is shown to the cell that opened it.
#[test]
fn a_comm_of_a_cell() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("comm_open c1 widget\ncomm_say c1 hello");
    frontend.execute_reply(&cell);
    frontend.assert_iopub(
        &cell,
        &[
            "busy",
            "execute_input [1] comm_open c1 widget\ncomm_say c1 hello",
            r#"comm_open {"comm_id":"c1","data":{"text":""},"target_name":"widget"}"#,
            r#"comm_msg {"comm_id":"c1","data":{"text":"hello"}}"#,
            "idle",
        ],
    );
    let known = json!({"c1": {"target_name": "widget"}});
    assert_eq!(comms(&mut frontend, json!("widget")), known);

    let id = say(&mut frontend, "c1", json!({"run": "stdout moved"}));
    frontend.assert_iopub(&id, &["busy"]);
    frontend.assert_iopub(&cell, &["stdout: moved\n"]);
    let answer = r#"comm_msg {"comm_id":"c1","data":{"run":"stdout moved"}}"#;
    frontend.assert_iopub(&id, &[answer, "idle"]);

    let id = frontend.execute("comm_close c1\ncomm_say c1 nobody hears it");
    frontend.execute_reply(&id);
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [2] comm_close c1\ncomm_say c1 nobody hears it",
            r#"comm_close {"comm_id":"c1","data":{"text":""}}"#,
            "idle",
        ],
    );
    assert_eq!(comms(&mut frontend, Value::Null), json!({}));
}

#[test]
fn a_message_waits_for_the_cell_that_runs() {
    let mut frontend = Frontend::start();
    let id = open(&mut frontend, "c1", "echo", json!({}));
    let answer = r#"comm_msg {"comm_id":"c1","data":{}}"#;
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
    let cell = frontend.execute("hang 100");
    let id = say(&mut frontend, "c1", json!({}));
    frontend.execute_reply(&cell);
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] hang 100", "idle"]);
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
}

/// An error of a handler is shown, and costs neither the comm nor the kernel.
#[test]
fn a_handler_fails() {
    let mut frontend = Frontend::start();
    let id = open(&mut frontend, "c1", "echo", json!({}));
    let answer = r#"comm_msg {"comm_id":"c1","data":{}}"#;
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
    for (run, said) in [
        ("raise ValueError no", "stderr: ValueError: no\n"),
        ("panic at once", "stderr: KernelPanic: at once\n"),
    ] {
        let id = say(&mut frontend, "c1", json!({"run": run}));
        frontend.assert_iopub(&id, &["busy", said, "idle"]);
    }
    let id = say(&mut frontend, "c1", json!({}));
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
}

#[test]
fn a_handler_is_interrupted() {
    let mut frontend = Frontend::start();
    let id = open(&mut frontend, "c1", "echo", json!({}));
    let answer = r#"comm_msg {"comm_id":"c1","data":{}}"#;
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
    let id = say(&mut frontend, "c1", json!({"run": "sleep 10000"}));
    frontend.assert_iopub(&id, &["busy"]);
    let interrupt = frontend.send(Channel::Control, "interrupt_request", json!({}));
    frontend.reply(Channel::Control, &interrupt);
    let mut said = Vec::new();
    for _ in 0..4 {
        let message = frontend.next_iopub();
        said.push((message.parent == id, message.msg_type, message.content));
    }
    assert!(
        said.iter().any(|(mine, kind, content)| *mine
            && kind == "stream"
            && content["text"] == "Interrupted: somebody was in a hurry\n"),
        "{said:?}"
    );
}

#[test]
fn binary_data_goes_both_ways() {
    let mut frontend = Frontend::start();
    let id = open(&mut frontend, "c1", "echo", json!({}));
    let answer = r#"comm_msg {"comm_id":"c1","data":{}}"#;
    frontend.assert_iopub(&id, &["busy", answer, "idle"]);
    let buffers = vec![Bytes::from_static(b"\0\xff"), Bytes::from(vec![7; 100_000])];
    let content = json!({"comm_id": "c1", "data": {"n": 2}});
    let id = frontend.send_with_buffers("comm_msg", content, buffers.clone());
    frontend.assert_iopub(&id, &["busy"]);
    let answer = frontend.next_iopub();
    assert_eq!(answer.content["data"], json!({"n": 2}));
    assert_eq!(answer.buffers, buffers);
    frontend.assert_iopub(&id, &["idle"]);
}
