//! One cell: what is sent around it, what is counted, how it fails.

use serde_json::json;

use crate::frontend::{Channel, Frontend};

#[test]
fn a_cell_with_a_value() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("hello");
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(
        reply.content,
        json!({"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}})
    );
    assert!(reply.metadata["started"].is_string());
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] hello",
            r#"execute_result [1] {"text/plain":"hello"}"#,
            "idle",
        ],
    );
    frontend.shutdown();
}

#[test]
fn parent_header_is_the_request_s_header() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("clear");
    let reply = frontend.reply(Channel::Shell, &id);
    for _ in 0..4 {
        let message = frontend.next_iopub();
        assert_eq!(message.parent_header, reply.parent_header);
        assert_eq!(message.header["session"], reply.header["session"]);
        assert_ne!(message.header["session"], message.parent_header["session"]);
    }
}

#[test]
fn only_cells_that_count_are_counted() {
    let mut frontend = Frontend::start();
    let run = |frontend: &mut Frontend, fields| {
        let id = frontend.execute_with("stdout", fields);
        let (_, count) = frontend.execute_reply(&id);
        while frontend.next_iopub().content["execution_state"] != "idle" {}
        count
    };
    assert_eq!(run(&mut frontend, json!({"store_history": false})), 1);
    assert_eq!(run(&mut frontend, json!({"silent": true})), 1);
    assert_eq!(run(&mut frontend, json!({})), 1);
    assert_eq!(run(&mut frontend, json!({})), 2);
    assert_eq!(
        run(
            &mut frontend,
            json!({"silent": true, "store_history": true})
        ),
        3
    );
    assert_eq!(run(&mut frontend, json!({"store_history": false})), 3);
    assert_eq!(run(&mut frontend, json!({})), 3);
}

#[test]
fn a_silent_cell_shows_neither_input_nor_result() {
    let mut frontend = Frontend::start();
    let id = frontend.execute_with("stdout still here\nvalue", json!({"silent": true}));
    assert_eq!(frontend.execute_reply(&id), ("ok".to_owned(), 1));
    frontend.assert_iopub(&id, &["busy", "stdout: still here\n", "idle"]);
}

#[test]
fn optional_fields_have_the_protocol_s_defaults() {
    let mut frontend = Frontend::start();
    let id = frontend.send(
        Channel::Shell,
        "execute_request",
        json!({"code": "input name?"}),
    );
    assert_eq!(frontend.execute_reply(&id), ("error".to_owned(), 1));
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] input name?",
            "error InputError: this frontend cannot ask for input (it sent allow_stdin: false)",
            "idle",
        ],
    );
}

#[test]
fn an_error_is_shown_and_replied() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("stdout before\nraise TypeError it is a fish\nstdout after");
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(
        reply.content,
        json!({
            "status": "error", "execution_count": 1, "payload": [], "user_expressions": {},
            "ename": "TypeError", "evalue": "it is a fish", "traceback": ["TypeError: it is a fish"],
        })
    );
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] stdout before\nraise TypeError it is a fish\nstdout after",
            "stdout: before\n",
            "error TypeError: it is a fish",
            "idle",
        ],
    );
    frontend.check(
        "next",
        "ok",
        &[r#"execute_result [2] {"text/plain":"next"}"#],
    );
}

#[test]
fn a_crash_of_the_language_is_one_cell_s_error() {
    let mut frontend = Frontend::start();
    frontend.check("panic oh no", "error", &["error KernelPanic: oh no"]);
    frontend.check(
        "next",
        "ok",
        &[r#"execute_result [2] {"text/plain":"next"}"#],
    );
}

/// Each expression succeeds or fails for itself; a cell that failed has none.
#[test]
fn user_expressions() {
    let mut frontend = Frontend::start();
    let expressions = json!({"a": "1 + 1", "b": "raise NameError b", "c": "panic c"});
    let fields = json!({"user_expressions": expressions, "silent": true});
    let id = frontend.execute_with("x", fields);
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(
        reply.content["user_expressions"],
        json!({
            "a": {"status": "ok", "data": {"text/plain": "1 + 1"}, "metadata": {}},
            "b": {
                "status": "error", "ename": "NameError", "evalue": "b", "traceback": ["NameError: b"],
            },
            "c": {"status": "ok", "data": {"text/plain": "panic c"}, "metadata": {}},
        })
    );
    frontend.assert_iopub(&id, &["busy", "idle"]);

    let id = frontend.execute_with("raise Oops no", json!({"user_expressions": {"a": "1"}}));
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(reply.content["status"], "error");
    assert_eq!(reply.content["user_expressions"], json!({}));
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] raise Oops no",
            "error Oops: no",
            "idle",
        ],
    );
}

/// Requests to the frontend come with the reply, in order, if the cell ended well.
#[test]
fn payloads() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("page help\nnext_input more");
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(
        reply.content["payload"],
        json!([
            {"source": "page", "data": {"text/plain": "help"}, "start": 0},
            {"source": "set_next_input", "text": "more", "replace": false},
        ])
    );
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] page help\nnext_input more",
            "idle",
        ],
    );
    let id = frontend.execute_with("page help\nraise Oops no", json!({"silent": true}));
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(reply.content["payload"], json!([]));
    frontend.assert_iopub(&id, &["busy", "error Oops: no", "idle"]);
}
