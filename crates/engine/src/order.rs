//! Puts what a worker says back in order.
//!
//! Text comes through two pipes and rich output through a socket, each read by
//! a thread of its own, so they arrive in any order. The worker writes the
//! marker of an event into both streams before it sends the event: text before
//! the marker belongs before the event, text behind it after the event. Where the
//! cell turns from one stream to the other there is a marker without an event.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use ferrite_wire::{Event, ThreadPanic};

use crate::markers::Part;
use crate::worker::Stream;

/// How long a marker may lag behind its event before it is given up. A closed
/// pipe is known to bring none; this is for a cell that has put something else
/// in its place while a process that it started holds the pipe open. On a
/// machine that is busy a marker may really be late.
const MARKER_WAIT: Duration = Duration::from_secs(3);

/// What is next.
#[derive(Debug)]
pub enum Next {
    /// Printed text.
    Text(Stream, String),
    /// A thread's panic.
    Panic(Stream, ThreadPanic),
    /// An event of the worker's.
    Event(Event),
}

/// What has arrived and is not handed on yet.
#[derive(Default)]
pub struct Order {
    streams: [Pipe; 2],
    events: VecDeque<(Instant, Event)>,
    /// Markers without an event that one of the streams has come to.
    turns: BTreeMap<u64, Instant>,
    /// The last marker whose turn has come.
    done: u64,
}

#[derive(Default)]
struct Pipe {
    parts: VecDeque<Part>,
    /// The last marker that was met.
    mark: u64,
    /// No more will come.
    closed: bool,
}

impl Order {
    /// Takes in a part of a stream.
    pub fn part(&mut self, stream: Stream, part: Part) {
        self.streams[stream as usize].parts.push_back(part);
    }

    /// Takes in an event.
    pub fn event(&mut self, event: Event) {
        self.events.push_back((Instant::now(), event));
    }

    /// A stream has ended.
    pub fn closed(&mut self, stream: Stream) {
        self.streams[stream as usize].closed = true;
    }

    /// The next thing whose turn it is.
    pub fn pop(&mut self) -> Option<Next> {
        loop {
            if let Some(text) = self.text() {
                return Some(text);
            }
            let (marker, arrived) = self.awaited()?;
            let due = self
                .streams
                .iter()
                .all(|pipe| pipe.mark >= marker || pipe.closed && pipe.parts.is_empty());
            if !due && arrived.elapsed() < MARKER_WAIT {
                return None;
            }
            self.done = self.done.max(marker);
            if self.turns.remove(&marker).is_none() {
                return self.events.pop_front().map(|(_, event)| Next::Event(event));
            }
        }
    }

