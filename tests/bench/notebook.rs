//! A notebook without a frontend, for benches of the engine.

use std::error::Error;
use std::time::Instant;

use ferrite_engine::{Output, Session, Sink, Stream};

/// A running notebook with a cell cache of its own.
pub struct Notebook {
    session: Session,
    number: u32,
    _cache: tempfile::TempDir,
}

/// What a cell cost and printed.
pub struct Ran {
    /// Seconds until it could be run.
    pub compile: f64,
    /// What it printed; not every bench looks.
    #[allow(dead_code)]
    pub text: String,
}

impl Notebook {
    pub fn start() -> Result<Self, Box<dyn Error>> {
        let toolchain = ferrite_setup::ensure(&mut |_| {})?;
        let cache = tempfile::tempdir()?;
        let session = Session::start(toolchain, &cache.path().join("cells"))?;
        session.prepare();
        Ok(Self {
            session,
            number: 0,
            _cache: cache,
        })
    }

    /// Runs a cell.
    pub fn run(&mut self, code: &str) -> Result<Ran, Box<dyn Error>> {
        self.number += 1;
        let mut seen = Seen::default();
        let begin = Instant::now();
        let result = self.session.execute(self.number, code, &mut seen);
        let all = begin.elapsed().as_secs_f64();
        result.map_err(|failure| format!("{code}\n{}", failure.traceback.join("\n")))?;
        Ok(Ran {
            // Commands compile nothing.
            compile: self
                .session
                .compile_time()
                .map_or(all, |time| time.as_secs_f64()),
            text: seen.0,
        })
    }
}

/// Whether a ratio is within its bar.
pub fn verdict(ratio: f64, bar: f64) -> &'static str {
    if ratio <= bar { "met" } else { "MISSED" }
}

/// What was given behind `--`; cargo adds a word of its own.
pub fn arguments() -> Vec<String> {
    let arguments = std::env::args().skip(1);
    arguments.filter(|argument| argument != "--bench").collect()
}

#[derive(Default)]
struct Seen(String);

impl Sink for Seen {
    fn text(&mut self, stream: Stream, text: &str) {
        if stream == Stream::Stdout {
            self.0.push_str(text);
        }
    }

    fn output(&mut self, _: Output) {}
}
