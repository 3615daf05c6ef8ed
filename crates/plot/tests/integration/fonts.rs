//! Letters beyond those of English, in PNG files: drawn, not framed as unknown.

use std::path::Path;
use std::process::Command;

use ferrite_plot::chart;
use polars::prelude::*;

/// The pixels of a chart with a title.
fn pixels(title: &str, path: &Path) -> Vec<u8> {
    let frame = df!("x" => [1.0, 2.0]).unwrap();
    let chart = chart::scatter(&frame, "x", "x").title(title).size(200, 150);
    chart.save(path.to_str().unwrap()).unwrap();
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

#[test]
fn greek_is_drawn_with_the_bundled_font() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |title: &str| pixels(title, &folder.path().join("greek.png"));
    // Frames of unknown letters of the same width would be the same.
    assert_ne!(picture("Ω"), picture("Λ"));
    assert_ne!(picture("λ"), picture("ψ"));
    assert_eq!(picture("Ω"), picture("Ω"));
}

/// In a program of its own, whose home has a font with two Chinese letters and
/// no others: fonts are looked for once.
#[test]
fn chinese_is_drawn_where_a_font_is_there() {
    let home = tempfile::tempdir().unwrap();
    let fonts = home.path().join(".fonts");
    std::fs::create_dir(&fonts).unwrap();
    let font = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fonts/two-letters.ttf");
    // By this name, it is preferred to any other that may be installed.
    std::fs::copy(font, fonts.join("NotoSansCJK-Regular.ttf")).unwrap();
    let tests = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fonts::two_chinese_letters_differ", "--ignored"])
        .env("HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&tests.stdout);
    assert!(
        tests.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[test]
#[ignore = "needs the font that chinese_is_drawn_where_a_font_is_there installs"]
fn two_chinese_letters_differ() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |title: &str| pixels(title, &folder.path().join("chinese.png"));
    assert_ne!(picture("漢"), picture("字"), "both are frames");
}
