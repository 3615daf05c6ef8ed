//! What the engine and its worker process say to each other.
//!
//! One socket carries [`Request`]s to the worker and [`Event`]s back, each as
//! a length (four bytes, little-endian) and that many bytes of JSON. What user
//! code prints travels apart, on the worker's stdout and stderr. To keep text
//! and rich output in order the worker flushes both streams and writes a
//! [`marker`] into each before it sends an event that has a place among the
//! text; the engine handles the event when both markers have arrived. A [`turn`]
//! keeps the two streams themselves in order.

pub mod analysis;

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What the engine asks of the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Load the prelude, so that the first cell that uses it finds it there.
    Preload {
        /// The prelude's dynamic library.
        library: PathBuf,
        /// The library of generic code that cells share.
        glue: PathBuf,
    },
    /// Load a compiled cell and run it.
    Run {
        /// The cell's dynamic library.
        library: PathBuf,
        /// Libraries that it links to and that a new worker has not loaded.
        needs: Vec<PathBuf>,
        /// The variables that the cell moves away.
        moved: Vec<String>,
    },
    /// Show a variable.
    Show {
        /// Its name.
        name: String,
    },
    /// Drop variables.
    Forget {
        /// Their names.
        names: Vec<String>,
    },
    /// List the variables.
    Variables,
    /// Look at variables shortly.
    Preview {
        /// Their names.
        names: Vec<String>,
        /// How many characters each may have, about.
        most: usize,
    },
    /// Hand a comm's message to whoever listens.
    Comm {
        /// The message.
        message: CommMessage,
    },
    /// Stop the running cell at its next checkpoint.
    Interrupt,
    /// What came of an [`Event::Input`].
    Input {
        /// The answer.
        answer: Answer,
    },
}

/// What came of asking the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// What they typed, without the line's end.
    Text(String),
    /// They interrupted the cell instead.
    Interrupted,
    /// There is nobody who could answer; why, in a sentence.
    Nobody(String),
}

/// What the worker tells the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Something to show; comes after the text that was printed before it.
    Output {
        /// Number of the marker in the text streams.
        marker: u64,
        /// What to show.
        output: Output,
    },
    /// A request other than `Interrupt` has been carried out.
    Done {
        /// Number of the marker in the text streams.
        marker: u64,
        /// How it ended.
        outcome: Outcome,
    },
    /// Running code wants a line of text from the person, and waits.
    Input {
        /// Number of the marker in the text streams.
        marker: u64,
        /// What to ask.
        prompt: String,
        /// Whether the answer is not to be seen.
        password: bool,
        /// Whether the code reads stdin: then it has no other way to tell the
        /// person why nobody could answer.
        stdin: bool,
    },
}

impl Event {
    /// Number of the marker in the text streams.
    pub fn marker(&self) -> u64 {
        match self {
            Self::Output { marker, .. }
            | Self::Done { marker, .. }
            | Self::Input { marker, .. } => *marker,
        }
    }
}

/// A value in several formats, as MIME type and data.
pub type Bundle = Vec<(String, String)>;

/// Something to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    /// The value of the cell's last expression.
    Result(Bundle),
    /// Something shown on the way.
    Display {
        /// What to show.
        bundle: Bundle,
        /// Name under which it can be replaced.
        id: Option<String>,
    },
    /// Replaces what was shown under a name.
    Update {
        /// What to show.
        bundle: Bundle,
        /// The name.
        id: String,
    },
    /// Removes the cell's outputs.
    Clear {
        /// Only when the next one arrives.
        wait: bool,
    },
    /// Something to read beside the notebook, such as help.
    Page(Bundle),
    /// A message of a comm.
    Comm(CommMessage),
}

/// A message of a comm, in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommMessage {
    /// Name of the comm.
    pub comm: String,
    /// What the message does.
    pub action: CommAction,
    /// What it says: the text of a JSON object.
    pub data: String,
    /// What is said about it: the text of a JSON object.
    pub metadata: String,
    /// Binary data that `data` refers to.
    pub buffers: Vec<Vec<u8>>,
}

/// What a comm's message does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommAction {
    /// Opens the comm, with whoever has this name at the other end.
    Open(String),
    /// Says something.
    Message,
    /// Closes the comm.
    Close,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It did what was asked.
    Ok,
    /// The variables, as name and type.
    Variables(Vec<(String, String)>),
    /// Short looks at variables, by name; those that are not there are left out.
    Previews(Vec<(String, Bundle)>),
    /// There is no such variable.
    NoSuchVariable,
    /// Nobody listens to that comm.
    NoSuchComm,
    /// An error left the cell through `?`.
    Error {
        /// The type of the error.
        name: String,
        /// What it says.
        message: String,
        /// The errors behind it.
        causes: Vec<String>,
    },
    /// The cell panicked.
    Panic {
        /// The panic's message.
        message: String,
        /// Where it happened.
        location: Option<Location>,
        /// The stack at that moment, outermost last, without what is not of a
        /// cell: the compiled cell and the address in it.
        frames: Vec<(PathBuf, u64)>,
    },
    /// A person stopped the cell.
    Interrupted,
    /// The compiled cell could not be loaded.
    LoadFailed(String),
}

