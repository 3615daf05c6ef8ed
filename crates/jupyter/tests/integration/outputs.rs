//! What a cell can show and ask.

use serde_json::json;

use crate::frontend::{Channel, Client, Frontend};

#[test]
fn streams_keep_their_order() {
    let mut frontend = Frontend::start();
    frontend.check(
        "stdout a\nstdout b\nstderr c\nstdout d\ndisplay e\nstdout f",
        "ok",
        &[
            "stdout: a\nb\n",
            "stderr: c\n",
            "stdout: d\n",
            r#"display_data {"data":{"text/plain":"e"},"metadata":{},"transient":{}}"#,
            "stdout: f\n",
        ],
    );
}

/// Text that comes fast is joined, so that a client can keep up.
#[test]
fn a_flood_becomes_few_messages_and_loses_nothing() {
    let mut frontend = Frontend::start();
    let expected: String = (0..300_000).map(|line| format!("{line}\n")).collect();
    frontend.check("flood 300000", "ok", &[&format!("stdout: {expected}")]);
}

#[test]
fn text_appears_while_the_cell_runs() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("stdout now\nsleep 60000");
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] stdout now\nsleep 60000",
            "stdout: now\n",
        ],
    );
    let stop = frontend.send(Channel::Control, "interrupt_request", json!({}));
    frontend.reply(Channel::Control, &stop);
    assert_eq!(frontend.execute_reply(&id).0, "error");
    let error = "error Interrupted: somebody was in a hurry";
    // The control request's statuses stand somewhere among the cell's.
    let mut rest: Vec<_> = (0..4).map(|_| frontend.next_iopub()).collect();
    rest.retain(|message| message.parent == id);
    assert_eq!(rest[0].content["ename"], "Interrupted", "{error}");
    assert_eq!(rest[1].content["execution_state"], "idle");
}

#[test]
fn text_of_a_thread_that_outlives_its_cell() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("later tick");
    assert_eq!(frontend.execute_reply(&id).0, "ok");
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] later tick",
            "idle",
            "stdout: tick",
        ],
    );
}

#[test]
fn displays_can_be_updated_and_cleared() {
    let mut frontend = Frontend::start();
    frontend.check(
        "display_as bar 10%\nupdate bar 20%\nclear\ndisplay done",
        "ok",
        &[
            r#"display_data {"data":{"text/plain":"10%"},"metadata":{},"transient":{"display_id":"bar"}}"#,
            r#"update_display_data {"data":{"text/plain":"20%"},"metadata":{},"transient":{"display_id":"bar"}}"#,
            r#"clear_output {"wait":true}"#,
            r#"display_data {"data":{"text/plain":"done"},"metadata":{},"transient":{}}"#,
        ],
    );
}

#[test]
fn json_is_an_object_on_the_wire() {
    let mut frontend = Frontend::start();
    frontend.check(
        r#"json {"mark": ["bar", 1]}"#,
        "ok",
        &[r#"display_data {"data":{"application/json":{"mark":["bar",1]}},"metadata":{},"transient":{}}"#],
    );
}

#[test]
fn input_is_asked_of_the_client_that_runs_the_cell() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("input name? ");
    let question = frontend.reply(Channel::Stdin, &id);
    assert_eq!(question.msg_type, "input_request");
    assert_eq!(
        question.content,
        json!({"prompt": "name? ", "password": false})
    );
    frontend.send(
        Channel::Stdin,
        "input_reply",
        json!({"value": "Ada", "status": "ok"}),
    );
    assert_eq!(frontend.execute_reply(&id).0, "ok");
    frontend.assert_iopub(
        &id,
        &[
            "busy",
            "execute_input [1] input name? ",
            "stdout: Ada\n",
            "idle",
        ],
    );
}

#[test]
fn an_answer_that_nobody_asked_for_is_forgotten() {
    let mut frontend = Frontend::start();
    frontend.send(Channel::Stdin, "input_reply", json!({"value": "too early"}));
    frontend.pause();
    let id = frontend.execute("input ?");
    frontend.reply(Channel::Stdin, &id);
    frontend.send(
        Channel::Stdin,
        "comm_msg",
        json!({"value": "not an answer"}),
    );
    frontend.send(Channel::Stdin, "input_reply", json!({"value": "now"}));
    assert_eq!(frontend.execute_reply(&id).0, "ok");
    frontend.assert_iopub(
        &id,
        &["busy", "execute_input [1] input ?", "stdout: now\n", "idle"],
    );
}

#[test]
fn waiting_for_input_can_be_interrupted() {
    let mut frontend = Frontend::start();
    let id = frontend.execute("input ?");
    frontend.reply(Channel::Stdin, &id);
    frontend.assert_iopub(&id, &["busy", "execute_input [1] input ?"]);
    let stop = frontend.send(Channel::Control, "interrupt_request", json!({}));
    frontend.reply(Channel::Control, &stop);
    assert_eq!(frontend.execute_reply(&id).0, "error");
    let mut rest: Vec<_> = (0..4).map(|_| frontend.next_iopub()).collect();
    rest.retain(|message| message.parent == id);
    assert_eq!(
        rest[0].content["evalue"],
        "interrupted while waiting for input"
    );
    // The flag belongs to that cell alone.
    frontend.check("sleep 1", "ok", &[]);
}

/// A client that subscribed and does not read costs the others five seconds,
/// once. It loses messages; they do not.
#[test]
fn a_client_that_stops_reading_does_not_stop_the_others() {
    let mut frontend = Frontend::start();
    let suspended = Client::connect(&frontend.kernel.connection);

    // More than the queue of a subscriber and what the sockets hold.
    let id = frontend.execute("fill 100");
    let mut received = 0;
    loop {
        let message = frontend.next_iopub();
        match message.msg_type.as_str() {
            "stream" => received += message.content["text"].as_str().unwrap().len(),
            "status" if message.content["execution_state"] == "idle" => break,
            _ => {}
        }
    }
    assert_eq!(received, 100 << 20);
    assert_eq!(frontend.execute_reply(&id).0, "ok");
    std::mem::forget(suspended);
}
