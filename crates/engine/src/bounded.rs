//! A bound on what one cell shows.
//!
//! A browser bears some megabytes of text; a loop that prints writes that in a
//! second. Beyond the bound, text goes into a file, the cell says where that
//! is, and at its end shows the last lines. The file is bounded as well: a cell
//! that prints over night must not fill the disk. Of rich outputs, those beyond
//! a bound are left out; of updates that come in a flood, those that nobody could
//! see.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use ferrite_wire::{Answer, Bundle, Output};

use crate::worker::{Sink, Stream};

/// Bytes of text that a cell shows.
const BYTES: usize = 2 << 20;
/// Lines of text that a cell shows.
const LINES: usize = 100_000;
/// Bytes and lines of the end that are shown as well.
const END: (usize, usize) = (8 << 10, 20);
/// Bytes that are kept in the file of a cell.
const FILE: u64 = 1 << 30;
/// For how long such files are kept.
const AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Rich outputs that a cell shows, and bytes of them.
const OUTPUTS: (usize, usize) = (1_000, 64 << 20);
/// Updates that pass as they come.
const UPDATES: usize = 1_000;
/// Time between those that come after them.
const INTERVAL: Duration = Duration::from_millis(100);

/// What may still be shown of a cell.
pub struct Bound {
    /// Where files go.
    folder: PathBuf,
    cell: u32,
    bytes: usize,
    lines: usize,
    rest: Option<Rest>,
    outputs: usize,
    /// Bytes of rich outputs.
    size: usize,
    /// Outputs were left out, which has been said.
    left_out: bool,
    updates: Updates,
}

/// Updates of outputs that are there already.
#[derive(Default)]
struct Updates {
    seen: usize,
    passed: Option<Instant>,
    /// The last of each output that was held back.
    held: BTreeMap<String, Bundle>,
}

/// Passes on what a cell shows, up to the bound.
pub struct Bounded<'a> {
    sink: &'a mut dyn Sink,
    bound: &'a mut Bound,
}

impl Bound {
    /// For the cell with this number.
    pub fn new(folder: &Path, cell: u32) -> Self {
        Self {
            folder: folder.to_owned(),
            cell,
            bytes: 0,
            lines: 0,
            rest: None,
            outputs: 0,
            size: 0,
            left_out: false,
            updates: Updates::default(),
        }
    }

    /// A sink that keeps to this bound.
    pub fn over<'a>(&'a mut self, sink: &'a mut dyn Sink) -> Bounded<'a> {
        Bounded { sink, bound: self }
    }

    /// How much of a text may still be shown. A cut is made behind a line where
    /// there is one.
    fn fitting(&self, text: &str) -> usize {
        let Some(lines) = (LINES - self.lines).checked_sub(1) else {
            return 0;
        };
        let cut = match text.match_indices('\n').nth(lines) {
            Some((at, _)) => at + 1,
            None => text.len(),
        };
        let left = BYTES - self.bytes;
        if cut <= left {
            return cut;
        }
        let cut = text.floor_char_boundary(left);
        text[..cut].rfind('\n').map_or(cut, |line| line + 1)
    }
}

impl Bounded<'_> {
    /// The cell has ended: says what was left out.
    pub fn finish(mut self) {
        self.release();
        let Some(mut rest) = self.bound.rest.take() else {
            return;
        };
        let place = match &mut rest.file {
            Some((path, file)) => match file.flush() {
                Ok(()) if rest.bytes > FILE => {
                    format!("; the first GB of it is in {}", path.display())
                }
                Ok(()) => format!(" into {}", path.display()),
                Err(error) => format!("; not all of it could be kept ({error})"),
            },
            None => "; it could not be kept".to_owned(),
        };
        let note = format!(
            "\n[The cell printed another {} ({} lines){place}. The last lines:]\n",
            size(rest.bytes),
            thousands(rest.lines)
        );
        self.sink.text(Stream::Stderr, &note);
        self.sink.text(rest.stream, rest.last_lines());
    }

    /// There is no more for now.
    pub fn pause(mut self) {
        self.release();
        if let Some(Rest {
            file: Some((_, file)),
            ..
        }) = &mut self.bound.rest
        {
            // What cannot be written now is tried again with what follows.
            let _ = file.flush();
        }
    }

    /// Passes on the updates that were held back.
    fn release(&mut self) {
        for (id, bundle) in std::mem::take(&mut self.bound.updates.held) {
            self.sink.output(Output::Update { bundle, id });
        }
    }

    /// Whether an output may still be shown; says so if not. The value of a cell
    /// counts by its size only.
    fn admits(&mut self, bundle: &Bundle, counts: bool) -> bool {
        let bytes: usize = bundle.iter().map(|(_, data)| data.len()).sum();
        let bound = &mut *self.bound;
        let fits = bound.size.saturating_add(bytes) <= OUTPUTS.1;
        if fits && (!counts || bound.outputs < OUTPUTS.0) {
            bound.outputs += usize::from(counts);
            bound.size += bytes;
            return true;
        }
        if !std::mem::replace(&mut bound.left_out, true) {
            let most = if fits {
                format!("{} outputs", thousands(OUTPUTS.0 as u64))
            } else {
                format!("{} of outputs", size(OUTPUTS.1 as u64))
            };
            let note =
                format!("\n[A cell shows {most} at most; what is beyond that is left out]\n");
            self.sink.text(Stream::Stderr, &note);
        }
        false
    }

    fn update(&mut self, bundle: Bundle, id: String) {
        let updates = &mut self.bound.updates;
        updates.seen += 1;
        let recent = updates.passed.is_some_and(|at| at.elapsed() < INTERVAL);
        if updates.seen > UPDATES && recent {
            updates.held.insert(id, bundle);
            return;
        }
        updates.passed = Some(Instant::now());
        updates.held.remove(&id);
        self.release();
        self.sink.output(Output::Update { bundle, id });
    }
}