/// A place in generated source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    pub file: String,
    /// The line, from one.
    pub line: u32,
    /// The column, from one.
    pub column: u32,
    /// The library that was compiled from it, if it is a cell's.
    pub library: Option<PathBuf>,
}

/// A panic on a thread that the cell has started. It stands in the text of
/// stderr, between [`MARKER_START`] and [`MARKER_END`], as JSON: whoever panics
/// may hold any lock, so it is written without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadPanic {
    /// The thread's name, if it has one.
    pub thread: Option<String>,
    /// The panic's message.
    pub message: String,
    /// Where it happened.
    pub location: Option<Location>,
}

/// Longest message that is believed; a longer one means a broken stream.
const LONGEST: u32 = 1 << 30;

/// Writes one message.
///
/// # Errors
/// When the other side is gone.
pub fn send<T: Serialize>(to: &mut impl Write, message: &T) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "output of more than 4 GiB"))?;
    let mut frame = Vec::with_capacity(body.len() + 4);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&body);
    to.write_all(&frame)?;
    to.flush()
}

/// Reads one message; `None` when the other side has closed the socket.
///
/// # Errors
/// When the stream breaks off inside a message or holds something else.
pub fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    if let Err(error) = from.read_exact(&mut length) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => Ok(None),
            _ => Err(error),
        };
    }
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "message too long",
        ));
    }
    let mut body = vec![0; length as usize];
    from.read_exact(&mut body)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

/// First bytes of every marker: an application program command, which
/// terminals swallow, with a name that nobody else uses.
pub const MARKER_START: &str = "\x1b_ferrite:";
/// Last bytes of every marker.
pub const MARKER_END: &str = "\x1b\\";

/// The marker of the given number.
///
/// ```
/// assert_eq!(ferrite_wire::marker(7), "\x1b_ferrite:7\x1b\\");
/// ```
pub fn marker(number: u64) -> String {
    format!("{MARKER_START}{number}{MARKER_END}")
}

/// The marker of the given number where no event belongs to it: text goes on in
/// the other stream.
///
/// ```
/// assert_eq!(ferrite_wire::turn(7), "\x1b_ferrite:~7\x1b\\");
/// ```
pub fn turn(number: u64) -> String {
    format!("{MARKER_START}~{number}{MARKER_END}")
}

/// A panic of another thread, as it is written to stderr.
///
/// ```
/// let panic = ferrite_wire::ThreadPanic {
///     thread: None,
///     message: "too late".to_owned(),
///     location: None,
/// };
/// let text = ferrite_wire::thread_panic(&panic);
/// assert!(text.starts_with("\x1b_ferrite:{") && text.ends_with("}\x1b\\"));
/// ```
pub fn thread_panic(panic: &ThreadPanic) -> String {
    // Of strings and numbers, so it can be written; JSON escapes what would
    // look like the end.
    let body = serde_json::to_string(panic).unwrap_or_default();
    format!("{MARKER_START}{body}{MARKER_END}")
}

/// The variable that carries the worker's end of the socket: the path to
/// connect to.
pub const SOCKET_VARIABLE: &str = "FERRITE_WORKER_SOCKET";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_wire() {
        let request = Request::Run {
            library: "/tmp/cell.so".into(),
            needs: Vec::new(),
            moved: vec!["x".into()],
        };
        let mut stream = Vec::new();
        send(&mut stream, &request).unwrap();
        send(&mut stream, &Request::Interrupt).unwrap();
        let mut stream = stream.as_slice();
        assert_eq!(receive::<Request>(&mut stream).unwrap(), Some(request));
        assert_eq!(
            receive::<Request>(&mut stream).unwrap(),
            Some(Request::Interrupt)
        );
        assert_eq!(receive::<Request>(&mut stream).unwrap(), None);
    }

    #[test]
    fn a_broken_stream_is_an_error_not_an_allocation() {
        let mut stream: &[u8] = &[0xff; 8];
        assert!(receive::<Request>(&mut stream).is_err());
        let mut stream: &[u8] = &[9, 0, 0, 0, b'{'];
        assert!(receive::<Request>(&mut stream).is_err());
    }
}
