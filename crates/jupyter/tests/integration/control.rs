//! Requests that do not wait for the cell that runs, and the heart.

use std::time::{Duration, Instant};

use serde_json::json;
use zeromq::{ReqSocket, Socket, SocketRecv, SocketSend};

use crate::frontend::{Channel, Frontend};

#[test]
fn control_answers_while_a_cell_runs() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("hang 200");
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] hang 200"]);
    for msg_type in ["kernel_info", "comm_info", "interrupt"] {
        let id = frontend.send(Channel::Control, &format!("{msg_type}_request"), json!({}));
        let reply = frontend.reply(Channel::Control, &id);
        assert_eq!(reply.msg_type, format!("{msg_type}_reply"));
        assert_eq!(reply.content["status"], "ok");
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
    frontend.assert_nothing(Channel::Shell);
    assert_eq!(
        frontend.execute_reply(&cell).0,
        "ok",
        "hang heeds no interrupt"
    );
    frontend.assert_iopub(&cell, &["idle"]);
}

/// Any request may come on control; one that wants the language waits for it,
/// and is answered there.
#[test]
fn control_takes_what_shell_takes() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("hang 100");
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] hang 100"]);
    let id = frontend.send(
        Channel::Control,
        "is_complete_request",
        json!({"code": "a"}),
    );
    frontend.assert_nothing(Channel::Control);
    frontend.execute_reply(&cell);
    let reply = frontend.reply(Channel::Control, &id);
    assert_eq!(reply.content["status"], "complete");
    frontend.assert_iopub(&cell, &["idle"]);
    frontend.assert_iopub(&id, &["busy", "idle"]);
    frontend.check("stdout a", "ok", &["stdout: a\n"]);
}

/// What JupyterLab's resource panel asks.
#[test]
fn usage_is_told() {
    let mut frontend = Frontend::start();
    for _ in 0..2 {
        let id = frontend.send(Channel::Control, "usage_request", json!({}));
        let reply = frontend.reply(Channel::Control, &id);
        assert_eq!(reply.msg_type, "usage_reply");
        assert_eq!(reply.content["pid"], std::process::id());
        assert!(reply.content["cpu_count"].as_u64() >= Some(1));
        if cfg!(target_os = "linux") {
            let memory = reply.content["kernel_memory"].as_u64().unwrap();
            let all = reply.content["host_virtual_memory"]["total"]
                .as_u64()
                .unwrap();
            assert!(memory > 1 << 20 && memory < all, "{memory} of {all}");
        }
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
}

#[test]
fn debuggers_are_answered_while_a_cell_runs() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("hang 200");
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] hang 200"]);
    let ask = |command| json!({"type": "request", "seq": 7, "command": command});
    for (command, success) in [("debugInfo", true), ("stepIn", false)] {
        let id = frontend.send(Channel::Control, "debug_request", ask(command));
        let reply = frontend.reply(Channel::Control, &id);
        assert_eq!(reply.msg_type, "debug_reply");
        assert_eq!(reply.content["request_seq"], 7);
        assert_eq!(reply.content["success"], success);
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
    frontend.execute_reply(&cell);
    frontend.assert_iopub(&cell, &["idle"]);
}

