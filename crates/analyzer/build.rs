//! Tells the program for which system it is built: dependencies of other
//! systems need not be there.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=FERRITE_HOST={target}");
    println!("cargo:rerun-if-changed=build.rs");
}
