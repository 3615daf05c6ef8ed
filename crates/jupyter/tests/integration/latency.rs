//! How long a round trip takes. Prints the numbers (`--nocapture`); fails only
//! when a delayed acknowledgement (40 ms) gets into most of them.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::frontend::{Channel, Frontend};

fn measure(what: &str, mut trip: impl FnMut()) {
    let mut times: Vec<Duration> = (0..200)
        .map(|_| {
            let start = Instant::now();
            trip();
            start.elapsed()
        })
        .collect();
    times.sort();
    let (early, median, late) = (times[20], times[100], times[190]);
    println!("{what}: median {median:?}, 95 % within {late:?}");
    assert!(early < Duration::from_millis(20), "{what}: {early:?}");
}

#[test]
fn round_trips() {
    let mut frontend = Frontend::start();
    measure("kernel_info, to the reply", || {
        let id = frontend.send(Channel::Shell, "kernel_info_request", json!({}));
        frontend.reply(Channel::Shell, &id);
        frontend.assert_iopub(&id, &["busy", "idle"]);
    });
    measure("execute, to idle", || {
        let id = frontend.execute("x");
        while frontend.next_iopub().content["execution_state"] != "idle" {}
        frontend.execute_reply(&id);
    });
}
