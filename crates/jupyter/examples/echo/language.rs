//! Echo: each line of a cell is a command, or else the value of the cell.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ferrite_jupyter::{
    CommAction, CommMessage, CompleteReply, Debugger, ExecuteError, ExecuteReply, ExecuteRequest,
    InspectReply, IsComplete, KernelInfo, Language, MimeBundle, Outputs, Stream,
};
use serde_json::{Map, Value};

/// The commands, with what they do.
const COMMANDS: [(&str, &str); 20] = [
    ("clear", "clear the output when the next one comes"),
    ("comm_close", "ID: close the comm"),
    ("comm_open", "ID TARGET: open a comm"),
    ("comm_say", "ID TEXT: say it over the comm"),
    ("display", "show the rest of the line"),
    ("display_as", "ID TEXT: show it so that it can be updated"),
    (
        "fill",
        "MEGABYTES: write so much to stdout, in pieces of 64 KiB",
    ),
    ("flood", "N: write N lines to stdout, one by one"),
    ("hang", "MILLISECONDS: sleep and heed no interrupt"),
    (
        "input",
        "ask with the rest of the line as prompt, print the answer",
    ),
    ("json", "show the rest of the line as application/json"),
    (
        "later",
        "TEXT: write it from another thread when the cell has ended",
    ),
    ("next_input", "put the rest of the line into the next cell"),
    ("page", "show the rest of the line in the pager"),
    ("panic", "crash the language"),
    ("raise", "ENAME EVALUE: fail"),
    ("sleep", "MILLISECONDS: sleep"),
    ("stderr", "write the rest of the line"),
    ("stdout", "write the rest of the line"),
    ("update", "ID TEXT: update what was shown"),
];

/// The toy language.
#[derive(Default)]
pub struct Echo {
    alarm: Arc<Alarm>,
}

/// Something that a sleeper can be woken by.
#[derive(Default)]
struct Alarm {
    rung: Mutex<bool>,
    ringing: Condvar,
}

