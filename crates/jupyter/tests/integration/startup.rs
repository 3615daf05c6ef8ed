//! The first second of a kernel's life.

use ferrite_jupyter::Error;
use serde_json::json;

use crate::echo::Echo;
use crate::frontend::{Channel, Client, Frontend, Kernel, connection, write_connection_file};

/// No message is lost after the first reply, however late a client subscribes.
#[test]
fn first_subscriber_misses_nothing() {
    let frontend = Frontend::start(); // asserts: welcome, starting, busy, idle
    frontend.shutdown();

    // The first request is answered before anybody has subscribed.
    let mut kernel = Kernel::start(connection("a secret"));
    let mut client = Client::connect_without_iopub(&kernel.connection);
    let first = client.execute("early");
    assert_eq!(client.execute_reply(&first), ("ok".to_owned(), 1));
    client.pause();
    client.connect_iopub(&kernel.connection);
    client.assert_iopub("", &[r#"iopub_welcome {"subscription":""}"#, "starting"]);
    let result = r#"execute_result [1] {"text/plain":"early"}"#;
    client.assert_iopub(&first, &["busy", "execute_input [1] early", result, "idle"]);

    // A notebook server has two subscribers, of which one is the second.
    let mut second = Client::connect(&kernel.connection);
    second.assert_iopub("", &[r#"iopub_welcome {"subscription":""}"#, "starting"]);
    second.assert_iopub(&first, &["busy", "execute_input [1] early", result, "idle"]);
    kernel.stop(&mut client);
    while second.next_iopub().msg_type != "shutdown_reply" {}
    second.next_iopub();
}

#[test]
fn a_later_subscriber_is_welcomed_alone() {
    let mut frontend = Frontend::start();
    std::thread::sleep(std::time::Duration::from_millis(400)); // too late to be a latecomer
    let mut second = Client::connect(&frontend.kernel.connection);
    second.assert_iopub("", &[r#"iopub_welcome {"subscription":""}"#]);

    let id = second.execute("hi");
    assert_eq!(second.execute_reply(&id), ("ok".to_owned(), 1));
    let all = [
        "busy",
        "execute_input [1] hi",
        r#"execute_result [1] {"text/plain":"hi"}"#,
        "idle",
    ];
    second.assert_iopub(&id, &all);
    frontend.assert_iopub(&id, &all);
    frontend.assert_nothing(Channel::Shell);
}

#[test]
fn kernel_info_says_who_we_are() {
    let mut frontend = Frontend::start();
    let id = frontend.send(Channel::Shell, "kernel_info_request", json!({}));
    let reply = frontend.reply(Channel::Shell, &id);
    assert_eq!(
        reply.content,
        json!({
            "status": "ok",
            "protocol_version": "5.5",
            "implementation": "echo",
            "implementation_version": "0.1.0",
            "language_info": {
                "name": "echo", "version": "1.0", "mimetype": "text/x-echo",
                "file_extension": ".echo", "pygments_lexer": "echo", "codemirror_mode": "echo",
            },
            "banner": "Echo repeats what you say.",
            "help_links": [],
            "debugger": false,
            "supported_features": [],
        })
    );
    assert_eq!(reply.header["version"], "5.5");
    // Python's clients leave a date with nanoseconds unparsed.
    let date = reply.header["date"].as_str().unwrap();
    assert!(
        date.ends_with('Z') && date.len() <= "2026-01-01T00:00:00.123456Z".len(),
        "{date}"
    );
    frontend.assert_iopub(&id, &["busy", "idle"]);
}

#[cfg(unix)]
#[test]
fn ipc_replaces_and_removes_socket_files() {
    let mut connection = connection("a secret");
    let path = std::env::temp_dir().join(format!("ferrite-ipc-{}", std::process::id()));
    connection.ip = path.to_str().unwrap().to_owned();
    connection.transport = jupyter_protocol::connection_info::Transport::IPC;
    let shell = format!("{}-{}", connection.ip, connection.shell_port);
    // A killed kernel leaves its files behind.
    drop(std::os::unix::net::UnixListener::bind(&shell).unwrap());

    let mut kernel = Kernel::start(connection);
    while std::os::unix::net::UnixStream::connect(&shell).is_err() {
        std::thread::yield_now();
    }
    let mut client = Client::connect(&kernel.connection);
    let id = client.send(
        Channel::Control,
        "shutdown_request",
        json!({"restart": true}),
    );
    assert_eq!(client.reply(Channel::Control, &id).content["restart"], true);
    client.assert_iopub("", &[r#"iopub_welcome {"subscription":""}"#, "starting"]);
    client.assert_iopub(
        &id,
        &[
            "busy",
            r#"shutdown_reply {"restart":true,"status":"ok"}"#,
            "idle",
        ],
    );
    kernel.join().unwrap();
    assert!(!std::path::Path::new(&shell).exists());
}

#[test]
fn errors_say_what_is_wrong() {
    let missing = std::path::Path::new("/no/such/connection.json");
    let error = ferrite_jupyter::serve(missing, Echo::default()).unwrap_err();
    assert!(matches!(error, Error::ReadConnectionFile { .. }), "{error}");

    let mut odd = connection("a secret");
    odd.signature_scheme = "hmac-md5".to_owned();
    let file = write_connection_file(&odd);
    let error = ferrite_jupyter::serve(&file, Echo::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"signature scheme "hmac-md5" is not supported, only "hmac-sha256""#
    );

    std::fs::write(&file, "{").unwrap();
    let error = ferrite_jupyter::serve(&file, Echo::default()).unwrap_err();
    assert!(
        matches!(error, Error::ParseConnectionFile { .. }),
        "{error}"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut connection = connection("a secret");
    connection.shell_port = taken.local_addr().unwrap().port();
    std::fs::write(&file, serde_json::to_vec(&connection).unwrap()).unwrap();
    let error = ferrite_jupyter::serve(&file, Echo::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot bind the shell socket"),
        "{error}"
    );
    std::fs::remove_file(file).unwrap();
}
