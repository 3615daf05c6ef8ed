//! Cells that wait behind other cells.

use serde_json::json;

use crate::frontend::{Channel, Frontend, message};
use crate::wiretap;

#[test]
fn a_thousand_cells_in_one_go() {
    let mut frontend = Frontend::start();
    let ids: Vec<_> = (0..1000).map(|_| frontend.execute("x")).collect();
    for (index, id) in ids.iter().enumerate() {
        let count = index as u64 + 1;
        assert_eq!(frontend.execute_reply(id), ("ok".to_owned(), count));
        let input = format!("execute_input [{count}] x");
        let result = format!(r#"execute_result [{count}] {{"text/plain":"x"}}"#);
        frontend.assert_iopub(id, &["busy", &input, &result, "idle"]);
    }
}

#[test]
fn an_error_aborts_the_cells_behind_it_and_nothing_else() {
    let mut frontend = Frontend::start();
    let failing = frontend.execute("sleep 300\nraise Oops no");
    let behind = [frontend.execute("a"), frontend.execute("b")];
    let question = frontend.send(Channel::Shell, "is_complete_request", json!({"code": "a"}));
    let third = frontend.execute("c");

    assert_eq!(frontend.execute_reply(&failing), ("error".to_owned(), 1));
    let input = "execute_input [1] sleep 300\nraise Oops no";
    frontend.assert_iopub(&failing, &["busy", input, "error Oops: no", "idle"]);
    for id in behind {
        let reply = frontend.reply(Channel::Shell, &id);
        assert_eq!(reply.content, json!({"status": "aborted"}));
        frontend.assert_iopub(&id, &["busy", "idle"]);
    }
    assert_eq!(
        frontend.reply(Channel::Shell, &question).content["status"],
        "complete"
    );
    frontend.assert_iopub(&question, &["busy", "idle"]);
    assert_eq!(frontend.execute_reply(&third).0, "aborted");
    frontend.assert_iopub(&third, &["busy", "idle"]);

    // Sent after the error: it runs, and no number was lost.
    frontend.check("d", "ok", &[r#"execute_result [2] {"text/plain":"d"}"#]);
}

/// The error comes faster than the next cell can be read from the socket.
#[test]
fn an_error_at_once_aborts_what_was_sent_together() {
    let mut frontend = Frontend::start();
    let key = frontend.kernel.connection.key.clone();
    let cell = |code: &str| message("execute_request", json!({ "code": code }));
    let mut cells: Vec<_> = (0..20).map(|_| cell("x")).collect();
    cells.insert(0, cell("raise Oops no"));
    let ids: Vec<_> = cells
        .iter()
        .map(|cell| cell.header.msg_id.clone())
        .collect();
    let frames: Vec<_> = cells
        .into_iter()
        .map(|cell| frontend.block_on(wiretap::signed(cell, &key)))
        .collect();
    for frames in frames {
        frontend.send_frames(Channel::Shell, frames);
    }
    assert_eq!(frontend.execute_reply(&ids[0]).0, "error");
    let error = "error Oops: no";
    frontend.assert_iopub(
        &ids[0],
        &["busy", "execute_input [1] raise Oops no", error, "idle"],
    );
    for id in &ids[1..] {
        assert_eq!(frontend.execute_reply(id).0, "aborted");
        frontend.assert_iopub(id, &["busy", "idle"]);
    }
}

#[test]
fn without_stop_on_error_the_queue_goes_on() {
    let mut frontend = Frontend::start();
    let failing =
        frontend.execute_with("sleep 300\nraise Oops no", json!({"stop_on_error": false}));
    let next = frontend.execute("x");
    assert_eq!(frontend.execute_reply(&failing).0, "error");
    let input = "execute_input [1] sleep 300\nraise Oops no";
    frontend.assert_iopub(&failing, &["busy", input, "error Oops: no", "idle"]);
    assert_eq!(frontend.execute_reply(&next), ("ok".to_owned(), 2));
    frontend.assert_iopub(
        &next,
        &[
            "busy",
            "execute_input [2] x",
            r#"execute_result [2] {"text/plain":"x"}"#,
            "idle",
        ],
    );
}

#[test]
fn an_interrupt_aborts_the_cells_behind_too() {
    let mut frontend = Frontend::start();
    let running = frontend.execute("sleep 60000");
    let behind = frontend.execute("x");
    frontend.assert_iopub(&running, &["busy", "execute_input [1] sleep 60000"]);
    let stop = frontend.send(Channel::Control, "interrupt_request", json!({}));
    assert_eq!(
        frontend.reply(Channel::Control, &stop).content,
        json!({"status": "ok"})
    );
    assert_eq!(frontend.execute_reply(&running).0, "error");
    assert_eq!(frontend.execute_reply(&behind).0, "aborted");
    let mut rest: Vec<_> = (0..6).map(|_| frontend.next_iopub()).collect();
    rest.retain(|message| message.parent != stop);
    let parents: Vec<_> = rest.iter().map(|message| message.parent.as_str()).collect();
    assert_eq!(parents, [&running, &running, &behind, &behind]);
}