#[test]
fn subshells_are_refused() {
    let mut frontend = Frontend::start();
    for family in ["create_subshell", "delete_subshell", "list_subshell"] {
        let id = frontend.send(Channel::Control, &format!("{family}_request"), json!({}));
        let reply = frontend.reply(Channel::Control, &id);
        assert_eq!(reply.msg_type, format!("{family}_reply"));
        assert_eq!(reply.content["status"], "error");
        assert_eq!(reply.content["ename"], "NotSupported");
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
}

#[test]
fn an_interrupt_without_a_cell_does_nothing() {
    let mut frontend = Frontend::start();
    let id = frontend.send(Channel::Control, "interrupt_request", json!({}));
    frontend.reply(Channel::Control, &id);
    frontend.assert_iopub(&id, &["busy", "idle"]);
    frontend.check("sleep 1", "ok", &[]);
}

#[test]
fn no_request_is_left_without_a_reply() {
    let mut frontend = Frontend::start();
    let unknown = ["make_coffee", "list_subshell", "create_subshell"];
    for (channel, families) in [
        (Channel::Control, &unknown[..]),
        (Channel::Shell, &unknown[..]),
        // Those that control knows.
        (Channel::Shell, &["interrupt", "usage", "debug"]),
    ] {
        for family in families {
            let id = frontend.send(channel, &format!("{family}_request"), json!({}));
            let reply = frontend.reply(channel, &id);
            assert_eq!(reply.msg_type, format!("{family}_reply"));
            assert_eq!(reply.content["status"], "error");
            assert_eq!(reply.content["ename"], "NotSupported");
            frontend.assert_iopub(&id, &["busy", "idle"]);
        }
    }
    frontend.shutdown();
}

/// What is no request has no reply: nobody waits for one.
#[test]
fn unknown_messages_get_statuses_and_no_reply() {
    let mut frontend = Frontend::start();
    for channel in [Channel::Control, Channel::Shell] {
        let id = frontend.send(channel, "make_coffee", json!({}));
        frontend.assert_iopub(&id, &["busy", "idle"]);
        frontend.assert_nothing(channel);
    }
    frontend.shutdown();
}

#[test]
fn the_heart_beats_while_a_cell_runs() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("hang 150");
    let endpoint = frontend.kernel.connection.hb_url();
    frontend.block_on(async {
        let mut heart = ReqSocket::new();
        heart.connect(&endpoint).await.unwrap();
        for beat in ["ping", "", "ping again"] {
            heart.send(beat.into()).await.unwrap();
            assert_eq!(String::try_from(heart.recv().await.unwrap()).unwrap(), beat);
        }
    });
    frontend.assert_nothing(Channel::Shell);
    assert_eq!(frontend.execute_reply(&cell).0, "ok");
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] hang 150", "idle"]);
}

#[test]
fn shutdown_ends_the_cell_that_runs() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("sleep 60000");
    let behind = frontend.execute("x");
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] sleep 60000"]);
    let id = frontend.send(
        Channel::Control,
        "shutdown_request",
        json!({"restart": true}),
    );
    assert_eq!(frontend.execute_reply(&cell).0, "error");
    assert_eq!(frontend.execute_reply(&behind).0, "aborted");
    let reply = frontend.reply(Channel::Control, &id);
    assert_eq!(reply.content, json!({"status": "ok", "restart": true}));
    frontend.assert_iopub(&id, &["busy"]);
    frontend.assert_iopub(
        &cell,
        &["error Interrupted: somebody was in a hurry", "idle"],
    );
    frontend.assert_iopub(&behind, &["busy", "idle"]);
    frontend.assert_iopub(
        &id,
        &[r#"shutdown_reply {"restart":true,"status":"ok"}"#, "idle"],
    );
    frontend.kernel.join().unwrap();
}

#[test]
fn shutdown_does_not_wait_for_a_language_that_hangs() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("hang 60000");
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] hang 60000"]);
    let started = Instant::now();
    let id = frontend.send(
        Channel::Control,
        "shutdown_request",
        json!({"restart": false}),
    );
    frontend.reply(Channel::Control, &id);
    frontend.kernel.join().unwrap();
    assert!(
        started.elapsed() < Duration::from_millis(2500),
        "jupyter_client sends SIGTERM then"
    );
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            r#"shutdown_reply {"restart":false,"status":"ok"}"#,
            "idle",
        ],
    );
}

#[test]
fn shutdown_on_shell_waits_for_its_turn() {
    let mut frontend = Frontend::start();
    let cell = frontend.execute("sleep 50");
    let id = frontend.send(Channel::Shell, "shutdown_request", json!({}));
    assert_eq!(frontend.execute_reply(&cell).0, "ok");
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(reply.content, json!({"status": "ok", "restart": false}));
    frontend.assert_iopub(&cell, &["busy", "execute_input [1] sleep 50", "idle"]);
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            r#"shutdown_reply {"restart":false,"status":"ok"}"#,
            "idle",
        ],
    );
    frontend.kernel.join().unwrap();
}
