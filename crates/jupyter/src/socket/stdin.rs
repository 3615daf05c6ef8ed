//! Stdin: the one channel on which the kernel asks and the client answers.
//!
//! Clients send `input_reply` without a parent header, so an answer belongs to
//! the question that is open; there is only one at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc};

use bytes::Bytes;
use jupyter_protocol::JupyterMessage;
use tokio::sync::mpsc;

use super::router::{Inbox, Outbox};
use crate::error::InputError;
use crate::wire::Request;

/// Where a cell asks.
#[derive(Clone)]
pub(crate) struct Stdin {
    sender: mpsc::UnboundedSender<Event>,
    one_at_a_time: Arc<Mutex<()>>,
}

/// The other end of a [`Stdin`].
pub(crate) struct Questions(mpsc::UnboundedReceiver<Event>);

enum Event {
    Ask {
        message: Box<JupyterMessage>,
        open: Open,
    },
    Cancel,
}

/// A question that waits for its answer.
struct Open {
    client: Option<Bytes>,
    interrupted: Arc<AtomicBool>,
    answer: std_mpsc::Sender<Result<String, InputError>>,
}

impl Stdin {
    pub(crate) fn channel() -> (Self, Questions) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (
            Self {
                sender,
                one_at_a_time: Arc::default(),
            },
            Questions(receiver),
        )
    }

    /// Sends an `input_request` and waits for the answer, or until `interrupted`.
    pub(crate) fn ask(
        &self,
        message: JupyterMessage,
        interrupted: Arc<AtomicBool>,
    ) -> Result<String, InputError> {
        let _turn = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (answer, answered) = std_mpsc::channel();
        let client = message.zmq_identities.first().cloned();
        let open = Open {
            client,
            interrupted,
            answer,
        };
        let _ = self.sender.send(Event::Ask {
            message: Box::new(message),
            open,
        });
        // The task drops the question when the kernel ends.
        answered.recv().unwrap_or(Err(InputError::Interrupted))
    }

    /// Ends a question whose cell was interrupted. The flag must be up already:
    /// a question that is on its way right now looks at it when it arrives.
    pub(crate) fn cancel(&self) {
        let _ = self.sender.send(Event::Cancel);
    }
}

/// Asks and listens until the kernel ends.
pub(crate) async fn run(mut inbox: Inbox, outbox: Outbox, mut questions: Questions) {
    let mut open: Option<Open> = None;
    loop {
        tokio::select! {
            event = questions.0.recv() => match event {
                Some(Event::Ask { message, open: question }) => {
                    open = ask(&outbox, *message, question);
                }
                Some(Event::Cancel) => {
                    if open.as_ref().is_some_and(|open| open.interrupted.load(Ordering::SeqCst))
                        && let Some(open) = open.take()
                    {
                        let _ = open.answer.send(Err(InputError::Interrupted));
                    }
                }
                None => return,
            },
            request = inbox.next() => match (request, open.take()) {
                (None, _) => return,
                (Some(request), Some(question)) if is_answer(&request, &question) => {
                    let value = request.content["value"].as_str().unwrap_or_default();
                    let _ = question.answer.send(Ok(value.to_owned()));
                }
                (Some(request), still_open) => {
                    tracing::info!(msg_type = request.msg_type(), "nobody asked; ignored on stdin");
                    open = still_open;
                }
            },
        }
    }
}

fn ask(outbox: &Outbox, message: JupyterMessage, question: Open) -> Option<Open> {
    let error = if question.interrupted.load(Ordering::SeqCst) {
        InputError::Interrupted
    } else if !outbox.send(message) {
        InputError::NotConnected
    } else {
        return Some(question);
    };
    let _ = question.answer.send(Err(error));
    None
}

fn is_answer(request: &Request, question: &Open) -> bool {
    request.msg_type() == "input_reply" && request.identities.first() == question.client.as_ref()
}
