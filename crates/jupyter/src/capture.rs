//! Outputs that go nowhere, for tests of a [`Language`](crate::Language)
//! without a kernel around it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::outputs::{Cell, Outputs};
use crate::socket::iopub::{Body, Publications, Publisher};
use crate::socket::stdin::Stdin;
use crate::{ExecuteRequest, wire};

/// What was written to [`Outputs`] that belong to no kernel.
///
/// ```
/// use ferrite_jupyter::{Captured, ExecuteRequest, MimeBundle, Stream};
///
/// let (out, mut captured) = Captured::outputs(&ExecuteRequest::new("1 + 1"));
/// out.stream(Stream::Stdout, "hel");
/// out.stream(Stream::Stdout, "lo\n");
/// out.execute_result(MimeBundle::plain("2"), Default::default());
///
/// let messages = captured.take();
/// assert_eq!(messages[0].0, "stream");
/// assert_eq!(messages[0].1["text"], "hello\n");
/// assert_eq!(messages[1].0, "execute_result");
/// assert_eq!(messages[1].1["data"]["text/plain"], "2");
/// ```
pub struct Captured {
    publications: Publications,
    interrupted: Arc<std::sync::atomic::AtomicBool>,
}

impl Captured {
    /// Outputs for that request, and what will be written to them. Asking for
    /// input fails.
    pub fn outputs(request: &ExecuteRequest) -> (Outputs, Captured) {
        let (publisher, publications) = Publisher::boundless();
        let (stdin, _) = Stdin::channel();
        let interrupted = Arc::default();
        let header =
            Arc::new(wire::message(wire::raw("execute_request", json!({})), None, vec![]).header);
        let outputs = Outputs::new(Cell {
            publisher,
            stdin,
            comms: Default::default(),
            parent: header.clone(),
            cause: header,
            identities: Vec::new(),
            execution_count: request.execution_count,
            silent: request.silent,
            allow_stdin: request.allow_stdin,
            interrupted: Arc::clone(&interrupted),
            result: Mutex::default(),
            payload: Mutex::default(),
        });
        (
            outputs,
            Captured {
                publications,
                interrupted,
            },
        )
    }

    /// Makes [`Outputs::interrupted`] true.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
    }

    /// The messages written since the last call: type and content. Adjacent
    /// text of one stream is joined.
    pub fn take(&mut self) -> Vec<(String, Value)> {
        let mut messages: Vec<(String, Value)> = Vec::new();
        for publication in self.publications.drain() {
            match publication.body {
                Body::Stream { stream, text } => {
                    if let Some((_, last)) = messages.last_mut()
                        && last["name"] == stream.name()
                    {
                        last["text"] =
                            format!("{}{text}", last["text"].as_str().unwrap_or("")).into();
                    } else {
                        let content = json!({ "name": stream.name(), "text": text });
                        messages.push(("stream".to_owned(), content));
                    }
                }
                Body::Content(content) => {
                    let msg_type = content.message_type().to_owned();
                    messages.push((
                        msg_type,
                        serde_json::to_value(&*content).unwrap_or_default(),
                    ));
                }
                Body::Comm(message) => {
                    messages.push((message.msg_type().to_owned(), message.content()));
                }
                Body::Flush(_) => {}
            }
        }
        messages
    }
}
