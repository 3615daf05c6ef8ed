//! A client of a kernel: five sockets, and words for what tests say.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::Duration;

use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::{JupyterMessage, UnknownMessage};
use jupyter_zmq_client::{
    ClientIoPubConnection, ClientShellConnection, ConnectionInfo, RawMessage,
    create_client_control_connection, create_client_iopub_connection,
    create_client_shell_connection_with_identity, create_client_stdin_connection_with_identity,
    peer_identity_for_session,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use uuid::Uuid;
use zeromq::SocketRecv;

use crate::echo::Echo;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long nothing must come for a test to believe that nothing comes.
const SILENCE: Duration = Duration::from_millis(60);

/// Picking free ports and binding them are two steps; tests take turns.
static PORTS: Mutex<()> = Mutex::new(());

/// A kernel in a thread of this process.
pub struct Kernel {
    pub connection: ConnectionInfo,
    file: PathBuf,
    thread: Option<JoinHandle<Result<(), ferrite_jupyter::Error>>>,
}

/// A kernel that no test has stopped runs on until the process ends; its file
/// was read when it started.
impl Drop for Kernel {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Kernel {
    pub fn start(connection: ConnectionInfo) -> Self {
        let file = write_connection_file(&connection);
        let read = file.clone();
        let thread = std::thread::spawn(move || ferrite_jupyter::serve(&read, Echo::default()));
        Self {
            connection,
            file,
            thread: Some(thread),
        }
    }

    /// Ends the kernel and sees it go.
    pub fn stop(&mut self, client: &mut Client) {
        let id = client.send(
            Channel::Control,
            "shutdown_request",
            json!({"restart": false}),
        );
        let reply = client.reply(Channel::Control, &id);
        assert_eq!(reply.content, json!({"status": "ok", "restart": false}));
        let broadcast = r#"shutdown_reply {"restart":false,"status":"ok"}"#;
        client.assert_iopub(&id, &["busy", broadcast, "idle"]);
        self.join().unwrap();
    }

    /// Waits for the end.
    pub fn join(&mut self) -> Result<(), ferrite_jupyter::Error> {
        let thread = self.thread.take().expect("joined once");
        let end = std::time::Instant::now() + PATIENCE;
        while !thread.is_finished() {
            assert!(std::time::Instant::now() < end, "the kernel does not end");
            std::thread::sleep(Duration::from_millis(1));
        }
        thread.join().expect("serve does not panic")
    }
}

pub fn write_connection_file(connection: &ConnectionInfo) -> PathBuf {
    let file = std::env::temp_dir().join(format!("ferrite-jupyter-{}.json", Uuid::new_v4()));
    std::fs::write(&file, serde_json::to_vec(connection).unwrap()).unwrap();
    file
}

pub fn connection(key: &str) -> ConnectionInfo {
    let listeners: Vec<_> = (0..5)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let port = |index: usize| listeners[index].local_addr().unwrap().port();
    ConnectionInfo {
        ip: "127.0.0.1".to_owned(),
        transport: Transport::TCP,
        shell_port: port(0),
        iopub_port: port(1),
        stdin_port: port(2),
        control_port: port(3),
        hb_port: port(4),
        key: key.to_owned(),
        signature_scheme: "hmac-sha256".to_owned(),
        kernel_name: None,
    }
}

/// A message as tests look at it.
#[derive(Debug, Clone)]
pub struct Message {
    pub msg_type: String,
    pub header: Value,
    pub parent: String,
    pub parent_header: Value,
    pub metadata: Value,
    pub content: Value,
    pub buffers: Vec<bytes::Bytes>,
}

impl Message {
    fn open(raw: RawMessage) -> Self {
        let part = |index: usize| -> Value { serde_json::from_slice(&raw.jparts[index]).unwrap() };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            msg_type: text(&part(0)["msg_type"]),
            parent: text(&part(1)["msg_id"]),
            header: part(0),
            parent_header: part(1),
            metadata: part(2),
            content: part(3),
            buffers: raw.jparts[4..].to_vec(),
        }
    }

    /// One line that says what matters.
    fn summary(&self) -> String {
        let content = &self.content;
        let text = |field: &str| content[field].as_str().unwrap_or_default().to_owned();
        match self.msg_type.as_str() {
            "status" => text("execution_state"),
            "stream" => format!("{}: {}", text("name"), text("text")),
            "execute_input" => format!(
                "execute_input [{}] {}",
                content["execution_count"],
                text("code")
            ),
            "execute_result" => format!(
                "execute_result [{}] {}",
                content["execution_count"], content["data"]
            ),
            "error" => format!("error {}: {}", text("ename"), text("evalue")),
            other => format!("{other} {content}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Shell,
    Control,
    Stdin,
}

/// A client, connected to all channels.
pub struct Frontend {
    pub kernel: Kernel,
    client: Client,
}

impl std::ops::Deref for Frontend {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl std::ops::DerefMut for Frontend {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Frontend {
    /// A kernel that signs, and a client that has seen it start.
    pub fn start() -> Self {
        Self::start_with_key("a secret")
    }

    pub fn start_with_key(key: &str) -> Self {
        let _turn = PORTS.lock().unwrap_or_else(|poison| poison.into_inner());
        let kernel = Kernel::start(connection(key));
        let client = Client::connect(&kernel.connection);
        let mut frontend = Self { kernel, client };
        frontend.get_ready();
        frontend
    }

    /// Ends the kernel and sees it go.
    pub fn shutdown(mut self) {
        self.kernel.stop(&mut self.client);
    }
}

/// The client's side of the sockets.
pub struct Client {
    runtime: Runtime,
    session: String,
    shell: ClientShellConnection,
    control: ClientShellConnection,
    stdin: ClientShellConnection,
    iopub: Option<ClientIoPubConnection>,
}

impl Client {
    pub fn connect(connection: &ConnectionInfo) -> Self {
        let mut client = Self::connect_without_iopub(connection);
        client.connect_iopub(connection);
        client
    }

    pub fn connect_without_iopub(connection: &ConnectionInfo) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let session = Uuid::new_v4().to_string();
        let identity = || peer_identity_for_session(&session).unwrap();
        let (shell, control, stdin) = runtime.block_on(async {
            let shell =
                create_client_shell_connection_with_identity(connection, &session, identity());
            let control = create_client_control_connection(connection, &session);
            let stdin =
                create_client_stdin_connection_with_identity(connection, &session, identity());
            (
                shell.await.unwrap(),
                control.await.unwrap(),
                stdin.await.unwrap(),
            )
        });
        Self {
            runtime,
            session,
            shell,
            control,
            stdin,
            iopub: None,
        }
    }

    pub fn connect_iopub(&mut self, connection: &ConnectionInfo) {
        let connecting = create_client_iopub_connection(connection, "", &self.session);
        self.iopub = Some(self.runtime.block_on(connecting).unwrap());
    }

    /// What every client does first.
    fn get_ready(&mut self) {
        let id = self.send(Channel::Shell, "kernel_info_request", json!({}));
        assert_eq!(
            self.reply(Channel::Shell, &id).msg_type,
            "kernel_info_reply"
        );
        self.assert_iopub("", &[r#"iopub_welcome {"subscription":""}"#, "starting"]);
        self.assert_iopub(&id, &["busy", "idle"]);
    }

    /// Sends a request and returns its id.
    pub fn send(&mut self, channel: Channel, msg_type: &str, content: Value) -> String {
        self.send_with_metadata(channel, msg_type, content, json!({}))
    }

    pub fn send_with_metadata(
        &mut self,
        channel: Channel,
        msg_type: &str,
        content: Value,
        metadata: Value,
    ) -> String {
        let message = message(msg_type, content).with_metadata(metadata);
        let id = message.header.msg_id.clone();
        let connection = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
        };
        self.runtime.block_on(connection.send(message)).unwrap();
        id
    }

    /// Sends a message with binary data behind it.
    pub fn send_with_buffers(
        &mut self,
        msg_type: &str,
        content: Value,
        buffers: Vec<bytes::Bytes>,
    ) -> String {
        let message = message(msg_type, content).with_buffers(buffers);
        let id = message.header.msg_id.clone();
        self.runtime.block_on(self.shell.send(message)).unwrap();
        id
    }

    /// Sends frames as they are.
    pub fn send_frames(&mut self, channel: Channel, frames: Vec<bytes::Bytes>) {
        use zeromq::SocketSend;
        let socket = match channel {
            Channel::Shell => &mut self.shell.socket,
            Channel::Control => &mut self.control.socket,
            Channel::Stdin => &mut self.stdin.socket,
        };
        self.runtime
            .block_on(socket.send(frames.try_into().unwrap()))
            .unwrap();
    }

    /// Sends `execute_request` with what a notebook would say.
    pub fn execute(&mut self, code: &str) -> String {
        self.execute_with(code, json!({}))
    }

    pub fn execute_with(&mut self, code: &str, fields: Value) -> String {
        let mut content = json!({
            "code": code, "silent": false, "store_history": true, "user_expressions": {},
            "allow_stdin": true, "stop_on_error": true,
        });
        for (field, value) in fields.as_object().unwrap() {
            content[field] = value.clone();
        }
        self.send(Channel::Shell, "execute_request", content)
    }

    /// The next message on a channel.
    pub fn receive(&mut self, channel: Channel) -> Message {
        self.try_receive(channel, PATIENCE)
            .unwrap_or_else(|| panic!("nothing on {channel:?}"))
    }

    /// The next message on a channel, if one comes in time.
    pub fn try_receive(&mut self, channel: Channel, patience: Duration) -> Option<Message> {
        let connection = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
        };
        let multipart = self
            .runtime
            .block_on(async { tokio::time::timeout(patience, connection.socket.recv()).await });
        let raw = RawMessage::from_multipart(multipart.ok()?.unwrap(), &connection.mac).unwrap();
        Some(Message::open(raw))
    }

    /// The next message on a channel, which must answer this request.
    pub fn reply(&mut self, channel: Channel, id: &str) -> Message {
        let reply = self.receive(channel);
        assert_eq!(reply.parent, id, "this answers another request: {reply:?}");
        reply
    }

    /// The status of the reply to a cell, and its number.
    pub fn execute_reply(&mut self, id: &str) -> (String, u64) {
        let reply = self.reply(Channel::Shell, id);
        assert_eq!(reply.msg_type, "execute_reply");
        let status = reply.content["status"].as_str().unwrap().to_owned();
        (
            status,
            reply.content["execution_count"].as_u64().unwrap_or(0),
        )
    }

    /// Runs a cell and asserts all of it.
    pub fn check(&mut self, code: &str, status: &str, outputs: &[&str]) {
        let id = self.execute(code);
        let (actual, count) = self.execute_reply(&id);
        assert_eq!(actual, status);
        let input = format!("execute_input [{count}] {code}");
        let mut expected = vec!["busy", input.as_str()];
        expected.extend(outputs);
        expected.push("idle");
        self.assert_iopub(&id, &expected);
    }

    /// The next messages on IOPub are these, and belong to that request. Text
    /// may come in pieces.
    #[track_caller]
    pub fn assert_iopub(&mut self, parent: &str, expected: &[&str]) {
        for (index, expected) in expected.iter().enumerate() {
            let message = self.next_iopub();
            let mut summary = message.summary();
            while message.msg_type == "stream"
                && summary.len() < expected.len()
                && expected.starts_with(&summary)
            {
                let next = self.next_iopub();
                assert_eq!(next.content["name"], message.content["name"]);
                assert_eq!(next.parent, message.parent);
                summary += next.content["text"].as_str().unwrap();
            }
            assert!(
                summary == *expected && message.parent == parent,
                "message {index} is {summary:.200?} of {}, not {expected:.200?} of {parent}",
                message.parent
            );
        }
    }

    /// The next message on IOPub.
    pub fn next_iopub(&mut self) -> Message {
        self.read_iopub(PATIENCE).expect("nothing on IOPub")
    }

    /// The next message on IOPub, if one comes in time.
    pub fn read_iopub(&mut self, patience: Duration) -> Option<Message> {
        let iopub = self.iopub.as_mut()?;
        let multipart = self
            .runtime
            .block_on(async { tokio::time::timeout(patience, iopub.socket.recv()).await });
        let raw = RawMessage::from_multipart(multipart.ok()?.unwrap(), &iopub.mac).unwrap();
        Some(Message::open(raw))
    }

    /// Nothing comes on that channel.
    pub fn assert_nothing(&mut self, channel: Channel) {
        let message = self.try_receive(channel, SILENCE);
        assert!(message.is_none(), "on {channel:?}: {message:?}");
    }

    /// Lets time pass until the kernel has had a chance to do something.
    pub fn pause(&self) {
        std::thread::sleep(SILENCE);
    }

    /// Runs something on this client's runtime.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, future)
                .await
                .expect("it takes too long")
        })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let rest = self.read_iopub(SILENCE);
            assert!(rest.is_none(), "on IOPub, not asserted: {rest:?}");
        }
    }
}

/// A message of any type.
pub fn message(msg_type: &str, content: Value) -> JupyterMessage {
    let content = UnknownMessage {
        msg_type: msg_type.to_owned(),
        content,
    };
    let mut message = JupyterMessage::from(content);
    message.header.version = "5.5".to_owned();
    message
}
