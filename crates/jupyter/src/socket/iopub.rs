//! IOPub: what everybody sees, in the order in which it happened.
//!
//! Any thread publishes through a [`Publisher`]; one task signs and sends.
//! Three things happen on the way:
//!
//! - **Latecomers.** Whoever subscribes gets what is sent from then on, but the
//!   sockets of a client connect in any order, up to 100 ms apart. So the first
//!   messages are kept for a while, and a subscriber that comes late still gets
//!   them ([`Early`]). Hence a client that gets its first `kernel_info_reply`
//!   misses none of the messages around it, and sees the status `starting`.
//!   Each subscriber is greeted by an `iopub_welcome` (JEP 65).
//! - **Streams.** Text that follows closely on text of the same stream joins
//!   it, so that a cell which prints a million lines sends some hundred
//!   messages. The first text after a pause goes out at once.
//! - **Backpressure.** A cell that writes faster than its clients read is
//!   slowed down ([`Publisher::publish_slowly`]): nothing is lost, and memory
//!   stays bounded. Only a client that has stopped reading loses messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::{
    ExecutionState, Header, IoPubWelcome, JupyterMessage, JupyterMessageContent, Status, Stdio,
    StreamContent,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::early::Early;
use crate::comm::CommMessage;
use crate::outputs::Stream;
use crate::wire::{self, Signer};
use crate::zmtp::{Listener, SubscriberRequest, Wish, Xpub};

/// Text that follows on text within this time joins it.
const STREAM_INTERVAL: Duration = Duration::from_millis(10);
/// A stream message is not made longer than this by joining.
const STREAM_SIZE: usize = 1 << 20;
/// Bytes (roughly) that wait for the task before cells wait for it.
const BACKLOG: usize = 16 << 20;

/// Something to publish, with the header of the request that caused it.
pub(crate) struct Publication {
    pub parent: Option<Arc<Header>>,
    pub body: Body,
}

pub(crate) enum Body {
    Stream { stream: Stream, text: String },
    Content(Box<JupyterMessageContent>),
    Comm(Box<CommMessage>),
    Flush(oneshot::Sender<()>),
}

impl Body {
    fn weight(&self) -> usize {
        match self {
            Body::Stream { text, .. } => 64 + text.len(),
            Body::Content(_) => 4096,
            Body::Comm(message) => 4096 + message.buffers.iter().map(Bytes::len).sum::<usize>(),
            Body::Flush(_) => 0,
        }
    }
}

/// Where publications are put.
#[derive(Clone)]
pub(crate) struct Publisher {
    sender: mpsc::UnboundedSender<Publication>,
    backlog: Arc<AtomicUsize>,
    limit: usize,
}

/// The other end of a [`Publisher`].
pub(crate) struct Publications {
    receiver: mpsc::UnboundedReceiver<Publication>,
    backlog: Arc<AtomicUsize>,
}

impl Publisher {
    pub(crate) fn channel() -> (Self, Publications) {
        Self::channel_with(BACKLOG)
    }

    /// A channel that is read only when everything was published.
    pub(crate) fn boundless() -> (Self, Publications) {
        Self::channel_with(usize::MAX)
    }

    fn channel_with(limit: usize) -> (Self, Publications) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let backlog = Arc::new(AtomicUsize::new(0));
        (
            Self {
                sender,
                backlog: backlog.clone(),
                limit,
            },
            Publications { receiver, backlog },
        )
    }

    /// Never waits: for the kernel's own messages.
    pub(crate) fn publish(&self, parent: Option<Arc<Header>>, body: Body) {
        self.backlog.fetch_add(body.weight(), Ordering::Relaxed);
        // Fails only after the kernel's end, when nobody listens.
        let _ = self.sender.send(Publication { parent, body });
    }

    pub(crate) fn content(
        &self,
        parent: Option<Arc<Header>>,
        content: impl Into<JupyterMessageContent>,
    ) {
        self.publish(parent, Body::Content(Box::new(content.into())));
    }

    pub(crate) fn status(&self, parent: &Arc<Header>, execution_state: ExecutionState) {
        self.content(Some(parent.clone()), Status { execution_state });
    }

    /// Waits while too much is on its way. For outputs of a cell, never on the
    /// thread of the sockets.
    pub(crate) fn publish_slowly(&self, parent: Option<Arc<Header>>, body: Body) {
        while self.backlog.load(Ordering::Relaxed) > self.limit && !self.sender.is_closed() {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.publish(parent, body);
    }

    /// Returns when everything published before is on its way, or nobody reads it.
    pub(crate) async fn drained(&self) {
        let (done, flushed) = oneshot::channel();
        self.publish(None, Body::Flush(done));
        let _ = flushed.await;
    }
}

