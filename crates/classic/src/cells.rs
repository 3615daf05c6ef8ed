//! Runs the differential test's cells in evcxr and writes down what came of
//! them: `classic-cells FOLDER [TOPIC…]`, where FOLDER is `tests/differential`.

#[path = "../../../tests/differential/notebooks.rs"]
#[allow(dead_code)]
mod notebooks;

use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use evcxr::{CommandContext, Error, EvalOutputs};
use notebooks::{Came, Ended, Results};

/// How long a line of stderr may be under way when its cell has ended.
const UNDER_WAY: Duration = Duration::from_millis(60);

fn main() -> anyhow::Result<()> {
    // evcxr runs cells in this program, started a second time.
    evcxr::runtime_hook();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, chosen @ ..] = arguments.as_slice() else {
        anyhow::bail!("usage: classic-cells FOLDER [TOPIC…]");
    };
    let folder = Path::new(folder);
    let (mut context, outputs) = CommandContext::new()?;
    let (stdout, stderr) = (lines(outputs.stdout), lines(outputs.stderr));
    for topic in notebooks::topics(folder)? {
        if !(chosen.is_empty() || chosen.contains(&topic)) {
            continue;
        }
        let begin = Instant::now();
        let mut results = Results::new();
        let mut count = 0;
        for notebook in notebooks::of_topic(folder, &topic)? {
            context.execute(":clear")?;
            let mut came = Vec::new();
            for cell in notebook.cells {
                let result = context.execute(&cell);
                came.push(what_came(cell, result, &stdout, &stderr));
                count += 1;
            }
            results.push(came);
        }
        notebooks::write(folder, "evcxr", &topic, &results)?;
        println!("{topic}: {count} cells in {:.1?}", begin.elapsed());
    }
    Ok(())
}

/// evcxr waits until somebody takes each line.
fn lines(from: impl IntoIterator<Item = String> + Send + 'static) -> Receiver<String> {
    let (tell, lines) = mpsc::channel();
    std::thread::spawn(move || from.into_iter().try_for_each(|line| tell.send(line)));
    lines
}

fn what_came(
    cell: String,
    result: Result<EvalOutputs, Error>,
    stdout: &Receiver<String>,
    stderr: &Receiver<String>,
) -> Came {
    let mut said = String::new();
    while let Ok(line) = stderr.recv_timeout(UNDER_WAY) {
        said.push_str(&line);
        said.push('\n');
    }
    let printed: String = stdout.try_iter().map(|line| line + "\n").collect();
    let shown = match &result {
        Ok(outputs) => outputs.content_by_mime_type.clone(),
        Err(_) => Default::default(),
    };
    let ended = match result {
        // evcxr does not tell an error or a panic from a good end, but writes
        // it to stderr and shows nothing.
        Ok(_) if shown.is_empty() && said.contains("panicked at") => Ended::Panic(message(&said)),
        Ok(_) if shown.is_empty() && !said.is_empty() => Ended::Error(said.trim_end().to_owned()),
        Ok(_) => Ended::Well,
        Err(Error::SubprocessTerminated(why)) => Ended::Died(first_line(&why)),
        Err(Error::CompilationErrors(errors)) => {
            let first = errors.first().map(|error| error.message());
            Ended::Rejected(first_line(&first.unwrap_or_default()))
        }
        Err(error) => Ended::Rejected(first_line(&error.to_string())),
    };
    Came {
        cell,
        ended,
        printed,
        shown: shown.into_iter().collect(),
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The message of a panic, without where it was.
fn message(said: &str) -> String {
    let lines = said.lines();
    let lines = lines.skip_while(|line| !line.contains("panicked at"));
    let lines = lines.skip(1);
    let behind = ["note: run with", "stack backtrace:"];
    let lines = lines.take_while(|line| !behind.iter().any(|begin| line.starts_with(begin)));
    lines.collect::<Vec<_>>().join("\n")
}