/// What is beyond the bound.
struct Rest {
    file: Option<(PathBuf, BufWriter<File>)>,
    bytes: u64,
    lines: u64,
    /// The last text, with the stream that came last.
    end: String,
    stream: Stream,
}

impl Sink for Bounded<'_> {
    fn text(&mut self, stream: Stream, text: &str) {
        let bound = &mut *self.bound;
        if let Some(rest) = &mut bound.rest {
            rest.push(stream, text);
            return;
        }
        let fitting = bound.fitting(text);
        let (shown, left) = text.split_at(fitting);
        bound.bytes += shown.len();
        bound.lines += shown.matches('\n').count();
        if !shown.is_empty() {
            self.sink.text(stream, shown);
        }
        if left.is_empty() {
            return;
        }
        let file = open(&bound.folder, bound.cell);
        let place = match &file {
            Some((path, _)) => format!("goes into {}", path.display()),
            None => format!("is left out: {} cannot be written", bound.folder.display()),
        };
        let note = format!("\n[This is as much text as is shown of one cell; the rest {place}]\n");
        self.sink.text(Stream::Stderr, &note);
        let mut rest = Rest {
            file,
            bytes: 0,
            lines: 0,
            end: String::new(),
            stream,
        };
        rest.push(stream, left);
        bound.rest = Some(rest);
    }

    fn output(&mut self, output: Output) {
        let shown = match &output {
            Output::Display { bundle, id } => {
                if let Some(id) = id {
                    self.bound.updates.held.remove(id);
                }
                self.admits(bundle, true)
            }
            Output::Result(bundle) => self.admits(bundle, false),
            Output::Clear { .. } => {
                // What was shown is gone from the browser too.
                let bound = &mut *self.bound;
                if bound.rest.is_none() {
                    bound.bytes = 0;
                    bound.lines = 0;
                }
                bound.outputs = 0;
                bound.size = 0;
                bound.left_out = false;
                true
            }
            Output::Update { .. } | Output::Page(_) | Output::Comm(_) => true,
        };
        match output {
            Output::Update { bundle, id } => self.update(bundle, id),
            output if shown => self.sink.output(output),
            _ => {}
        }
    }

    fn input(&mut self, prompt: &str, password: bool) -> Answer {
        self.sink.input(prompt, password)
    }
}

impl Rest {
    fn push(&mut self, stream: Stream, text: &str) {
        self.stream = stream;
        if self.bytes < FILE
            && let Some((_, file)) = &mut self.file
            && file.write_all(text.as_bytes()).is_err()
        {
            // The disk is full: what can be done is to leave the rest out.
            self.file = None;
        }
        self.bytes += text.len() as u64;
        self.lines += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.end.push_str(text);
        if self.end.len() > 4 * END.0 {
            let from = self.end.ceil_char_boundary(self.end.len() - END.0);
            self.end.drain(..from);
        }
    }

    fn last_lines(&self) -> &str {
        let from = self
            .end
            .ceil_char_boundary(self.end.len().saturating_sub(END.0));
        let end = &self.end[from..];
        let body = end.strip_suffix('\n').unwrap_or(end);
        let start = body
            .rmatch_indices('\n')
            .nth(END.1 - 1)
            .map_or(0, |(at, _)| at + 1);
        &end[start..]
    }
}

fn open(folder: &Path, cell: u32) -> Option<(PathBuf, BufWriter<File>)> {
    fs::create_dir_all(folder).ok()?;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default().as_millis();
    let path = folder.join(format!("cell-{cell}-{since}-{}.txt", std::process::id()));
    let file = File::create(&path).ok()?;
    Some((path, BufWriter::with_capacity(64 << 10, file)))
}

