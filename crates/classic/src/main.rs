//! evcxr's kernel under a name of ours, so that it can stand beside Ferrite's
//! in one Jupyter and be compared with it on one machine.

fn main() -> anyhow::Result<()> {
    evcxr_jupyter::main()
}
