//! Runs cells from a file, separated by lines `// %%`, and says what each
//! cost: `cargo run --release -p ferrite-engine --example cells -- RECORD FILE`.
//! RECORD is the `toolchain.json` that a finished setup leaves behind.

use std::time::Instant;

use ferrite_engine::{Output, Session, Sink, Stream, Toolchain};

struct Print;

impl Sink for Print {
    fn text(&mut self, stream: Stream, text: &str) {
        println!("{stream:?}: {}", text.trim_end());
    }

    fn output(&mut self, output: Output) {
        if let Output::Result(bundle) | Output::Display { bundle, .. } = output {
            for (mime, data) in bundle {
                let text = if mime == "text/plain" {
                    data
                } else {
                    format!("{} bytes", data.len())
                };
                println!("{mime}: {text}");
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, record, file] = arguments.as_slice() else {
        return Err("usage: cells RECORD FILE".into());
    };
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(record)?)?;
    let toolchain: Toolchain = serde_json::from_value(record["toolchain"].clone())?;
    let cache = tempfile::tempdir()?.keep();
    let mut session = Session::start(toolchain, &cache)?;
    session.prepare();
    let text = std::fs::read_to_string(file)?;
    for (index, cell) in text.split("// %%\n").enumerate() {
        println!(">>> {}", cell.trim_end());
        let begin = Instant::now();
        let result = session.execute(index as u32 + 1, cell.trim_end(), &mut Print);
        let seconds = begin.elapsed().as_secs_f64();
        if let Err(failure) = result {
            println!(
                "{}: {}\n{}",
                failure.name,
                failure.message,
                failure.traceback.join("\n")
            );
        }
        println!("--- {:.0} ms\n", seconds * 1e3);
    }
    Ok(())
}
