//! Why a worker ended, in a sentence.
//!
//! The exit status says which signal it was. For one of them, SIGABRT, that is
//! too little: whoever aborts says why on stderr.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// Text of stderr that is looked at.
const KEPT: usize = 4 << 10;

/// Keeps the end of what was written to stderr.
pub fn remember(last_words: &mut String, text: &str) {
    last_words.push_str(text);
    if last_words.len() > 2 * KEPT {
        let from = last_words.ceil_char_boundary(last_words.len() - KEPT);
        last_words.drain(..from);
    }
}

/// Why a process ended that has left these last words. `starved` says whether it
/// was killed for lack of memory, where that is to be known.
pub fn describe(status: Option<ExitStatus>, last_words: &str, starved: Option<bool>) -> String {
    let Some(status) = status else {
        return "the process that runs cells lost its connection".to_owned();
    };
    match (status.signal(), status.code()) {
        (Some(4), _) => "the cell crashed with an illegal instruction (SIGILL)".to_owned(),
        (Some(6), _) => aborted(last_words),
        (Some(7), _) => "the cell crashed with a bus error (SIGBUS)".to_owned(),
        (Some(8), _) => "the cell crashed with an arithmetic error in machine code (SIGFPE)".to_owned(),
        (Some(9), _) => match starved {
            Some(true) => {
                "out of memory: the system killed the process that runs cells (SIGKILL), because \
                 there was no memory left"
            }
            Some(false) => {
                "the process that runs cells was killed (SIGKILL), and not for lack of memory"
            }
            None => "the process that runs cells was killed (SIGKILL), perhaps for lack of memory",
        }
        .to_owned(),
        (Some(11), _) => {
            "the cell crashed with a segmentation fault (SIGSEGV): it used memory that is not its own"
                .to_owned()
        }
        (Some(15), _) => "the process that runs cells was asked to end (SIGTERM)".to_owned(),
        (Some(signal), _) => format!("the cell was ended by signal {signal}"),
        (None, Some(code)) => format!("the cell ended the process with exit code {code}"),
        (None, None) => "the process that runs cells ended".to_owned(),
    }
}

/// What is said on stderr before an abort, and what it means.
const ABORTS: &[(&str, &str)] = &[
    // The standard library's handler of SIGSEGV knows the guard page.
    (
        "has overflowed its stack",
        "stack overflow: the cell went too deep into a recursion, perhaps one without an end",
    ),
    (
        "aborting due to panic",
        "a panic while unwinding: a destructor panicked when another panic was on its way",
    ),
    (
        "panic in a destructor during cleanup",
        "a panic while unwinding: a destructor panicked when another panic was on its way",
    ),
    (
        "thread caused non-unwinding panic",
        "a panic while unwinding, or in a function that must not unwind (`extern \"C\"`)",
    ),
    (
        "thread panicked while processing panic",
        "a panic while another one was told of",
    ),
    (
        "Rust cannot catch foreign exceptions",
        "an exception of another language came into Rust code",
    ),
    (
        "memory allocation of",
        "out of memory: the system refused an allocation",
    ),
    (
        "double free",
        "damaged memory: the same memory was freed twice",
    ),
    (
        "free(): invalid",
        "damaged memory: what was freed is no allocation",
    ),
    (
        "malloc(): ",
        "damaged memory: something was written behind the end of an allocation",
    ),
    (
        "corrupted size",
        "damaged memory: something was written behind the end of an allocation",
    ),
];

fn aborted(last_words: &str) -> String {
    let why = ABORTS.iter().find(|(words, _)| last_words.contains(words));
    match why {
        Some((_, why)) => format!("the cell aborted (SIGABRT): {why}"),
        None => "the cell aborted (SIGABRT): it called `abort()`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abort_is_told_by_its_last_words() {
        let abort = Some(ExitStatus::from_raw(6));
        let overflow =
            "\nthread 'cells' has overflowed its stack\nfatal runtime error: stack overflow";
        assert!(describe(abort, overflow, None).contains("stack overflow"));
        assert!(describe(abort, "", None).contains("`abort()`"));
        assert!(describe(Some(ExitStatus::from_raw(3 << 8)), "", None).contains("exit code 3"));
    }

    #[test]
    fn a_kill_is_told_as_surely_as_it_is_known() {
        let killed = |starved| describe(Some(ExitStatus::from_raw(9)), "", starved);
        assert!(killed(Some(true)).starts_with("out of memory: the system killed"));
        assert!(killed(Some(false)).ends_with("(SIGKILL), and not for lack of memory"));
        assert!(killed(None).ends_with("(SIGKILL), perhaps for lack of memory"));
    }

    #[test]
    fn the_end_is_remembered() {
        let mut last_words = String::new();
        for _ in 0..10_000 {
            remember(&mut last_words, "größer ");
        }
        remember(&mut last_words, "the end");
        assert!(last_words.ends_with("the end") && last_words.len() <= 2 * KEPT);
    }
}
