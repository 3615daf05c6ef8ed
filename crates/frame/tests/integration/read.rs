//! Files become frames, or errors that help.

use std::path::{Path, PathBuf};

use ferrite_frame::{FrameError, datasets, read};
use polars::prelude::*;
use tempfile::TempDir;

/// A folder with one file in it.
fn folder_with(name: &str, content: &str) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

fn csv(content: &str) -> Result<DataFrame, FrameError> {
    let (_folder, path) = folder_with("table.csv", content);
    read::read_csv(&path)
}

fn dtypes(frame: &DataFrame) -> Vec<String> {
    frame.dtypes().iter().map(ToString::to_string).collect()
}

#[test]
fn penguins_have_the_published_columns_and_nulls() {
    let penguins = datasets::penguins().unwrap();
    assert_eq!(penguins.shape(), (344, 8));
    assert_eq!(
        penguins.get_column_names(),
        [
            "species",
            "island",
            "bill_length_mm",
            "bill_depth_mm",
            "flipper_length_mm",
            "body_mass_g",
            "sex",
            "year"
        ]
    );
    assert_eq!(
        dtypes(&penguins),
        ["str", "str", "f64", "f64", "i64", "i64", "str", "i64"]
    );
    assert_eq!(penguins.column("sex").unwrap().null_count(), 11);
    assert_eq!(penguins.column("body_mass_g").unwrap().null_count(), 2);
}

#[test]
fn the_notebooks_have_the_same_penguins() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let notebooks: PathBuf = crate_folder.join("../../notebooks/data/penguins.csv");
    let read = read::read_csv(notebooks.to_str().unwrap()).unwrap();
    assert!(read.equals_missing(&datasets::penguins().unwrap()));
}

#[test]
fn types_fit_all_rows() {
    let mut content = "whole,float,text,day,late,empty,flag\n".to_owned();
    for i in 0..20_000 {
        content += &format!("{i},{i},{i},2024-02-{:02},,NA,true\n", i % 28 + 1);
    }
    content += "1,2.5,unknown,2024-02-30,7,,false\n";
    let frame = csv(&content).unwrap();
    assert_eq!(
        dtypes(&frame),
        ["i64", "f64", "str", "str", "i64", "str", "bool"]
    );
    assert_eq!(frame.height(), 20_001);
    let nulls: Vec<usize> = frame.columns().iter().map(Column::null_count).collect();
    assert_eq!(nulls, [0, 0, 0, 0, 20_000, 20_001, 0]);
}

#[test]
fn a_column_that_starts_empty_still_gets_its_type() {
    let content = "n,late\n".to_owned() + &"1,\n".repeat(15_000) + "1,2.5\n";
    assert_eq!(dtypes(&csv(&content).unwrap()), ["i64", "f64"]);
}

#[test]
fn empty_fields_and_na_are_null() {
    let frame = csv("a,b,c\n1,x,\nNA,NA,2024-01-01\n,,NA\n3,\"\",2024-01-02\n").unwrap();
    assert_eq!(dtypes(&frame), ["i64", "str", "date"]);
    let nulls: Vec<usize> = frame.columns().iter().map(Column::null_count).collect();
    assert_eq!(nulls, [2, 3, 2]);
}

#[test]
fn dates_and_times_are_parsed_and_what_only_looks_alike_is_text() {
    let frame = csv(
        "moment,zoned,time,mixed,month,broken,phone\n\
         2024-01-01 10:00:00,2024-01-01T10:00:00Z,10:30:00,2024-01-01,2024-01,2024-02-30,555-123-4567\n\
         2024-01-02 11:30:00,2024-01-02T10:00:00Z,11:45:10,soon,2024-02,2024-01-01,555-123-4568\n",
    )
    .unwrap();
    assert_eq!(
        dtypes(&frame),
        [
            "datetime[μs]",
            "datetime[μs, UTC]",
            "time",
            "str",
            "str",
            "str",
            "str"
        ]
    );
    let nulls: usize = frame.columns().iter().map(Column::null_count).sum();
    assert_eq!(nulls, 0);
}