/// Removes files of cells that ran long ago.
pub fn prune(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let modified = entry.metadata().and_then(|data| data.modified());
        let age = modified.ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > AGE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// `97.3 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Screen {
        stdout: String,
        stderr: String,
        outputs: Vec<Output>,
    }

    impl Sink for Screen {
        fn text(&mut self, stream: Stream, text: &str) {
            match stream {
                Stream::Stdout => self.stdout.push_str(text),
                Stream::Stderr => self.stderr.push_str(text),
            }
        }
        fn output(&mut self, output: Output) {
            self.outputs.push(output);
        }
    }

    fn bundle(text: impl Into<String>) -> Bundle {
        vec![("text/plain".to_owned(), text.into())]
    }

    fn display(text: impl Into<String>) -> Output {
        Output::Display {
            bundle: bundle(text),
            id: None,
        }
    }

    fn show(texts: impl Iterator<Item = String>) -> (Screen, String) {
        let folder = tempfile::tempdir().unwrap();
        let mut screen = Screen::default();
        let mut bound = Bound::new(folder.path(), 7);
        let mut bounded = bound.over(&mut screen);
        texts.for_each(|text| bounded.text(Stream::Stdout, &text));
        bounded.finish();
        let file = fs::read_dir(folder.path()).unwrap().next();
        let kept = file.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        (screen, kept.unwrap_or_default())
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let (screen, kept) = show((0..LINES).map(|i| format!("{i}\n")));
        assert_eq!(screen.stdout.lines().count(), LINES);
        assert_eq!((screen.stderr.as_str(), kept.as_str()), ("", ""));
    }

    #[test]
    fn the_rest_goes_into_a_file_and_the_end_is_shown() {
        let (screen, kept) = show((0..LINES + 30_000).map(|i| format!("{i}\n")));
        assert_eq!(screen.stdout.lines().count(), LINES + END.1);
        assert!(screen.stdout.ends_with("\n129998\n129999\n"));
        assert_eq!(kept.lines().next(), Some(LINES.to_string().as_str()));
        assert_eq!(kept.lines().count(), 30_000);
        assert!(screen.stderr.contains("(30,000 lines) into "));
    }

    #[test]
    fn one_long_line_is_cut_between_characters() {
        let (screen, kept) = show(std::iter::once("ä€".repeat(BYTES)));
        assert!(screen.stdout.starts_with("ä€ä€"));
        assert!(screen.stdout.len() <= BYTES + END.0);
        assert!(kept.len() > 4 * BYTES - 3);
        assert!(screen.stderr.contains("another 8.4 MB (0 lines)"));
    }

    #[test]
    fn a_bound_lasts_over_pauses() {
        let folder = tempfile::tempdir().unwrap();
        let mut screen = Screen::default();
        let mut bound = Bound::new(folder.path(), 0);
        for _ in 0..5 {
            let mut bounded = bound.over(&mut screen);
            bounded.text(Stream::Stdout, &"x".repeat(BYTES / 2));
            bounded.pause();
        }
        assert_eq!(screen.stdout.len(), BYTES);
        assert_eq!(screen.stderr.matches("goes into").count(), 1);
        let file = fs::read_dir(folder.path()).unwrap().next().unwrap();
        let kept = fs::read_to_string(file.unwrap().path()).unwrap();
        assert_eq!(kept.len(), 3 * (BYTES / 2));
    }

    #[test]
    fn outputs_beyond_the_bound_are_left_out() {
        let mut screen = Screen::default();
        let mut bound = Bound::new(Path::new("/nowhere"), 1);
        let mut bounded = bound.over(&mut screen);
        for _ in 0..2 {
            for _ in 0..OUTPUTS.0 + 10 {
                bounded.output(display("x"));
            }
            bounded.output(Output::Clear { wait: false });
        }
        bounded.output(display("x".repeat(OUTPUTS.1 + 1)));
        bounded.output(Output::Result(bundle("y")));
        bounded.finish();
        // All but those, the clears and the large one.
        assert_eq!(screen.outputs.len(), 2 * OUTPUTS.0 + 2 + 1);
        let said = screen.stderr.matches("1,000 outputs at most").count();
        assert_eq!(said, 2, "{}", screen.stderr);
        assert!(screen.stderr.contains("67.1 MB of outputs at most"));
    }

    #[test]
    fn a_flood_of_updates_ends_with_the_last() {
        let mut screen = Screen::default();
        let mut bound = Bound::new(Path::new("/nowhere"), 1);
        let mut bounded = bound.over(&mut screen);
        for i in 0..20 * UPDATES {
            bounded.output(Output::Update {
                bundle: bundle(i.to_string()),
                id: "bar".to_owned(),
            });
        }
        bounded.finish();
        assert!(screen.outputs.len() < 10 * UPDATES);
        let last = (20 * UPDATES - 1).to_string();
        let id = "bar".to_owned();
        let bundle = bundle(last);
        assert_eq!(screen.outputs.pop(), Some(Output::Update { bundle, id }));
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(12), "12");
        assert_eq!(size(97_312_000), "97.3 MB");
    }
}
