//! A debugger as a process that speaks the debug adapter protocol: `lldb-dap`.
//!
//! Answers come to whoever asked, events to one channel, which ends with the
//! process.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

/// Names of the program, best first. Debian's have the version in them; before
/// LLVM 18 it was called otherwise.
const NAMES: &[&str] = &[
    "lldb-dap",
    "lldb-dap-22",
    "lldb-dap-21",
    "lldb-dap-20",
    "lldb-dap-19",
    "lldb-dap-18",
    "lldb-vscode",
    "lldb-vscode-17",
    "lldb-vscode-16",
];
/// Says which program to use; an empty one turns stepping off.
const VARIABLE: &str = "FERRITE_LLDB_DAP";
/// How long an answer may take. It reads the symbols of the prelude once.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a debugger may take to let a process go.
const FAREWELL: Duration = Duration::from_secs(3);
/// Longest message that is read.
const LONGEST: usize = 64 << 20;

/// The debugger of this machine.
pub fn program() -> Option<PathBuf> {
    let names: Vec<PathBuf> = match std::env::var_os(VARIABLE) {
        Some(name) if name.is_empty() => return None,
        Some(name) => vec![PathBuf::from(name)],
        None => NAMES.iter().map(PathBuf::from).collect(),
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let places = names
        .iter()
        .flat_map(|name| dirs.iter().map(move |dir| dir.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// A running debugger.
pub struct Adapter {
    child: Child,
    to: ChildStdin,
    asked: u64,
    pending: Pending,
    initialized: Receiver<()>,
}

type Pending = Arc<Mutex<HashMap<u64, Sender<Value>>>>;

impl Adapter {
    /// Starts the program; events go to `events`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(program: &Path, events: Sender<Value>) -> io::Result<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A Ctrl-C in the terminal is for the kernel.
            .process_group(0)
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let pending = Pending::default();
        let (ready, initialized) = mpsc::channel();
        let answers = pending.clone();
        std::thread::spawn(move || listen(from, &answers, &ready, &events));
        Ok(Self {
            child,
            to,
            asked: 0,
            pending,
            initialized,
        })
    }

    /// Asks without waiting for the answer.
    ///
    /// # Errors
    /// When the debugger is gone.
    pub fn send(&mut self, command: &str, arguments: &Value) -> Result<Receiver<Value>, String> {
        self.asked += 1;
        let (answer, answered) = mpsc::channel();
        lock(&self.pending).insert(self.asked, answer);
        let request = json!({
            "seq": self.asked,
            "type": "request",
            "command": command,
            "arguments": arguments,
        })
        .to_string();
        let sent = write!(
            self.to,
            "Content-Length: {}\r\n\r\n{request}",
            request.len()
        );
        sent.and_then(|()| self.to.flush())
            .map_err(|_| "the debugger has ended".to_owned())?;
        Ok(answered)
    }

    /// The body of the answer to a request.
    ///
    /// # Errors
    /// What the debugger says, or that it says nothing.
    pub fn ask(&mut self, command: &str, arguments: &Value) -> Result<Value, String> {
        body(&self.send(command, arguments)?, PATIENCE)
    }

    /// Attaches to a process, which goes on.
    ///
    /// # Errors
    /// When that is not allowed, or does not work.
    pub fn attach(&mut self, process: u32, commands: &[String]) -> Result<(), String> {
        let client = json!({
            "clientID": "ferrite",
            "adapterID": "lldb",
            "pathFormat": "path",
            "linesStartAt1": true,
            "columnsStartAt1": true,
            "supportsVariableType": true,
        });
        self.ask("initialize", &client)?;
        let how = json!({ "pid": process, "stopOnEntry": false, "initCommands": commands });
        let attached = self.send("attach", &how)?;
        // An answer that comes first is a refusal.
        if self.initialized.recv_timeout(PATIENCE).is_err() {
            let why = body(&attached, Duration::ZERO).err();
            return Err(why.unwrap_or_else(|| "the debugger does not attach".to_owned()));
        }
        self.ask("configurationDone", &json!({}))?;
        body(&attached, PATIENCE).map(|_| ())
    }

    /// Lets the process go, which runs on without breakpoints.
    pub fn let_go(mut self) {
        let how = json!({ "terminateDebuggee": false });
        if let Ok(answer) = self.send("disconnect", &how) {
            let _ = answer.recv_timeout(FAREWELL);
        }
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn body(answer: &Receiver<Value>, patience: Duration) -> Result<Value, String> {
    let mut answer = answer
        .recv_timeout(patience)
        .map_err(|_| "the debugger does not answer".to_owned())?;
    if answer["success"] == true {
        return Ok(answer["body"].take());
    }
    let why = answer["body"]["error"]["format"].as_str();
    let why = why.or_else(|| answer["message"].as_str());
    Err(why.unwrap_or("the debugger refuses").to_owned())
}

fn listen(from: ChildStdout, pending: &Pending, ready: &Sender<()>, events: &Sender<Value>) {
    let mut from = BufReader::new(from);
    while let Some(message) = read(&mut from) {
        if message["type"] == "response" {
            let asked = message["request_seq"].as_u64().unwrap_or_default();
            let failed = message["success"] != true && message["command"] == "attach";
            if let Some(whoever) = lock(pending).remove(&asked) {
                let _ = whoever.send(message);
            }
            if failed {
                break;
            }
        } else if message["event"] == "initialized" {
            let _ = ready.send(());
        } else if message["type"] == "event" && events.send(message).is_err() {
            break;
        }
    }
    lock(pending).clear();
}

/// The next message; nothing at the end.
fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut text = vec![0; (length <= LONGEST).then_some(length)?];
    from.read_exact(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_one_after_the_other() {
        let text = "Content-Length: 2\r\n\r\n{}content-length:  3\r\nX: y\r\n\r\n[1]";
        let mut from = text.as_bytes();
        assert_eq!(read(&mut from), Some(json!({})));
        assert_eq!(read(&mut from), Some(json!([1])));
        assert_eq!(read(&mut from), None);
        assert_eq!(
            read(&mut "Content-Length: 99999999999\r\n\r\n{}".as_bytes()),
            None
        );
        assert_eq!(read(&mut "Content-Length: 5\r\n\r\n{}".as_bytes()), None);
    }
}
