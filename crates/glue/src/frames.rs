//! What cells do with frames, as polars' documentation writes it.

use ferrite::prelude::*;
use ferrite_runtime::CellResult;

/// Queries.
pub fn queries(frame: &DataFrame, other: &DataFrame) -> CellResult {
    let result = frame
        .clone()
        .lazy()
        .filter(
            col("a")
                .is_not_null()
                .and(col("b").gt(lit(1)))
                .or(col("c").eq(lit("x"))),
        )
        .filter(col("a").lt(lit(2.5)).and(col("b").gt_eq(lit(1_i64))))
        .filter(col("a").lt_eq(col("b")).and(col("c").neq(lit("y"))).not())
        .with_columns([(col("a") * lit(2.0)).alias("c")])
        .with_columns([(col("a") / col("b")).alias("c"), col("a") - col("b")])
        .with_column((col("a") + lit(1)).alias("d").cast(DataType::Float64))
        .group_by([col("a"), col("b")])
        .agg([col("c").mean().alias("mean"), len().alias("n")])
        .sort(["a"], SortMultipleOptions::default())
        .select([col("a"), col("mean"), col("n")])
        .collect()?;
    let lazy = frame.clone().lazy();
    let grouped = lazy.clone().group_by([col("a")]).agg([len()]).collect()?;
    let grouped = lazy
        .clone()
        .group_by([col("a")])
        .agg([col("b").sum(), col("c").max(), col("d").std(1)])
        .collect()?;
    let grouped = lazy
        .clone()
        .group_by_stable([col("a"), col("b"), col("c")])
        .agg([
            col("b").min(),
            col("c").median(),
            col("d").count(),
            col("e").n_unique(),
        ])
        .collect()?;
    let sorted = lazy
        .clone()
        .sort(
            ["a"],
            SortMultipleOptions::default().with_order_descending(true),
        )
        .sort(["a", "b"], SortMultipleOptions::default())
        .sort_by_exprs([col("a")], SortMultipleOptions::default())
        .collect()?;
    let joined = lazy
        .clone()
        .join(
            other.clone().lazy(),
            [col("a")],
            [col("b")],
            JoinArgs::new(JoinType::Left),
        )
        .left_join(other.clone().lazy(), col("a"), col("a"))
        .inner_join(other.clone().lazy(), col("a"), col("a"))
        .collect()?;
    let chosen = lazy
        .clone()
        .select([col("a")])
        .select([col("a"), col("b")])
        .select([col("a"), col("b"), col("c"), col("d")])
        .with_columns([col("a"), col("b"), col("c")])
        .drop_nulls(None)
        .limit(10)
        .unique(None, UniqueKeepStrategy::First)
        .rename(["a"], ["b"], true)
        .collect()?;
    let when = lazy
        .with_columns([when(col("a").gt(lit(1.0)))
            .then(lit("large"))
            .otherwise(lit("small"))
            .alias("size")])
        .with_columns([
            col("a").fill_null(lit(0)),
            col("b").round(2, RoundMode::HalfToEven),
        ])
        .collect()?;
    println!("{result} {:?}", result.shape());
    Ok(())
}

/// Frames and columns at once.
pub fn columns(frame: &mut DataFrame) -> CellResult {
    let made = df!["a" => [1, 2], "b" => [1.0, 2.0], "c" => ["x", "y"], "d" => [Some(1), None]]?;
    let made =
        df!["a" => [Some(1.0), None], "b" => [true, false], "c" => vec![1.0], "d" => vec![1_i64]]?;
    let made =
        df!["a" => vec!["x"], "b" => vec![String::new()], "c" => vec![1_i32], "d" => &[1.0]]?;
    let column = frame.column("a")?;
    let mean = column.f64()?.mean();
    let values: Vec<f64> = column.f64()?.iter().flatten().collect();
    let values: Vec<i64> = column.i64()?.iter().flatten().collect();
    let values: Vec<&str> = column.str()?.iter().flatten().collect();
    let values: Vec<Option<f64>> = column.f64()?.iter().collect();
    let mask = column.f64()?.gt(1.0);
    let kept = frame.filter(&mask)?;
    let head = frame.head(Some(5));
    let chosen = frame.select(["a"])?;
    let chosen = frame.select(["a", "b"])?;
    let chosen = frame.select(["a", "b", "c"])?;
    let dropped = frame.drop("a")?;
    let sorted = frame.sort(["a"], SortMultipleOptions::default())?;
    let sorted = frame.sort(["a", "b"], SortMultipleOptions::default())?;
    let names: Vec<String> = frame
        .get_column_names_owned()
        .iter()
        .map(|n| n.to_string())
        .collect();
    let names = frame.get_column_names();
    let series = Series::new("a".into(), [1.0, 2.0]);
    let series = Series::new("a".into(), vec![1.0, 2.0]);
    let series = Series::new("a".into(), vec![1, 2]);
    let series = Series::new("a".into(), ["x", "y"]);
    let stacked = frame.vstack(&made)?;
    let shape = (frame.height(), frame.width(), frame.shape());
    println!("{shape:?} {mean:?} {names:?}");
    let nulls = frame.null_count();
    let read = read_csv("a.csv")?;
    let read = datasets::penguins()?;
    frame.with_column(Series::new("a".into(), [1.0]).into())?;
    Ok(())
}
