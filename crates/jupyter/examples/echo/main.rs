//! A kernel for a toy language, to try the protocol with any frontend.
//!
//! A kernelspec for it:
//!
//! ```json
//! {"argv": ["…/target/debug/examples/echo", "{connection_file}"],
//!  "display_name": "Echo", "language": "echo", "interrupt_mode": "message"}
//! ```

mod language;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(connection_file) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: echo CONNECTION_FILE");
        return ExitCode::from(2);
    };
    match ferrite_jupyter::serve(&connection_file, language::Echo::default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo: {error}");
            ExitCode::FAILURE
        }
    }
}
