//! `execute_request`: run a cell.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use jupyter_protocol::messaging;
use jupyter_protocol::{ErrorOutput, ExecuteInput, ExecutionCount, ReplyError, ReplyStatus};
use serde_json::{Value, json};

use super::{Answer, Malformed};
use crate::outputs::Cell;
use crate::wire::{self, Request, with_defaults};
use crate::worker::Worker;
use crate::{ExecuteError, ExecuteReply, ExecuteRequest, Language, Outputs};

/// "Run all" sends its cells in one go, but they do not arrive in one moment.
/// When a cell fails, its reply waits until none has arrived for this long, so
/// that those on their way are aborted too. What a client sends after the reply
/// never is.
const STRAGGLERS: Duration = Duration::from_millis(5);
/// How often the wait is repeated while cells keep arriving.
const STRAGGLER_WAITS: usize = 10;

impl<L: Language> Worker<L> {
    pub(crate) fn execute(&mut self, arrival: u64, message: &Request) -> Result<Answer, Malformed> {
        let request = self.parse(message)?;
        let overtaken = arrival < self.abort_before;
        let Some(interrupted) = (!overtaken).then(|| self.interrupts.begin()).flatten() else {
            let aborted = json!({ "status": "aborted" });
            return Ok(Answer::reply(wire::raw("execute_reply", aborted)));
        };

        let parent = Some(message.header.clone());
        let execution_count = ExecutionCount::new(request.execution_count);
        if request.store_history {
            self.execution_count += 1;
        }
        if !request.silent {
            let input = ExecuteInput {
                code: request.code.clone(),
                execution_count,
            };
            self.publisher.content(parent.clone(), input);
        }

        let out = Outputs::new(Cell {
            publisher: self.publisher.clone(),
            stdin: self.stdin.clone(),
            parent: message.header.clone(),
            identities: message.identities.clone(),
            execution_count: request.execution_count,
            silent: request.silent,
            allow_stdin: request.allow_stdin,
            interrupted,
            result: Mutex::default(),
        });
        let started = Utc::now();
        let reply = self
            .call(|language| language.execute(&request, &out))
            .unwrap_or_else(ExecuteReply::Error);
        self.interrupts.end();

        let error = match reply {
            ExecuteReply::Ok => None,
            ExecuteReply::Error(ExecuteError {
                ename,
                evalue,
                traceback,
            }) => {
                let error = ErrorOutput {
                    ename,
                    evalue,
                    traceback,
                };
                self.publisher.content(parent, error.clone());
                if request.stop_on_error && !request.silent {
                    self.abort_queue();
                }
                let ErrorOutput {
                    ename,
                    evalue,
                    traceback,
                } = error;
                Some(Box::new(ReplyError {
                    ename,
                    evalue,
                    traceback,
                }))
            }
        };
        if request.store_history {
            self.history
                .push(request.execution_count, request.code, out.result());
        }

        let content = messaging::ExecuteReply {
            status: if error.is_some() {
                ReplyStatus::Error
            } else {
                ReplyStatus::Ok
            },
            execution_count,
            payload: Vec::new(),
            user_expressions: Some(HashMap::new()),
            error,
        };
        let identities = message.identities.clone();
        // JupyterLab shows how long a cell took from this.
        let started = started.to_rfc3339_opts(SecondsFormat::Micros, true);
        self.shell.send(
            wire::message(content, Some(&message.header), identities)
                .with_metadata(json!({ "started": started })),
        );
        Ok(Answer::Sent)
    }

    fn abort_queue(&mut self) {
        for _ in 0..STRAGGLER_WAITS {
            let arrived = self.arrivals.load(Ordering::SeqCst);
            std::thread::sleep(STRAGGLERS);
            self.abort_before = self.arrivals.load(Ordering::SeqCst);
            if self.abort_before == arrived {
                break;
            }
        }
    }

    fn parse(&self, message: &Request) -> Result<ExecuteRequest, Malformed> {
        let content = with_defaults(
            &message.content,
            json!({ "silent": false, "store_history": true, "user_expressions": {} }),
        );
        let request: messaging::ExecuteRequest = serde_json::from_value(content)?;
        Ok(ExecuteRequest {
            silent: request.silent,
            store_history: request.store_history && !request.silent,
            allow_stdin: request.allow_stdin,
            stop_on_error: request.stop_on_error,
            execution_count: self.execution_count,
            cell_id: message
                .metadata
                .get("cellId")
                .and_then(Value::as_str)
                .map(str::to_owned),
            code: request.code,
        })
    }
}
