//! `execute_request`: run a cell.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use jupyter_protocol::{ErrorOutput, ExecuteInput, ExecutionCount, Header, messaging};
use serde_json::{Map, Value, json};

use super::{Answer, Malformed};
use crate::outputs::Cell;
use crate::wire::{self, Request, with_defaults};
use crate::worker::{LastCell, Worker};
use crate::{ExecuteError, ExecuteReply, ExecuteRequest, Language, Outputs};

/// "Run all" sends its cells in one go, but they do not arrive in one moment.
/// When a cell fails, its reply waits until none has arrived for this long, so
/// that those on their way are aborted too. What a client sends after the reply
/// never is.
const STRAGGLERS: Duration = Duration::from_millis(5);
/// How often the wait is repeated while cells keep arriving.
const STRAGGLER_WAITS: usize = 10;

/// What a client wants to know beside the cell: a name for each expression.
type UserExpressions = Vec<(String, String)>;

impl<L: Language> Worker<L> {
    pub(crate) fn execute(&mut self, arrival: u64, message: &Request) -> Result<Answer, Malformed> {
        let (request, expressions) = self.parse(message)?;
        let overtaken = arrival < self.abort_before;
        let Some(interrupted) = (!overtaken).then(|| self.interrupts.begin()).flatten() else {
            let aborted = json!({ "status": "aborted" });
            return Ok(Answer::reply(wire::raw("execute_reply", aborted)));
        };

        if request.store_history {
            self.execution_count += 1;
        }
        if !request.silent {
            let input = ExecuteInput {
                code: request.code.clone(),
                execution_count: ExecutionCount::new(request.execution_count),
            };
            self.publisher.content(Some(message.header.clone()), input);
        }

        let out = Outputs::new(Cell {
            execution_count: request.execution_count,
            silent: request.silent,
            allow_stdin: request.allow_stdin,
            ..Cell::of(self, message, interrupted)
        });
        if !request.silent {
            self.last_cell = Some(LastCell {
                header: message.header.clone(),
                identities: message.identities.clone(),
                execution_count: request.execution_count,
            });
        }
        let started = Utc::now();
        let reply = self
            .call(|language| language.execute(&request, &out))
            .unwrap_or_else(ExecuteReply::Error);
        let content = match reply {
            ExecuteReply::Ok => json!({
                "status": "ok",
                "execution_count": request.execution_count,
                "user_expressions": self.evaluate(expressions, &out),
                "payload": out.take_payload(),
            }),
            ExecuteReply::Error(ExecuteError {
                ename,
                evalue,
                traceback,
            }) => json!({
                "status": "error",
                "execution_count": request.execution_count,
                "user_expressions": {},
                "payload": [],
                "ename": ename, "evalue": evalue, "traceback": traceback,
            }),
        };
        self.interrupts.end();

        if content["status"] == "error" {
            self.publish_error(&message.header, &content);
            if request.stop_on_error && !request.silent {
                self.abort_queue();
            }
        }
        if request.store_history {
            self.history
                .push(request.execution_count, &request.code, out.result());
        }
        let identities = message.identities.clone();
        // JupyterLab shows how long a cell took from this.
        let started = started.to_rfc3339_opts(SecondsFormat::Micros, true);
        let content = wire::raw("execute_reply", content);
        self.replies.send(
            wire::message(content, Some(&message.header), identities)
                .with_metadata(json!({ "started": started })),
        );
        Ok(Answer::Sent)
    }

    /// The values of expressions, each with its own success or failure.
    fn evaluate(&mut self, expressions: UserExpressions, out: &Outputs) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, expression) in expressions {
            let value = self.call(|language| language.evaluate(&expression, out));
            let value = match value.and_then(|value| value) {
                Ok(data) => json!({ "status": "ok", "data": data.into_value(), "metadata": {} }),
                Err(ExecuteError {
                    ename,
                    evalue,
                    traceback,
                }) => json!({
                    "status": "error", "ename": ename, "evalue": evalue, "traceback": traceback,
                }),
            };
            values.insert(name, value);
        }
        values
    }

    fn publish_error(&self, header: &Arc<Header>, reply: &Value) {
        if let Ok(error) = serde_json::from_value::<ErrorOutput>(reply.clone()) {
            self.publisher.content(Some(header.clone()), error);
        }
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

    fn parse(&self, message: &Request) -> Result<(ExecuteRequest, UserExpressions), Malformed> {
        let content = with_defaults(
            &message.content,
            json!({ "silent": false, "store_history": true, "user_expressions": {} }),
        );
        let request: messaging::ExecuteRequest = serde_json::from_value(content)?;
        let mut expressions: UserExpressions =
            request.user_expressions.into_iter().flatten().collect();
        expressions.sort();
        let request = ExecuteRequest {
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
        };
        Ok((request, expressions))
    }
}