#[test]
fn quotes_line_ends_and_marks_of_windows_are_understood() {
    let frame = csv("\u{feff}a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",z\r\n").unwrap();
    assert_eq!(frame.get_column_names(), ["a", "b"]);
    assert_eq!(
        frame.column("a").unwrap().str().unwrap().get(0),
        Some("x, y")
    );
    assert_eq!(
        frame.column("b").unwrap().str().unwrap().get(0),
        Some("say \"hi\"")
    );
    assert_eq!(
        frame.column("a").unwrap().str().unwrap().get(1),
        Some("two\nlines")
    );
}

#[test]
fn numbers_too_long_for_an_integer_name_row_and_column() {
    let error = csv("x,id\na,1\n\"b\nc\",12345678901234567890\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(
            "row 2 (line 3), column \"id\": \"12345678901234567890\" is not a value of type i64"
        ),
        "{error}"
    );
    // polars' advice names options of its Python functions.
    assert!(!error.contains("schema_overrides"), "{error}");
    assert!(error.contains("with_schema_overwrite"), "{error}");
}

#[test]
fn tabs_separate_tsv() {
    let (_folder, path) = folder_with("table.tsv", "a\tb\n1\tx, y\n");
    let frame = read::read_tsv(&path).unwrap();
    assert_eq!(dtypes(&frame), ["i64", "str"]);
}

#[test]
fn json_is_an_array_of_objects() {
    let (_folder, path) = folder_with("t.json", r#"[{"b": 1, "a": "x"}, {"b": 2.5, "a": null}]"#);
    let frame = read::read_json(&path).unwrap();
    assert_eq!(frame.get_column_names(), ["b", "a"]);
    assert_eq!(dtypes(&frame), ["f64", "str"]);
    assert_eq!(frame.column("a").unwrap().null_count(), 1);
}

#[test]
fn ndjson_is_an_object_on_each_line() {
    let mut content = "{\"n\": 1}\n".repeat(500);
    content += "{\"n\": 2.5, \"late\": \"x\"}\n";
    let (_folder, path) = folder_with("t.ndjson", &content);
    let frame = read::read_ndjson(&path).unwrap();
    assert_eq!(frame.height(), 501);
    assert_eq!(dtypes(&frame), ["f64", "str"]);
}

#[test]
fn parquet_keeps_what_was_written() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("penguins.parquet");
    let mut penguins = datasets::penguins().unwrap();
    let file = std::fs::File::create(&path).unwrap();
    ParquetWriter::new(file).finish(&mut penguins).unwrap();
    let read = read::read_parquet(path.to_str().unwrap()).unwrap();
    assert!(read.equals_missing(&penguins));
}

#[test]
fn a_missing_file_suggests_a_similar_one() {
    let (folder, path) = folder_with("penguins.csv", "a\n1\n");
    let folder = folder.path().to_str().unwrap();
    let here = std::env::current_dir().unwrap();
    let here = here.display();
    for typo in [
        "pengiuns.csv",
        "Penguins.csv",
        "penguin.csv",
        "penguins.parquet",
    ] {
        let wrong = format!("{folder}/{typo}");
        assert_eq!(
            read::read_csv(&wrong).unwrap_err().to_string(),
            format!("no file {wrong:?}; did you mean {path:?}?\n       current directory: {here}")
        );
    }
    let wrong = format!("{folder}/prices.csv");
    assert_eq!(
        read::read_parquet(&wrong).unwrap_err().to_string(),
        format!(
            "no file {wrong:?}\n       current directory: {here}\n       files there: penguins.csv"
        )
    );
    let no_folder = read::read_csv("no/such/folder.csv")
        .unwrap_err()
        .to_string();
    assert_eq!(
        no_folder,
        format!("no file \"no/such/folder.csv\"\n       current directory: {here}")
    );
}

#[test]
fn folders_and_addresses_are_no_files() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(
        read::read_csv(path).unwrap_err().to_string(),
        format!("cannot open {path:?}: it is a folder")
    );
    assert_eq!(
        read::read_csv("https://example.org/a.csv")
            .unwrap_err()
            .to_string(),
        "\"https://example.org/a.csv\" is an address, not a file\n       \
         download it first and read the copy, for instance: curl -LO \"https://example.org/a.csv\""
    );
}

#[test]
fn content_of_another_kind_names_file_format_and_a_way_out() {
    type Reader = fn(&str) -> Result<DataFrame, FrameError>;
    let cases: [(Reader, &str, &str, &str); 5] = [
        (read::read_csv, "", "CSV", "names of the columns"),
        (read::read_json, "[1, 2]", "JSON", "read_ndjson"),
        (read::read_ipc, "a,b\n1,2\n", "Arrow IPC", "another format"),
        (read::read_excel, "a,b\n1,2\n", "a spreadsheet", ".xlsx"),
        (
            read::read_parquet,
            "a,b\n1,2\n",
            "Parquet",
            "another format",
        ),
    ];
    for (reader, content, format, way_out) in cases {
        let (_folder, path) = folder_with("file", content);
        let error = reader(&path).expect_err(content);
        assert!(matches!(error, FrameError::Malformed { .. }), "{error:?}");
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("cannot read {path:?} as {format}: ")),
            "{text}"
        );
        assert!(text.contains(way_out), "{text}");
    }
}