    /// Text before the next marker.
    fn text(&mut self) -> Option<Next> {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let pipe = &mut self.streams[stream as usize];
            while pipe.mark <= self.done {
                match pipe.parts.pop_front() {
                    Some(Part::Text(text)) => return Some(Next::Text(stream, text)),
                    Some(Part::Panic(panic)) => return Some(Next::Panic(stream, panic)),
                    Some(Part::Mark(mark)) => pipe.mark = mark,
                    Some(Part::Turn(turn)) => {
                        pipe.mark = turn;
                        if turn > self.done {
                            self.turns.entry(turn).or_insert_with(Instant::now);
                        }
                    }
                    None => break,
                }
            }
        }
        None
    }

    /// The next marker, and since when it is waited for.
    fn awaited(&self) -> Option<(u64, Instant)> {
        let turn = self.turns.first_key_value();
        let turn = turn.map(|(marker, arrived)| (*marker, *arrived));
        let event = self.events.front();
        let event = event.map(|(arrived, event)| (event.marker(), *arrived));
        // By marker: no two are the same.
        turn.into_iter().chain(event).min()
    }

    /// After how long `pop` may give something even if nothing arrives.
    pub fn patience(&self) -> Option<Duration> {
        let (_, arrived) = self.awaited()?;
        Some(MARKER_WAIT.saturating_sub(arrived.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferrite_wire::Outcome;
    use proptest::prelude::*;

    fn done(marker: u64) -> Event {
        Event::Done {
            marker,
            outcome: Outcome::Interrupted,
        }
    }

    fn drain(order: &mut Order, told: &mut Vec<String>) {
        while let Some(next) = order.pop() {
            told.push(match next {
                Next::Text(Stream::Stdout, text) => text,
                Next::Text(Stream::Stderr, _) | Next::Panic(..) => continue,
                Next::Event(event) => format!("event {}", event.marker()),
            });
        }
    }

    proptest! {
        /// Whichever of the three arrives first, text and events alternate as
        /// they were made.
        #[test]
        fn order_of_arrival_does_not_matter(turns in prop::collection::vec(0_usize..3, 0..60)) {
            let count = 8;
            let mut sources: [VecDeque<u64>; 3] = Default::default();
            for source in &mut sources {
                *source = (1..=count).collect();
            }
            let mut order = Order::default();
            let mut told = Vec::new();
            for turn in turns.into_iter().chain((0..3 * count as usize).map(|n| n % 3)) {
                let Some(number) = sources[turn].pop_front() else { continue };
                match turn {
                    0 => {
                        order.part(Stream::Stdout, Part::Text(format!("text {number}")));
                        order.part(Stream::Stdout, Part::Mark(number));
                    }
                    1 => order.part(Stream::Stderr, Part::Mark(number)),
                    _ => order.event(done(number)),
                }
                drain(&mut order, &mut told);
            }
            let expected: Vec<String> = (1..=count)
                .flat_map(|n| [format!("text {n}"), format!("event {n}")])
                .collect();
            prop_assert_eq!(told, expected);
        }
    }

    #[test]
    fn the_streams_take_turns() {
        let mut order = Order::default();
        let text = |text: &str| Part::Text(text.to_owned());
        for part in [
            text("a"),
            Part::Turn(1),
            Part::Turn(2),
            text("c"),
            Part::Mark(3),
        ] {
            order.part(Stream::Stdout, part);
        }
        order.event(done(3));
        assert!(matches!(order.pop(), Some(Next::Text(Stream::Stdout, _))));
        assert!(order.pop().is_none(), "stderr has not come to the turn");
        for part in [Part::Turn(1), text("b"), Part::Turn(2), Part::Mark(3)] {
            order.part(Stream::Stderr, part);
        }
        assert!(matches!(order.pop(), Some(Next::Text(Stream::Stderr, _))));
        assert!(matches!(order.pop(), Some(Next::Text(Stream::Stdout, _))));
        assert!(matches!(order.pop(), Some(Next::Event(_))));
        assert!(order.pop().is_none());
    }

    #[test]
    fn a_turn_of_one_stream_only_is_given_up() {
        let mut order = Order::default();
        order.part(Stream::Stdout, Part::Turn(1));
        order.part(Stream::Stdout, Part::Text("b".to_owned()));
        assert!(order.pop().is_none());
        order
            .turns
            .insert(1, Instant::now().checked_sub(MARKER_WAIT).unwrap());
        assert!(matches!(order.pop(), Some(Next::Text(..))));
    }

    #[test]
    fn an_event_without_its_markers_comes_when_the_streams_have_ended() {
        let mut order = Order::default();
        order.event(done(1));
        assert!(order.pop().is_none());
        order.closed(Stream::Stdout);
        assert!(order.pop().is_none());
        order.part(Stream::Stderr, Part::Text("last".to_owned()));
        order.closed(Stream::Stderr);
        assert!(matches!(order.pop(), Some(Next::Text(..))));
        assert!(matches!(order.pop(), Some(Next::Event(_))));
    }

    #[test]
    fn an_event_without_its_markers_comes_at_last() {
        let mut order = Order::default();
        let long_ago = Instant::now().checked_sub(MARKER_WAIT).unwrap();
        order.events.push_back((long_ago, done(1)));
        assert!(matches!(order.pop(), Some(Next::Event(_))));
    }
}
