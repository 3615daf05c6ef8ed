//! Files of all kinds, packed and in numbers, spreadsheets and databases.

use std::fs;
use std::io::Write;
use std::path::Path;

use ferrite_frame::{FrameError, FrameExt, PlanExt, convert, datasets, read};
use polars::prelude::*;
use tempfile::TempDir;

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn types(frame: &DataFrame) -> Vec<String> {
    frame.dtypes().iter().map(ToString::to_string).collect()
}

fn strings(frame: &DataFrame, column: &str) -> Vec<String> {
    convert::column_strings(frame, column)
        .unwrap()
        .into_iter()
        .map(|text| text.unwrap_or_else(|| "null".to_owned()))
        .collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

#[test]
fn the_ending_says_how_to_read() {
    let folder = folder();
    let mut penguins = datasets::penguins().unwrap();
    let csv = penguins.to_csv().unwrap();
    fs::write(path(&folder, "p.csv"), &csv).unwrap();
    fs::write(path(&folder, "p.tsv"), csv.replace(',', "\t")).unwrap();
    fs::write(path(&folder, "p.csv.gz"), gzip(csv.as_bytes())).unwrap();
    fs::write(
        path(&folder, "p.csv.zst"),
        zstd::encode_all(csv.as_bytes(), 3).unwrap(),
    )
    .unwrap();
    let json = penguins.to_json().unwrap();
    fs::write(path(&folder, "p.json"), &json).unwrap();
    fs::write(path(&folder, "p.json.gz"), gzip(json.as_bytes())).unwrap();
    let lines = json.trim_matches(['[', ']']).replace("},{", "}\n{");
    fs::write(path(&folder, "p.jsonl"), &lines).unwrap();
    let file = fs::File::create(path(&folder, "p.arrow")).unwrap();
    IpcWriter::new(file).finish(&mut penguins).unwrap();
    let file = fs::File::create(path(&folder, "p.parquet")).unwrap();
    ParquetWriter::new(file).finish(&mut penguins).unwrap();
    for name in [
        "p.csv",
        "p.tsv",
        "p.csv.gz",
        "p.csv.zst",
        "p.json",
        "p.json.gz",
        "p.jsonl",
        "p.arrow",
        "p.parquet",
    ] {
        let read = read::read_table(&path(&folder, name)).unwrap();
        assert!(read.equals_missing(&penguins), "{name}\n{read}");
        let scanned = read::scan_table(&path(&folder, name))
            .unwrap()
            .collect()
            .unwrap();
        assert!(scanned.equals_missing(&penguins), "{name}\n{scanned}");
    }
}

#[test]
fn a_pattern_reads_all_files_that_fit() {
    let folder = folder();
    fs::write(path(&folder, "2023.csv"), "year,x\n2023,1\n").unwrap();
    fs::write(path(&folder, "2024.csv"), "year,x,late\n2024,2.5,yes\n").unwrap();
    fs::write(path(&folder, "other.txt"), "nothing").unwrap();
    let all = read::read_csv(&path(&folder, "20*.csv")).unwrap();
    assert_eq!(all.get_column_names(), ["year", "x", "late"]);
    assert_eq!(types(&all), ["i64", "f64", "str"]);
    assert_eq!(strings(&all, "late"), ["null", "yes"]);
    let error = read::read_csv(&path(&folder, "19*.csv"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no file fits "), "{error}");
    // A name with brackets in it is a name first.
    fs::write(path(&folder, "a[1].csv"), "x\n1\n").unwrap();
    assert_eq!(
        read::read_csv(&path(&folder, "a[1].csv")).unwrap().height(),
        1
    );
}

#[test]
fn plans_read_what_they_need_of_many_files() {
    let folder = folder();
    for year in [2023, 2024] {
        let mut part = df!("year" => [year, year], "x" => [1.0, 2.0]).unwrap();
        let file = fs::File::create(path(&folder, &format!("{year}.parquet"))).unwrap();
        ParquetWriter::new(file).finish(&mut part).unwrap();
        fs::write(
            path(&folder, &format!("{year}.csv")),
            format!("year;day\n{year};2024-01-01\n"),
        )
        .unwrap();
    }
    let plan = read::scan_parquet(&path(&folder, "*.parquet")).unwrap();
    let late = plan.filter(col("year").eq(lit(2024))).collect().unwrap();
    assert_eq!(late.height(), 2);
    let plan = read::scan_csv(&path(&folder, "*.csv")).unwrap();
    assert_eq!(types(&plan.collect().unwrap()), ["i64", "date"]);
    let error = read::scan_csv(&path(&folder, "2025.csv"))
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(error.contains("did you mean"), "{error}");
    let error = read::scan_parquet(&path(&folder, "2024.csv"))
        .map(drop)
        .unwrap_err()
        .to_string();
    assert!(error.contains("as Parquet"), "{error}");
}

#[test]
fn other_separators_are_seen_in_the_header() {
    let folder = folder();
    fs::write(path(&folder, "de.csv"), "a;b\n1;\"x;y\"\n").unwrap();
    let frame = read::read_csv(&path(&folder, "de.csv")).unwrap();
    assert_eq!(frame.get_column_names(), ["a", "b"]);
    assert_eq!(strings(&frame, "b"), ["x;y"]);
}

#[test]
fn a_packed_file_that_is_cut_short_says_so() {
    let folder = folder();
    let packed = gzip("a,b\n1,2\n".repeat(1000).as_bytes());
    fs::write(path(&folder, "cut.csv.gz"), &packed[..packed.len() / 2]).unwrap();
    let error = read::read_csv(&path(&folder, "cut.csv.gz"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("it cannot be unpacked"), "{error}");
}

#[test]
fn spreadsheets_have_types_names_and_sheets() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sales.xlsx");
    let file = file.to_str().unwrap();
    let sales = read::read_table(file).unwrap();
    assert_eq!(
        sales.get_column_names(),
        [
            "day", "moment", "product", "count", "price", "column_6", "count_2"
        ]
    );
    assert_eq!(
        types(&sales),
        ["date", "datetime[μs]", "str", "i64", "f64", "bool", "str"]
    );
    assert_eq!(strings(&sales, "day"), ["2024-02-29", "2024-03-01", "null"]);
    assert_eq!(strings(&sales, "moment")[0], "2024-02-29 10:30:00");
    assert_eq!(strings(&sales, "price"), ["2.5", "3.0", "null"]);
    assert_eq!(strings(&sales, "count_2"), ["a", "1", "null"]);
    assert_eq!(
        read::read_excel_sheet(file, "Empty").unwrap().shape(),
        (0, 0)
    );
    let error = read::read_excel_sheet(file, "Sales 2023")
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no sheet \"Sales 2023\" in "), "{error}");
    assert!(error.contains("did you mean \"Sales 2024\"?"), "{error}");
}

fn shop(folder: &TempDir) -> String {
    let file = path(folder, "shop.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database
        .execute_batch(
            "create table orders (id integer, day date, total real, note text, raw blob);
             insert into orders values (1, '2024-02-29', 2, 'x', x'00ff'), (2, '2024-03-01', 2.5, null, null);
             create table customers (id integer, name text);",
        )
        .unwrap();
    file
}

#[test]
fn queries_of_sqlite_become_frames() {
    let folder = folder();
    let file = shop(&folder);
    let orders = read::read_sql(&file, "select *, total * 2 as id from orders").unwrap();
    assert_eq!(
        orders.get_column_names(),
        ["id", "day", "total", "note", "raw", "id_2"]
    );
    assert_eq!(
        types(&orders),
        ["i64", "date", "f64", "str", "binary", "f64"]
    );
    let none = read::read_sql(&file, "select * from customers").unwrap();
    assert_eq!(none.shape(), (0, 2));
}

#[test]
fn refusals_of_sqlite_help() {
    let folder = folder();
    let file = shop(&folder);
    let error = |path: &str, query: &str| read::read_sql(path, query).unwrap_err().to_string();
    let missing = error(&file, "select * from custmers");
    assert!(
        missing.starts_with("no table \"custmers\" in "),
        "{missing}"
    );
    assert!(missing.contains("did you mean \"customers\"?"), "{missing}");
    let column = error(&file, "select nmae from customers");
    assert!(
        column.starts_with("no column \"nmae\" in customers of "),
        "{column}"
    );
    assert!(column.contains("did you mean \"name\"?"), "{column}");
    let function = error(&file, "select nmae(1) from customers");
    assert!(function.contains("tables: customers, orders"), "{function}");
    assert!(error(&file, "  ").contains("the query is empty"));
    assert!(
        error(&file, "drop table orders").contains("readonly"),
        "a query that writes"
    );
    assert!(error(&path(&folder, "shpo.db"), "select 1").contains("did you mean"));
    fs::write(
        path(&folder, "text.db"),
        "not a database, but long enough to be read".repeat(50),
    )
    .unwrap();
    let other = error(&path(&folder, "text.db"), "select 1");
    assert!(other.contains("expected is a SQLite file"), "{other}");
}

#[test]
fn plans_name_the_place_of_a_value_that_does_not_fit() {
    let folder = folder();
    let late = |rows: usize| "1;2\n".repeat(rows) + "\"3\";soon\n";
    fs::write(path(&folder, "a.csv"), "x;n\n1;2\n").unwrap();
    fs::write(path(&folder, "b.csv"), format!("x;n\n{}", late(12_000))).unwrap();
    let bad = path(&folder, "b.csv");
    for (pattern, packed) in [("b.csv", false), ("*.csv", false), ("c.csv.gz", true)] {
        if packed {
            fs::write(path(&folder, pattern), gzip(&fs::read(&bad).unwrap())).unwrap();
        }
        let plan = read::scan_csv(&path(&folder, pattern)).unwrap();
        let plan = plan
            .filter(col("n").gt(lit(0)))
            .group_by([col("x")])
            .agg([col("n").sum()]);
        let joined = plan
            .clone()
            .join(plan, [col("x")], [col("x")], JoinArgs::default());
        let error = joined.run().unwrap_err();
        assert!(matches!(error, FrameError::BadValue { .. }), "{error:?}");
        let (file, text) = (
            if packed {
                path(&folder, pattern)
            } else {
                bad.clone()
            },
            error.to_string(),
        );
        let start = format!(
            "cannot read {file:?}: row 12001 (line 12002), column \"n\": \"soon\" is not a value of type i64"
        );
        assert!(text.starts_with(&start), "{text}");
    }
    let fine = read::scan_csv(&path(&folder, "a.csv")).unwrap();
    assert_eq!(fine.clone().run().unwrap().shape(), (1, 2));
    let missing = fine.select([col("y")]).run().unwrap_err().to_string();
    assert!(
        missing.starts_with("no column \"y\" in this frame"),
        "{missing}"
    );
    assert!(missing.ends_with("columns: x, n"), "{missing}");
}

fn fixture(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    file.join(name).to_str().unwrap().to_owned()
}

/// polars as it is built here panics on these types; `data/make.py` wrote them.
#[test]
fn decimals_and_arrays_of_other_programs_are_read() {
    for name in ["decimals.parquet", "decimals.arrow"] {
        let read = read::read_table(&fixture(name)).unwrap();
        let scanned = read::scan_table(&fixture(name)).unwrap();
        let few = scanned
            .clone()
            .filter(col("id").gt(lit(1)))
            .select([col("price")]);
        assert_eq!(few.collect().unwrap().shape(), (2, 1), "{name}");
        for frame in [read, scanned.collect().unwrap()] {
            // Decimals of 256 bits only in Parquet.
            let widest = frame
                .column("widest")
                .map(|c| (c.dtype().clone(), c.null_count()));
            match name {
                "decimals.arrow" => assert!(widest.is_err()),
                _ => assert_eq!(widest.unwrap(), (DataType::Float64, 1)),
            }
            let frame = frame.drop_many(["widest"]);
            assert_eq!(
                types(&frame),
                [
                    "i64",
                    "f64",
                    "f64",
                    "list[f32]",
                    "list[f64]",
                    "struct[2]",
                    "datetime[μs, UTC]",
                    "cat"
                ],
                "{name}"
            );
            for (column, values) in [
                ("id", ["1", "2", "3"]),
                ("price", ["2.5", "null", "-1234567.89"]),
                ("exact", ["0.1", "1e20", "null"]),
                ("vector", ["[1.5, 2.5]", "null", "[3.5, null]"]),
                ("prices", ["[1.25]", "[]", "null"]),
                ("word", ["a", "b", "a"]),
            ] {
                assert_eq!(strings(&frame, column), values, "{column} of {name}");
            }
            assert!(
                strings(&frame, "moment")[1].starts_with("1970-01-01 01:00:00"),
                "{name}"
            );
            let pair = frame.column("pair").unwrap().struct_().unwrap().clone();
            let halves = pair.field_by_name("a").unwrap();
            assert_eq!(halves.f64().unwrap().get(0), Some(1.5), "{name}");
            assert_eq!(halves.null_count(), 2, "{name}");
        }
    }
    let only = read::read_parquet(&fixture("only_decimals.parquet")).unwrap();
    assert_eq!(only.shape(), (3, 1));
    let none = read::read_parquet(&fixture("no_decimals.parquet")).unwrap();
    assert_eq!(none.shape(), (0, 9));
    assert_eq!(types(&none)[1..4], ["f64"; 3]);
    let all = read::read_parquet(&fixture("*decimals.parquet")).unwrap();
    assert_eq!(all.height(), 6);
}

#[test]
fn types_that_frames_do_not_have_are_an_error_that_names_the_column() {
    for (name, column, dtype) in [
        ("spans.arrow", "span", "interval of months, days and time"),
        ("widest.arrow", "widest", "decimal256"),
    ] {
        let file = fixture(name);
        for error in [
            read::read_ipc(&file).map(drop).unwrap_err(),
            read::scan_ipc(&file).map(drop).unwrap_err(),
        ] {
            assert!(
                matches!(error, FrameError::UnsupportedType { .. }),
                "{error:?}"
            );
            let text = error.to_string();
            let start =
                format!("cannot read {file:?}: column {column:?} has Arrow's type {dtype},");
            assert!(text.starts_with(&start), "{text}");
            assert!(text.contains("with_columns"), "{text}");
        }
    }
}

#[test]
fn spreadsheets_of_other_programs_are_read() {
    for name in ["sales.xls", "sales.ods"] {
        let sales = read::read_table(&fixture(name)).unwrap();
        assert_eq!(
            sales.get_column_names(),
            ["day", "product", "count", "price", "open"],
            "{name}"
        );
        assert_eq!(
            types(&sales),
            ["date", "str", "i64", "f64", "bool"],
            "{name}"
        );
        assert_eq!(
            strings(&sales, "day"),
            ["2024-02-29", "2024-03-01"],
            "{name}"
        );
        assert_eq!(strings(&sales, "product"), ["tea", "café"], "{name}");
        assert_eq!(strings(&sales, "price"), ["2.5", "null"], "{name}");
        let sheet = read::read_excel_sheet(&fixture(name), "Sales").unwrap();
        assert!(sheet.equals_missing(&sales), "{name}");
    }
}
