//! Signals and parents: a kernel in a process of its own.
//!
//! The process is this test program again, told by an environment variable to
//! run the "test" that is a kernel.
#![cfg(unix)]

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ferrite_jupyter::ConnectionInfo;
use serde_json::json;

use crate::echo::Echo;
use crate::frontend::{Channel, Client, connection, write_connection_file};

const CONNECTION_FILE: &str = "FERRITE_TEST_CONNECTION_FILE";

#[test]
fn kernel_in_a_process() {
    if let Some(file) = std::env::var_os(CONNECTION_FILE) {
        ferrite_jupyter::serve(&PathBuf::from(file), Echo::default()).unwrap();
    }
}

struct Process {
    connection: ConnectionInfo,
    file: PathBuf,
    child: Child,
    client: Client,
}

impl Process {
    /// Starts a kernel, by hand or by way of another program.
    fn start(parent_pid: &str, wrapper: &[&str]) -> Self {
        let connection = connection("a secret");
        let file = write_connection_file(&connection);
        let kernel = std::env::current_exe().unwrap();
        let mut command: Vec<_> = wrapper.iter().map(Into::into).collect();
        command.push(kernel.into_os_string());
        let child = Command::new(&command[0])
            .args(&command[1..])
            .args(["--exact", "process::kernel_in_a_process", "--nocapture"])
            .env(CONNECTION_FILE, &file)
            .env("JPY_PARENT_PID", parent_pid)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut client = Client::connect(&connection);
        let id = client.send(Channel::Shell, "kernel_info_request", json!({}));
        client.reply(Channel::Shell, &id);
        client.assert_iopub("", &[r#"iopub_welcome {"subscription":""}"#, "starting"]);
        client.assert_iopub(&id, &["busy", "idle"]);
        Self {
            connection,
            file,
            child,
            client,
        }
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    fn assert_ends(&mut self) {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return assert!(status.success(), "{status}"),
                None => assert!(Instant::now() < end, "the kernel does not end"),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.file);
    }
}

fn our_pid() -> String {
    std::process::id().to_string()
}

#[test]
fn sigint_interrupts_the_cell_and_nothing_else() {
    let mut process = Process::start(&our_pid(), &[]);
    process.signal("-INT"); // no cell runs
    process.client.pause();
    let id = process.client.execute("sleep 60000");
    process
        .client
        .assert_iopub(&id, &["busy", "execute_input [1] sleep 60000"]);
    process.signal("-INT");
    assert_eq!(process.client.execute_reply(&id).0, "error");
    process
        .client
        .assert_iopub(&id, &["error Interrupted: somebody was in a hurry", "idle"]);
    process.client.check("sleep 1", "ok", &[]);
}

#[test]
fn sigterm_ends_the_kernel_in_good_order() {
    let mut process = Process::start(&our_pid(), &[]);
    let id = process.client.execute("sleep 60000");
    process
        .client
        .assert_iopub(&id, &["busy", "execute_input [1] sleep 60000"]);
    process.signal("-TERM");
    assert_eq!(process.client.execute_reply(&id).0, "error");
    process
        .client
        .assert_iopub(&id, &["error Interrupted: somebody was in a hurry", "idle"]);
    process.assert_ends();
    assert!(process.file.exists(), "it may be used again, for a restart");
}

/// The parent that started the kernel dies.
#[test]
fn the_kernel_does_not_outlive_its_parent() {
    // The shell is the parent; killed, it leaves the kernel to somebody else.
    let mut process = Process::start("", &["sh", "-c", r#"JPY_PARENT_PID=$$ "$0" "$@"; exit"#]);
    process.child.kill().unwrap();
    process.child.wait().unwrap();
    let port = process.connection.hb_port;
    let end = Instant::now() + Duration::from_secs(8);
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(Instant::now() < end, "the kernel does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Nobody else is there to remove it.
    assert!(!process.file.exists());
}