impl Publications {
    async fn next(&mut self) -> Option<Publication> {
        let publication = self.receiver.recv().await?;
        self.backlog
            .fetch_sub(publication.body.weight(), Ordering::Relaxed);
        Some(publication)
    }

    /// What was published and not yet taken, for [`crate::Captured`].
    pub(crate) fn drain(&mut self) -> Vec<Publication> {
        std::iter::from_fn(|| self.receiver.try_recv().ok()).collect()
    }
}

/// Publishes until the kernel ends.
pub(crate) async fn run(listener: Listener, signer: Signer, mut publications: Publications) {
    let (xpub, mut requests) = Xpub::start(listener);
    let last_stream = Instant::now() - STREAM_INTERVAL;
    let early = Early::default();
    let mut press = Press {
        xpub,
        signer,
        early,
        joining: None,
        last_stream,
    };
    press.send(None, Status::starting()).await;
    loop {
        let due = press.due();
        tokio::select! {
            publication = publications.next() => match publication {
                Some(publication) => press.print(publication).await,
                None => return,
            },
            Some(request) = requests.recv() => press.serve(request),
            () = until(due) => press.print_joined().await,
        }
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Signs and sends, and joins stream text on the way.
struct Press {
    xpub: Xpub,
    signer: Signer,
    early: Early,
    joining: Option<Joining>,
    last_stream: Instant,
}

struct Joining {
    parent: Option<Arc<Header>>,
    stream: Stream,
    text: String,
}

impl Press {
    async fn print(&mut self, Publication { parent, body }: Publication) {
        match body {
            Body::Stream { stream, text } => self.join(parent, stream, text).await,
            Body::Content(content) => {
                self.print_joined().await;
                self.send(parent.as_deref(), *content).await;
            }
            Body::Comm(message) => {
                self.print_joined().await;
                let message = message.publish(parent.as_deref(), |kind| self.topic(kind));
                self.send_message(message).await;
            }
            Body::Flush(done) => {
                self.print_joined().await;
                self.xpub.drained().await;
                let _ = done.send(());
            }
        }
    }

    async fn join(&mut self, parent: Option<Arc<Header>>, stream: Stream, text: String) {
        let msg_id = |parent: &Option<Arc<Header>>| parent.as_ref().map(|p| p.msg_id.clone());
        match &mut self.joining {
            Some(joining)
                if joining.stream == stream && msg_id(&joining.parent) == msg_id(&parent) =>
            {
                joining.text.push_str(&text);
            }
            _ => {
                self.print_joined().await;
                self.joining = Some(Joining {
                    parent,
                    stream,
                    text,
                });
            }
        }
        let long = self
            .joining
            .as_ref()
            .is_some_and(|joining| joining.text.len() >= STREAM_SIZE);
        if long || self.last_stream.elapsed() >= STREAM_INTERVAL {
            self.print_joined().await;
        }
    }

    /// When the text that is being joined should go out.
    fn due(&self) -> Option<Instant> {
        self.joining
            .as_ref()
            .map(|_| self.last_stream + STREAM_INTERVAL)
    }

    async fn print_joined(&mut self) {
        if let Some(Joining {
            parent,
            stream,
            text,
        }) = self.joining.take()
        {
            let name = match stream {
                Stream::Stdout => Stdio::Stdout,
                Stream::Stderr => Stdio::Stderr,
            };
            self.send(parent.as_deref(), StreamContent { name, text })
                .await;
            self.last_stream = Instant::now();
        }
    }

    fn serve(&mut self, SubscriberRequest { subscriber, wish }: SubscriberRequest) {
        match wish {
            Wish::Subscribe(topic) => {
                let welcome = IoPubWelcome::new(String::from_utf8_lossy(&topic).into_owned());
                let topic_of_welcome = self.topic("iopub_welcome");
                let welcome = wire::message(welcome, None, vec![topic_of_welcome]);
                self.xpub.send_to(subscriber, &self.signer.sign(welcome));
                if self.xpub.subscribe(subscriber, topic.clone()) {
                    self.early.send_to(&self.xpub, subscriber, &topic);
                }
            }
            Wish::Cancel(topic) => self.xpub.cancel(subscriber, &topic),
        }
    }

    async fn send(&mut self, parent: Option<&Header>, content: impl Into<JupyterMessageContent>) {
        let content = content.into();
        let topic = self.topic(content.message_type());
        self.send_message(wire::message(content, parent, vec![topic]))
            .await;
    }

    async fn send_message(&mut self, message: JupyterMessage) {
        let frames = self.signer.sign(message);
        self.early.keep(&frames);
        self.xpub.send(&frames).await;
    }

    fn topic(&self, msg_type: &str) -> Bytes {
        format!("kernel.{}.{msg_type}", self.signer.session()).into()
    }
}
