//! What a notebook is asked beside its cells: the value of an expression, and
//! to take a message of a comm.

use ferrite_wire::{CommMessage, Outcome, Request};

use super::{Failure, Session};
use crate::bounded::Bounded;
use crate::parse;
use crate::worker::{Bell, Sink};

impl Session {
    /// Runs an expression, whose value goes to the sink. It is not remembered,
    /// and defines nothing.
    ///
    /// # Errors
    /// When it is not an expression, does not compile, or fails.
    pub fn evaluate(
        &mut self,
        number: u32,
        expression: &str,
        sink: &mut dyn Sink,
    ) -> Result<(), Failure> {
        if !parse::is_expression(expression) {
            let text = expression.trim();
            return Err(Failure::plain(
                "error",
                format!("`{text}` is not an expression"),
            ));
        }
        self.begin(sink)?;
        self.code(number, expression, sink)
    }

    /// Hands a message of a comm to the code that listens to it. False if none
    /// does.
    ///
    /// # Errors
    /// When that code fails.
    pub fn comm(&mut self, message: CommMessage, sink: &mut dyn Sink) -> Result<bool, Failure> {
        let folder = self.outputs.clone();
        let mut sink = Bounded::new(sink, &folder, 0);
        let outcome = self
            .begin(&mut sink)
            .and_then(|()| self.ask(Request::Comm { message }, &mut sink));
        sink.finish();
        match outcome? {
            Outcome::Ok => Ok(true),
            Outcome::NoSuchComm => Ok(false),
            outcome => Err(self.failed(outcome)),
        }
    }

    /// What rings when the worker says something, for whoever may want to
    /// [`attend`](Self::attend) to it.
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Passes on what threads and tasks of earlier cells have said meanwhile.
    pub fn attend(&mut self, sink: &mut dyn Sink) {
        let folder = self.outputs.clone();
        let mut sink = Bounded::new(sink, &folder, 0);
        if let Some(worker) = &mut self.worker {
            worker.drain(&mut sink);
        }
        sink.finish();
    }

    /// How many processes have held this notebook's values so far. What lives in
    /// such a process, comms for example, ends with it.
    pub fn generation(&self) -> u64 {
        self.workers
    }

    /// Interrupts from now on are meant for what follows.
    pub(super) fn begin(&mut self, sink: &mut dyn Sink) -> Result<(), Failure> {
        self.interrupter.compiler.reset();
        let worker = self.worker()?;
        worker.clear_interrupt();
        worker.drain(sink);
        Ok(())
    }
}
