//! What a language offers to a kernel: the trait and the types it speaks in.

use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::{
    Bell, CodeMirrorMode, CommMessage, DebugEvents, Debugger, HelpLink, LanguageInfo, MimeBundle,
    Outputs, Waiting,
};

/// A programming language behind a Jupyter kernel.
///
/// All methods with `&mut self` are called on one thread, one request at a
/// time, in the order in which requests arrived. A panic in one of them answers
/// that request with an error and leaves the kernel alive.
pub trait Language: Send + 'static {
    /// What the language is called. Asked once, before the first request.
    fn kernel_info(&self) -> KernelInfo;

    /// Runs a cell. May take as long as it likes; writes to `out` meanwhile.
    ///
    /// An error needs no output of its own: the kernel broadcasts it.
    fn execute(&mut self, request: &ExecuteRequest, out: &Outputs) -> ExecuteReply;

    /// The value of one of the `user_expressions` that came with a cell which
    /// ended well.
    fn evaluate(&mut self, expression: &str, out: &Outputs) -> Result<MimeBundle, ExecuteError> {
        let _ = (expression, out);
        Err(ExecuteError::new(
            "NotImplementedError",
            "this kernel evaluates no user_expressions",
        ))
    }

    /// Handles a message of a comm. What is shown on the way appears under the
    /// cell that opened the comm, if one did.
    ///
    /// False if nobody has registered for it; a comm that was to be opened is
    /// then closed.
    fn comm(&mut self, message: &CommMessage, out: &Outputs) -> Result<bool, ExecuteError> {
        let _ = (message, out);
        Ok(false)
    }

    /// The file that keeps the history across kernels; `None` keeps it only as
    /// long as the kernel. Asked once.
    fn history_file(&self) -> Option<PathBuf> {
        None
    }

    /// Whether `code` can be run as it stands, for consoles that must decide
    /// what Enter does.
    fn is_complete(&mut self, code: &str) -> IsComplete {
        let _ = code;
        IsComplete::Unknown
    }

    /// What could be written at `cursor_pos`, a byte offset into `code`.
    fn complete(&mut self, code: &str, cursor_pos: usize) -> CompleteReply {
        let _ = code;
        CompleteReply::none_at(cursor_pos)
    }

    /// What stands at `cursor_pos`, a byte offset into `code`. The level is 0
    /// for one `?` or a tooltip and 1 when the user asked for more.
    fn inspect(&mut self, code: &str, cursor_pos: usize, detail_level: usize) -> InspectReply {
        let _ = (code, cursor_pos, detail_level);
        InspectReply::NotFound
    }

    /// What answers requests of debuggers, such as JupyterLab's panel of
    /// variables; see [`Debugger`]. Asked once, before the first request. A
    /// language that has one names `debugger` among its
    /// [`supported_features`](KernelInfo::supported_features).
    fn debugger(&self) -> Option<Debugger> {
        None
    }

    /// Where events of a debugger go: `stopped`, `continued` and the like. Told
    /// once, before [`debugger`](Language::debugger) is asked.
    fn debug_events(&mut self, events: DebugEvents) {
        let _ = events;
    }

    /// A function that makes a running [`execute`](Language::execute) return
    /// soon. Asked once, before the first request.
    ///
    /// It is called from another thread, only while `execute` or `comm` runs (or
    /// is just about to start), at most until it returns, and must not block.
    /// By then [`Outputs::interrupted`] is already true, and stays true for
    /// that request: a language that keeps a flag of its own should clear it
    /// when a cell begins, then look at `interrupted` once.
    fn interrupter(&self) -> Box<dyn Fn() + Send + Sync>;

    /// Where to see which cells wait behind the one that runs, so that they can
    /// be made ready. Told once, before the first request.
    fn waiting(&mut self, waiting: Waiting) {
        let _ = waiting;
    }

    /// With what to ring when there is something to tell although no cell runs.
    /// Told once, before the first request.
    fn bell(&mut self, bell: Bell) {
        let _ = bell;
    }

    /// The bell was rung: what is written to `out` appears below the last cell.
    fn attend(&mut self, out: &Outputs) {
        let _ = out;
    }

    /// The last call, unless the language is stuck in another one: end
    /// child processes, remove temporary files. `restart` says that a new
    /// kernel will take this one's place.
    fn shutdown(&mut self, restart: bool) {
        let _ = restart;
    }
}

