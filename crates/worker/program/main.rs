//! The worker program. Setup compiles it against the shared runtime library
//! (cargo would link a second copy of the runtime into it).

mod interpose;

fn main() {
    ferrite_worker::main();
}
