//! Requests other than cells.

use serde_json::{Value, json};

use crate::frontend::{Channel, Frontend};

/// Sends a request on shell and returns the content of its reply.
fn ask(frontend: &mut Frontend, family: &str, content: Value) -> Value {
    let id = frontend.send(Channel::Shell, &format!("{family}_request"), content);
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(reply.msg_type, format!("{family}_reply"));
    frontend.assert_iopub(&id, &["busy", "idle"]);
    reply.content
}

#[test]
fn is_complete() {
    let mut frontend = Frontend::start();
    for (code, reply) in [
        ("a", json!({"status": "complete", "indent": ""})),
        ("a\\", json!({"status": "incomplete", "indent": "  "})),
        ("a!", json!({"status": "invalid", "indent": ""})),
    ] {
        assert_eq!(
            ask(&mut frontend, "is_complete", json!({"code": code})),
            reply
        );
    }
}

/// Positions are characters on the wire and bytes in the language.
#[test]
fn complete() {
    let mut frontend = Frontend::start();
    let reply = ask(
        &mut frontend,
        "complete",
        json!({"code": "é🦀 std", "cursor_pos": 6}),
    );
    assert_eq!(
        reply,
        json!({
            "status": "ok", "matches": ["stderr", "stdout"],
            "cursor_start": 3, "cursor_end": 6, "metadata": {},
        })
    );
    let reply = ask(
        &mut frontend,
        "complete",
        json!({"code": "std", "cursor_pos": 999}),
    );
    assert_eq!(reply["cursor_end"], 3);
}

#[test]
fn inspect() {
    let mut frontend = Frontend::start();
    let content = json!({"code": "sleep", "cursor_pos": 2, "detail_level": 0});
    assert_eq!(
        ask(&mut frontend, "inspect", content),
        json!({
            "status": "ok", "found": true,
            "data": {"text/plain": "MILLISECONDS: sleep"}, "metadata": {},
        })
    );
    assert_eq!(
        ask(
            &mut frontend,
            "inspect",
            json!({"code": "fish", "cursor_pos": 2})
        ),
        json!({"status": "ok", "found": false, "data": {}, "metadata": {}})
    );
}

#[test]
fn history() {
    let mut frontend = Frontend::start();
    for code in ["stdout a", "b", "b"] {
        let id = frontend.execute(code);
        frontend.execute_reply(&id);
        while frontend.next_iopub().content["execution_state"] != "idle" {}
    }
    let id = frontend.execute_with("not remembered", json!({"store_history": false}));
    frontend.execute_reply(&id);
    while frontend.next_iopub().content["execution_state"] != "idle" {}

    for (request, history) in [
        (
            json!({"hist_access_type": "tail", "n": 2, "output": false, "raw": true}),
            json!([[1, 2, "b"], [1, 3, "b"]]),
        ),
        (
            json!({"hist_access_type": "tail", "n": 3, "output": true, "raw": true}),
            json!([
                [1, 1, ["stdout a", null]],
                [1, 2, ["b", "b"]],
                [1, 3, ["b", "b"]]
            ]),
        ),
        (
            json!({"hist_access_type": "range", "session": 0, "start": 1, "stop": 3}),
            json!([[1, 1, "stdout a"], [1, 2, "b"]]),
        ),
        (
            json!({"hist_access_type": "range", "session": -1, "start": 1}),
            json!([]),
        ),
        (
            json!({"hist_access_type": "search", "pattern": "?", "unique": true}),
            json!([[1, 3, "b"]]),
        ),
        (
            json!({"hist_access_type": "search", "pattern": "*t*", "n": 1}),
            json!([[1, 1, "stdout a"]]),
        ),
    ] {
        let reply = ask(&mut frontend, "history", request.clone());
        assert_eq!(
            reply,
            json!({"status": "ok", "history": history}),
            "{request}"
        );
    }
}

#[test]
fn ports_are_told() {
    let mut frontend = Frontend::start();
    let connection = frontend.kernel.connection.clone();
    let reply = ask(&mut frontend, "connect", json!({}));
    assert_eq!(
        reply,
        json!({
            "status": "ok",
            "shell_port": connection.shell_port, "iopub_port": connection.iopub_port,
            "stdin_port": connection.stdin_port, "control_port": connection.control_port,
            "hb_port": connection.hb_port,
        })
    );
}