/// What a kernel says about itself in `kernel_info_reply`.
#[derive(Debug, Clone)]
pub struct KernelInfo {
    /// The kernel's name, as in `ipykernel`.
    pub implementation: String,
    /// The kernel's version.
    pub implementation_version: String,
    /// The language: names and versions that frontends highlight and save by.
    pub language_info: LanguageInfo,
    /// What a console prints when it starts.
    pub banner: String,
    /// Entries of the frontend's help menu.
    pub help_links: Vec<HelpLink>,
    /// Optional parts of the protocol that the kernel speaks, such as
    /// `debugger`.
    pub supported_features: Vec<String>,
}

impl KernelInfo {
    /// The fields that every kernel must fill; the others are public.
    pub fn new(
        implementation: impl Into<String>,
        implementation_version: impl Into<String>,
        language: impl Into<String>,
        language_version: impl Into<String>,
    ) -> Self {
        let language = language.into();
        Self {
            implementation: implementation.into(),
            implementation_version: implementation_version.into(),
            banner: String::new(),
            help_links: Vec::new(),
            supported_features: Vec::new(),
            language_info: LanguageInfo {
                version: language_version.into(),
                mimetype: None,
                file_extension: None,
                pygments_lexer: Some(language.clone()),
                codemirror_mode: Some(CodeMirrorMode::Simple(language.clone())),
                nbconvert_exporter: None,
                name: language,
            },
        }
    }
}

/// A cell to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecuteRequest {
    /// The text of the cell.
    pub code: String,
    /// Run as quietly as possible: the kernel drops an `execute_result` and
    /// does not count or remember this cell.
    pub silent: bool,
    /// Whether this cell counts and is remembered. Never true when `silent`.
    pub store_history: bool,
    /// Whether the client can answer an `input_request`.
    pub allow_stdin: bool,
    /// Whether an error aborts the cells that wait behind this one.
    pub stop_on_error: bool,
    /// The number in front of the cell: `In [3]`.
    pub execution_count: usize,
    /// The notebook's own name for the cell, the same when it is run again.
    pub cell_id: Option<String>,
}

impl ExecuteRequest {
    /// A cell as a notebook would send it first.
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            silent: false,
            store_history: true,
            allow_stdin: false,
            stop_on_error: true,
            execution_count: 1,
            cell_id: None,
        }
    }
}

/// How a cell ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecuteReply {
    /// It ran to its end.
    Ok,
    /// It did not. The kernel broadcasts this as an `error` output too.
    Error(ExecuteError),
}

impl From<ExecuteError> for ExecuteReply {
    fn from(error: ExecuteError) -> Self {
        Self::Error(error)
    }
}

/// An error in the user's code, with the three fields that Jupyter shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecuteError {
    /// The kind of error: `TypeError`, `E0308`, `Interrupted`.
    pub ename: String,
    /// The error in one sentence.
    pub evalue: String,
    /// What notebooks show, line by line; ANSI colours are welcome.
    pub traceback: Vec<String>,
}

impl ExecuteError {
    /// An error whose traceback is one line, `ename: evalue`.
    pub fn new(ename: impl Into<String>, evalue: impl Into<String>) -> Self {
        let (ename, evalue) = (ename.into(), evalue.into());
        Self {
            traceback: vec![format!("{ename}: {evalue}")],
            ename,
            evalue,
        }
    }

    /// This error with another traceback.
    #[must_use]
    pub fn with_traceback(mut self, lines: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.traceback = lines.into_iter().map(Into::into).collect();
        self
    }
}

/// Whether code can be run as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IsComplete {
    /// Run it.
    Complete,
    /// The next line is missing.
    Incomplete {
        /// What the console should put in front of the next line.
        indent: String,
    },
    /// It will not parse, whatever follows.
    Invalid,
    /// The language cannot tell.
    Unknown,
}

/// What could be written at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct CompleteReply {
    /// Texts that could stand between `cursor_start` and `cursor_end`.
    pub matches: Vec<String>,
    /// Byte offset into the code where a match begins.
    pub cursor_start: usize,
    /// Byte offset into the code where a match ends.
    pub cursor_end: usize,
    /// Extra information for frontends that know it.
    pub metadata: Map<String, Value>,
}

impl CompleteReply {
    /// No suggestion.
    pub fn none_at(cursor_pos: usize) -> Self {
        Self {
            matches: Vec::new(),
            cursor_start: cursor_pos,
            cursor_end: cursor_pos,
            metadata: Map::new(),
        }
    }
}

/// What stands at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub enum InspectReply {
    /// This, to be shown in a tooltip or pager.
    Found(MimeBundle),
    /// Nothing that the language knows.
    NotFound,
}