impl Alarm {
    fn set(&self, rung: bool) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = rung;
        self.ringing.notify_all();
    }

    /// Returns whether it was woken.
    fn sleep(&self, time: Duration) -> bool {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self.ringing.wait_timeout_while(rung, time, |rung| !*rung);
        *woken.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Language for Echo {
    fn kernel_info(&self) -> KernelInfo {
        let mut info = KernelInfo::new("echo", "0.1.0", "echo", "1.0");
        info.language_info.mimetype = Some("text/x-echo".to_owned());
        info.language_info.file_extension = Some(".echo".to_owned());
        info.banner = "Echo repeats what you say.".to_owned();
        info
    }

    fn execute(&mut self, request: &ExecuteRequest, out: &Outputs) -> ExecuteReply {
        self.alarm.set(out.interrupted());
        let lines = request.code.lines().filter(|line| !line.trim().is_empty());
        for line in lines {
            if let Err(error) = self.run(line, out) {
                return error.into();
            }
        }
        ExecuteReply::Ok
    }

    fn evaluate(&mut self, expression: &str, out: &Outputs) -> Result<MimeBundle, ExecuteError> {
        if expression.starts_with("raise") {
            self.run(expression, out)?;
        }
        Ok(MimeBundle::plain(expression))
    }

    /// The target `echo` says everything again, and in its output.
    fn comm(&mut self, message: &CommMessage, out: &Outputs) -> Result<bool, ExecuteError> {
        match &message.action {
            CommAction::Open { target_name } if target_name != "echo" => return Ok(false),
            CommAction::Close => {
                out.stream(Stream::Stdout, "closed\n");
                return Ok(true);
            }
            _ => {}
        }
        self.alarm.set(out.interrupted());
        if let Some(line) = message.data.get("run").and_then(Value::as_str) {
            self.run(line, out)?;
        }
        out.comm(CommMessage {
            action: CommAction::Message,
            ..message.clone()
        });
        Ok(true)
    }

    fn is_complete(&mut self, code: &str) -> IsComplete {
        match code.trim_end().chars().last() {
            Some('\\') => IsComplete::Incomplete {
                indent: "  ".to_owned(),
            },
            Some('!') => IsComplete::Invalid,
            _ => IsComplete::Complete,
        }
    }

    fn complete(&mut self, code: &str, cursor_pos: usize) -> CompleteReply {
        let typed = &code[..cursor_pos];
        let start = typed
            .rfind(char::is_whitespace)
            .map_or(0, |space| space + 1);
        let matches = COMMANDS
            .iter()
            .filter(|(name, _)| name.starts_with(&typed[start..]));
        CompleteReply {
            matches: matches.map(|(name, _)| (*name).to_owned()).collect(),
            cursor_start: start,
            cursor_end: cursor_pos,
            metadata: Default::default(),
        }
    }

    fn inspect(&mut self, code: &str, _cursor_pos: usize, _detail_level: usize) -> InspectReply {
        match BTreeMap::from(COMMANDS).get(code.trim()) {
            Some(help) => InspectReply::Found(MimeBundle::plain(*help)),
            None => InspectReply::NotFound,
        }
    }

    fn debugger(&self) -> Option<Debugger> {
        Some(Arc::new(|request| {
            let known = request["command"] == "debugInfo";
            serde_json::json!({
                "type": "response", "seq": 1, "request_seq": request["seq"],
                "command": request["command"], "success": known, "body": {},
            })
        }))
    }

    fn interrupter(&self) -> Box<dyn Fn() + Send + Sync> {
        let alarm = self.alarm.clone();
        Box::new(move || alarm.set(true))
    }
}

impl Echo {
    fn run(&self, line: &str, out: &Outputs) -> Result<(), ExecuteError> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (id, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let number = || {
            rest.parse::<u64>()
                .map_err(|_| ExecuteError::new("ValueError", rest))
        };
        match command {
            "stdout" => out.stream(Stream::Stdout, format!("{rest}\n")),
            "stderr" => out.stream(Stream::Stderr, format!("{rest}\n")),
            "display" => out.display_data(MimeBundle::plain(rest), Default::default(), None),
            "display_as" => out.display_data(MimeBundle::plain(text), Default::default(), Some(id)),
            "update" => out.update_display_data(MimeBundle::plain(text), Default::default(), id),
            "json" => {
                let bundle = MimeBundle::new().with("application/json", rest);
                out.display_data(bundle, Default::default(), None);
            }
            "clear" => out.clear_output(true),
            "comm_open" => {
                let target_name = text.to_owned();
                out.comm(say(id, CommAction::Open { target_name }, ""));
            }
            "comm_say" => out.comm(say(id, CommAction::Message, text)),
            "comm_close" => out.comm(say(id, CommAction::Close, "")),
            "next_input" => out.set_next_input(rest, false),
            "page" => out.page(MimeBundle::plain(rest)),
            "flood" => {
                for line in 0..number()? {
                    out.stream(Stream::Stdout, format!("{line}\n"));
                }
            }
            "fill" => {
                for _ in 0..number()? * 16 {
                    out.stream(Stream::Stdout, "x".repeat(64 << 10));
                }
            }
            "later" => {
                let (out, text) = (out.clone(), rest.to_owned());
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(50));
                    out.stream(Stream::Stdout, text);
                });
            }
            "input" => {
                let answer = out
                    .input_request(rest, false)
                    .map_err(|error| ExecuteError::new("InputError", error.to_string()))?;
                out.stream(Stream::Stdout, format!("{answer}\n"));
            }
            "sleep" => {
                if self.alarm.sleep(Duration::from_millis(number()?)) {
                    return Err(ExecuteError::new("Interrupted", "somebody was in a hurry"));
                }
            }
            "hang" => {
                let end = Instant::now() + Duration::from_millis(number()?);
                while Instant::now() < end {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            "raise" => return Err(ExecuteError::new(id, text)),
            "panic" => panic!("{rest}"),
            _ => out.execute_result(MimeBundle::plain(line), Default::default()),
        }
        Ok(())
    }
}

fn say(comm_id: &str, action: CommAction, text: &str) -> CommMessage {
    let mut data = Map::new();
    data.insert("text".to_owned(), text.into());
    CommMessage::new(comm_id, action, data)
}
