//! What cells show and say, in the words of the engine and in those of Jupyter.

use ferrite_engine::{Answer, Bundle, Output, Sink, Stream};
use ferrite_jupyter::{InputError, MimeBundle, Outputs};
use serde_json::{Map, Value};

/// Sends a cell's outputs to Jupyter.
pub struct ToJupyter<'a>(pub &'a Outputs);

impl Sink for ToJupyter<'_> {
    fn text(&mut self, stream: Stream, text: &str) {
        let stream = match stream {
            Stream::Stdout => ferrite_jupyter::Stream::Stdout,
            Stream::Stderr => ferrite_jupyter::Stream::Stderr,
        };
        self.0.stream(stream, text);
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Result(bundle) => self.0.execute_result(media(bundle), Map::new()),
            Output::Display { bundle, id } => {
                self.0
                    .display_data(media(bundle), Map::new(), id.as_deref());
            }
            Output::Update { bundle, id } => {
                self.0.update_display_data(media(bundle), Map::new(), &id);
            }
            Output::Clear { wait } => self.0.clear_output(wait),
            Output::Page(bundle) => self.0.page(media(bundle)),
            Output::Comm(message) => self.0.comm(comm_to_jupyter(message)),
        }
    }

    fn input(&mut self, prompt: &str, password: bool) -> Answer {
        match self.0.input_request(prompt, password) {
            Ok(text) => Answer::Text(text),
            Err(InputError::Interrupted) => Answer::Interrupted,
            Err(error) => Answer::Nobody(error.to_string()),
        }
    }
}

/// Keeps the value of an expression, and sends everything else to Jupyter.
pub struct ValueOf<'a> {
    to: ToJupyter<'a>,
    value: Option<MimeBundle>,
}

impl<'a> ValueOf<'a> {
    /// No value yet.
    pub fn new(out: &'a Outputs) -> Self {
        Self {
            to: ToJupyter(out),
            value: None,
        }
    }

    /// The value; that of an expression which has none is `()`.
    pub fn into_value(self) -> MimeBundle {
        self.value.unwrap_or_else(|| MimeBundle::plain("()"))
    }
}

impl Sink for ValueOf<'_> {
    fn text(&mut self, stream: Stream, text: &str) {
        self.to.text(stream, text);
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Result(bundle) => self.value = Some(media(bundle)),
            other => self.to.output(other),
        }
    }

    fn input(&mut self, prompt: &str, password: bool) -> Answer {
        self.to.input(prompt, password)
    }
}

fn media(bundle: Bundle) -> MimeBundle {
    bundle
        .into_iter()
        .fold(MimeBundle::new(), |media, (mime, data)| {
            media.with(mime, data)
        })
}

fn comm_to_jupyter(message: ferrite_engine::CommMessage) -> ferrite_jupyter::CommMessage {
    use ferrite_engine::CommAction as From;
    use ferrite_jupyter::CommAction as To;

    ferrite_jupyter::CommMessage {
        comm_id: message.comm,
        action: match message.action {
            From::Open(target_name) => To::Open { target_name },
            From::Message => To::Message,
            From::Close => To::Close,
        },
        data: object(&message.data),
        metadata: object(&message.metadata),
        buffers: message.buffers.into_iter().map(Into::into).collect(),
    }
}

/// A message for the notebook's code.
pub fn comm_from_jupyter(message: &ferrite_jupyter::CommMessage) -> ferrite_engine::CommMessage {
    use ferrite_engine::CommAction as To;
    use ferrite_jupyter::CommAction as From;

    ferrite_engine::CommMessage {
        comm: message.comm_id.clone(),
        action: match &message.action {
            From::Open { target_name } => To::Open(target_name.clone()),
            From::Message => To::Message,
            From::Close => To::Close,
        },
        data: Value::Object(message.data.clone()).to_string(),
        metadata: Value::Object(message.metadata.clone()).to_string(),
        buffers: message.buffers.iter().map(|bytes| bytes.to_vec()).collect(),
    }
}

/// What code calls JSON may be anything; the protocol wants an object.
fn object(text: &str) -> Map<String, Value> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