#[test]
fn the_line_that_is_wrong_is_named() {
    type Reader = fn(&str) -> Result<DataFrame, FrameError>;
    let cases: [(Reader, &str, &str); 5] = [
        (
            read::read_csv,
            "a,b\n\"x\ny\",2\n3,4,5\n",
            "line 4: it has 3 fields, the header has 2",
        ),
        (
            read::read_json,
            "[{\"a\": 1},\n{\"a\": ",
            "line 2: this is no JSON: EOF",
        ),
        (
            read::read_ndjson,
            "{\"a\": 1}\n\n{\"a\" 2}\n",
            "line 3: this is no JSON object",
        ),
        (
            read::read_ndjson,
            "[{\"a\": 1}\n",
            "line 1: this is no JSON object",
        ),
        (read::read_tsv, "a\tb\n1\t2\t3\n", "line 2: it has 3 fields"),
    ];
    for (reader, content, problem) in cases {
        let (_folder, path) = folder_with("file", content);
        let error = reader(&path).expect_err(content).to_string();
        let start = format!("cannot read {path:?}: {problem}");
        assert!(error.starts_with(&start), "{error}\nexpected: {start}");
    }
}

#[test]
fn text_that_is_not_utf8_says_so() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("latin1.csv");
    std::fs::write(&path, b"name\nJos\xe9\n").unwrap();
    let error = read::read_csv(path.to_str().unwrap())
        .unwrap_err()
        .to_string();
    assert!(error.contains("save it as UTF-8"), "{error}");
    assert!(error.contains("line 2: the byte 0xe9"), "{error}");
}

#[test]
fn a_quote_that_is_never_closed_is_named() {
    let error = csv("a,b\n\"x\n,y\",2\n\"open,3\n").unwrap_err().to_string();
    assert!(
        error.contains("line 4: a quote opens here that is never closed"),
        "{error}"
    );
}

#[test]
fn spaces_behind_separators_belong_to_them() {
    let frame =
        csv("age, class, pay, since\n39, State-gov, 1.5, 2024-01-02\n50, NA, 2, 2024-02-03\n")
            .unwrap();
    assert_eq!(frame.get_column_names(), ["age", "class", "pay", "since"]);
    assert_eq!(dtypes(&frame), ["i64", "str", "f64", "date"]);
    let class: Vec<Option<&str>> = frame
        .column("class")
        .unwrap()
        .str()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(class, [Some("State-gov"), None]);
    // Text that only sometimes begins with a space is left as it is.
    let frame = csv("a,b\n1, x\n2,y\n").unwrap();
    assert_eq!(frame.column("b").unwrap().str().unwrap().get(0), Some(" x"));
}

#[test]
fn a_name_without_an_ending_says_which_reader_to_call() {
    let (_folder, path) = folder_with("table", "a,b\n1,2\n");
    let error = read::read_table(&path).unwrap_err().to_string();
    assert!(
        error.contains("has no ending that says what kind"),
        "{error}"
    );
    assert_eq!(read::read_csv(&path).unwrap().shape(), (1, 2));
    let folder = tempfile::tempdir().unwrap();
    let error = read::read_table(&folder.path().display().to_string()).unwrap_err();
    assert!(error.to_string().contains("it is a folder"), "{error}");
}

#[test]
fn a_plan_of_ndjson_names_the_line_that_is_wrong() {
    let (_folder, path) = folder_with("a.ndjson", "{\"a\": 1}\n{\"a\":\n{\"a\": 3}\n");
    for error in [
        read::scan_ndjson(&path).map(drop).unwrap_err(),
        read::read_ndjson(&path).map(drop).unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("line 2: this is no JSON object"),
            "{error}"
        );
    }
}

#[test]
fn what_can_be_lent_lies_in_one_piece() {
    let rows: String = (0..200_000)
        .map(|i| format!("{i}.5,{i},text {i}\n"))
        .collect();
    let frame = csv(&format!("x,n,t\n{rows}")).unwrap();
    let lent = ferrite_frame::convert::slice(&frame, "x").unwrap();
    assert!(matches!(lent, std::borrow::Cow::Borrowed(values) if values.len() == 200_000));
    assert_eq!(
        ferrite_frame::convert::slice(&frame, "n").unwrap()[199_999],
        199_999.0
    );
}
