//! What a notebook is asked beside its cells: the value of an expression, and
//! to take a message of a comm.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ferrite_wire::{Answer, CommAction, CommMessage, Outcome, Output, Request};

use super::{Failure, Session};
use crate::bounded::Bound;
use crate::parse;
use crate::worker::{Bell, Sink, Stream};

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
        let comms = self.comms.clone();
        let mut sink = comms.watch(sink);
        self.begin(&mut sink)?;
        self.code(number, expression, &mut sink)
    }

    /// Hands a message of a comm to the code that listens to it. False if none
    /// does.
    ///
    /// # Errors
    /// When that code fails.
    pub fn comm(&mut self, message: CommMessage, sink: &mut dyn Sink) -> Result<bool, Failure> {
        let folder = self.outputs.clone();
        let comms = self.comms.clone();
        let mut sink = comms.watch(sink);
        let mut bound = Bound::new(&folder, 0);
        let mut sink = bound.over(&mut sink);
        let begun = self.begin(&mut sink);
        comms.note(&message);
        let outcome = begun.and_then(|()| self.ask(Request::Comm { message }, &mut sink));
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
        let comms = self.comms.clone();
        let mut sink = comms.watch(sink);
        let mut sink = self.background.over(&mut sink);
        if let Some(worker) = &mut self.worker {
            worker.drain(&mut sink);
        }
        sink.pause();
    }

    /// The comms that ended with the process that they lived in, each told once.
    pub fn ended_comms(&mut self) -> Vec<String> {
        self.comms.take_ended()
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

/// Which comm lives in which worker: one that dies takes its comms with it, and
/// a cell may well start another (`:replay`) and open new ones.
#[derive(Clone, Default)]
pub(super) struct Comms(Arc<Mutex<Ledger>>);

#[derive(Default)]
struct Ledger {
    worker: u64,
    open: BTreeMap<String, u64>,
}

impl Comms {
    /// What is opened from now on lives in another worker.
    pub(super) fn next_worker(&self) {
        self.lock().worker += 1;
    }

    /// A message has come or gone.
    fn note(&self, message: &CommMessage) {
        let mut ledger = self.lock();
        match message.action {
            CommAction::Open(_) => {
                let worker = ledger.worker;
                ledger.open.insert(message.comm.clone(), worker);
            }
            CommAction::Message => {}
            CommAction::Close => {
                ledger.open.remove(&message.comm);
            }
        }
    }

    fn take_ended(&self) -> Vec<String> {
        let mut ledger = self.lock();
        let worker = ledger.worker;
        let ended = ledger
            .open
            .extract_if(.., |_, lives_in| *lives_in != worker);
        ended.map(|(comm, _)| comm).collect()
    }

    /// A sink that notes what passes it.
    pub(super) fn watch<'a>(&self, sink: &'a mut dyn Sink) -> Watching<'a> {
        Watching {
            comms: self.clone(),
            sink,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes the comms that code opens and closes.
pub(super) struct Watching<'a> {
    comms: Comms,
    sink: &'a mut dyn Sink,
}

impl Sink for Watching<'_> {
    fn text(&mut self, stream: Stream, text: &str) {
        self.sink.text(stream, text);
    }

    fn output(&mut self, output: Output) {
        if let Output::Comm(message) = &output {
            self.comms.note(message);
        }
        self.sink.output(output);
    }

    fn input(&mut self, prompt: &str, password: bool) -> Answer {
        self.sink.input(prompt, password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(comm: &str, action: CommAction) -> CommMessage {
        CommMessage {
            comm: comm.to_owned(),
            action,
            data: String::new(),
            metadata: String::new(),
            buffers: Vec::new(),
        }
    }

    #[test]
    fn comms_end_with_their_worker() {
        let comms = Comms::default();
        let open = || CommAction::Open("target".to_owned());
        for comm in ["a", "b", "c"] {
            comms.note(&message(comm, open()));
        }
        comms.note(&message("b", CommAction::Close));
        assert!(comms.take_ended().is_empty());
        comms.next_worker();
        comms.note(&message("c", open()));
        comms.note(&message("d", open()));
        assert_eq!(comms.take_ended(), ["a"], "c was opened anew");
        assert!(comms.take_ended().is_empty());
    }
}
