//! Tells the library where cargo puts what it builds, so that the prelude is
//! built into the same folder as the program and nothing is compiled twice.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // <target>/<profile>/build/<package>-<hash>/out
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    if let Some(target) = Path::new(&out).ancestors().nth(4) {
        println!("cargo:rustc-env=FERRITE_TARGET_DIR={}", target.display());
    }
}
