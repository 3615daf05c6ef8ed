//! The `ferrite` program: the command line, and the kernel that Jupyter starts.
//!
//! A thin layer: cells are run by `ferrite_engine`, messages are spoken by
//! `ferrite_jupyter`, the prelude is built by `ferrite_setup`. Here they are
//! put together, one module per command.

mod answers;
mod command;
mod debugger;
mod kernel;
mod log;
mod notebook;
mod outputs;
mod progress;
mod python;
mod spec;
mod start;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A Jupyter kernel for Rust with dataframes, machine learning and plotting
/// already compiled.
#[derive(Parser)]
#[command(name = "ferrite", version, arg_required_else_help = true)]
#[command(
    after_help = "Start with `ferrite lab`: it sets up what is missing and opens JupyterLab."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the prelude (polars, linfa, plotters); once per toolchain, some 15 minutes
    ///
    /// Can be interrupted and goes on where it was. Every other command does
    /// this by itself when it is needed.
    Setup(command::setup::Options),
    /// Register the kernel with Jupyter
    Install(command::install::Options),
    /// Open JupyterLab with the kernel and the notebooks
    ///
    /// Uses the JupyterLab on the path, or installs one into a private Python
    /// environment.
    Lab(command::lab::Options),
    /// Run a notebook from top to bottom, without Python
    ///
    /// Writes the outputs into the notebook (or into OUT.ipynb) and exits with
    /// 1 if a cell fails.
    Run(command::run::Options),
    /// Say what is installed, what is missing, and how to get it
    Doctor,
    /// Be the kernel (Jupyter calls this)
    Kernel {
        /// The connection file that Jupyter wrote
        #[arg(short = 'f', long = "connection-file", value_name = "CONNECTION_FILE")]
        connection_file: PathBuf,
        /// What `jupyter run` and `jupyter console` pass on of their own arguments
        #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
        ignored: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Setup(options) => command::setup::run(&options),
        Command::Install(options) => command::install::run(&options),
        Command::Lab(options) => command::lab::run(&options),
        Command::Run(options) => command::run::run(&options),
        Command::Doctor => command::doctor::run(),
        Command::Kernel {
            connection_file, ..
        } => kernel::run(&connection_file),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ferrite: {error:#}");
            ExitCode::FAILURE
        }
    }
}
