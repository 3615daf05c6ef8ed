"""The cells that are measured.

The same text goes to both kernels. `@N` becomes another number at every run,
so that no cache has the answer. Where the kernels must differ (a crate name,
our own functions), a cell says so with `ours` or `evcxr`.
"""

from dataclasses import dataclass
from pathlib import Path

PENGUINS = Path(__file__).resolve().parents[2] / "notebooks" / "data" / "penguins.csv"


@dataclass(frozen=True)
class Cell:
    """A cell; an empty text means that the kernel cannot run it."""

    group: str
    name: str
    code: str = ""
    #: Instead of `code`, in our kernel only.
    ours: str = ""
    #: Items that bare rustc needs beside `code`; `None`: it has no such crates.
    rustc: str | None = None
    #: Whether the code is items, not statements.
    items: bool = False
    #: Whether it is the same text every time, so that caches may answer.
    cached: bool = False

    def for_ours(self, number):
        return self._fill(self.ours or self.code, number)

    def for_evcxr(self, number):
        return self._fill(self.code, number)

    def for_rustc(self, number):
        """The cell as a crate that rustc compiles to a dynamic library."""
        if self.rustc is None:
            return ""
        code = self._fill(self.code, number)
        if not self.items:
            if not code.rstrip().endswith(";"):
                code = f'println!("{{:?}}", {code});'
            code = f'#[unsafe(no_mangle)]\npub extern "C" fn cell() {{\n{code}\n}}'
        return f"{self.rustc}\n{code}"

    def _fill(self, code, number):
        return code.replace("@N", "5" if self.cached else str(number))


# What is run before anything is measured: both kernels have their libraries
# loaded and imported, as after the first cell of a notebook.
PREPARE_OURS = "use ferrite::prelude::*;"
PREPARE_EVCXR = "use polars::prelude::*;"

# The frame and the dataset of the cells below, made by polars and ndarray in
# both kernels. Types of models and datasets are written out because evcxr asks
# rust-analyzer for them, which does not always know.
PREPARE = [
    f"""\
let frame = CsvReadOptions::default()
    .with_infer_schema_length(None)
    .map_parse_options(|options| options.with_null_values(Some(NullValues::AllColumnsSingle("NA".into()))))
    .try_into_reader_with_file_path(Some("{PENGUINS}".into()))?
    .finish()?;""",
    """\
use linfa::prelude::*;
use linfa_bayes::GaussianNb;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};""",
    """\
let complete = frame.clone().lazy().drop_nulls(None).collect()?;
let mut values: Vec<f64> = Vec::new();
for name in ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"] {
    let column = complete.column(name)?.cast(&DataType::Float64)?;
    values.extend(column.f64()?.iter().flatten());
}
let records = Array2::from_shape_vec((4, complete.height()), values.clone())?.reversed_axes();
let targets: Vec<usize> = complete.column("species")?.str()?.iter().flatten()
    .map(|species| ["Adelie", "Chinstrap", "Gentoo"].iter().position(|name| *name == species).unwrap_or(0))
    .collect();
let dataset: linfa::DatasetBase<Array2<f64>, Array1<usize>> =
    linfa::DatasetBase::new(records.as_standard_layout().to_owned(), Array1::from_vec(targets.clone()));""",
    "let bayes: GaussianNb<f64, usize> = GaussianNb::params().fit(&dataset)?;",
]

# A first cell that needs the prelude, in a kernel where nothing was imported yet.
FIRST = """\
use ferrite::prelude::*;
let small_@N = df!("n" => [1, 2, 3])?;
small_@N.height()"""

GROUP_BY = """\
frame.clone().lazy()
    .group_by([col("species"), col("sex")])
    .agg([col("body_mass_g").mean().alias("mean"), len().alias("n@N")])
    .collect()?"""

POINT = """\
#[derive(Debug, Clone)]
struct Point { x: f64, y: f64 }
impl Point {
    fn norm(&self) -> f64 { (self.x * self.x + self.y * self.y + @N.0).sqrt() }
}"""

AREA = "fn area(width: f64, height: f64) -> f64 { width * height * @N.0 }"

PLOTTERS = """\
plotters::evcxr::evcxr_figure((640, 400), |root| {
    use plotters::prelude::*;
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root).margin(10).build_cartesian_2d(30.0..60.0, 12.0..22.0)?;
    let points = dataset.records().rows().into_iter().map(|row| (row[0], row[1])).collect::<Vec<_>>();
    chart.draw_series(points.into_iter().map(|point| Circle::new(point, @N % 5, BLUE.filled())))?;
    Ok(())
})"""

PIPELINE = """\
let fitted = Pipeline::new()
    .step("columns", ColumnTransformer::new()
        .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
        .categorical([SimpleImputer::most_frequent().into(), OneHotEncoder::new().into()]))
    .model(LogisticRegression::new().c(@N.0))
    .fit(&frame, "species")?;"""

COMPARE = """\
compare(&frame, "species")
    .add("raw", Pipeline::new().step("impute", impute()).model(knn(5)))
    .add("scaled", Pipeline::new().step("impute", impute()).step("scale", StandardScaler::new()).model(knn(5)))
    .add("robust", Pipeline::new().step("impute", impute()).step("scale", RobustScaler::new()).model(knn(5)))
    .add("quantile", Pipeline::new().step("impute", impute()).step("scale", QuantileTransformer::new()).model(knn(5)))
    .add("pca", Pipeline::new().step("impute", impute()).step("pca", PCA::new(2)).model(knn(5)))
    .cv(StratifiedKFold::new(5).seed(@N))
    .metrics(["accuracy", "f1_macro"])
    .run()?""".replace(
    "impute()",
    'ColumnTransformer::new().numeric([SimpleImputer::median().into()]).categorical([OneHotEncoder::new().into()])',
)

CROSS_VALIDATE = """\
cross_validate(fitted.pipeline(), &frame, "species")
    .cv(StratifiedKFold::new(5).seed(@N)).metrics(["accuracy", "f1_macro"])
    .run()?"""

SEARCH = """\
let search = RandomSearch::new(fitted.pipeline())
    .param("model__c", log_uniform(1e-3, 1e2))
    .param("columns__numeric__simple_imputer__strategy", ["mean", "median"])
    .trials(10).cv(5).metric("f1_macro").seed(@N)
    .fit(&frame, "species")?;"""

SAVE = """\
let path = std::env::temp_dir().join(format!("ferrite-bench-{}.ferrite", std::process::id()));
fitted.save(&path)?;
load(&path)?.predict(&frame.head(Some(@N)))?"""

SHORT_FORMS = """\
frame.keep(col("body_mass_g").gt(lit(3000 + @N)))?
    .aggregate(&["species"], &[col("body_mass_g").mean().alias("mean")])?
    .order_by(&["-mean"])?"""

CHART = """\
chart::scatter(&frame, "flipper_length_mm", "body_mass_g")
    .color("species").trend().title("Penguins, @N")"""

FACETS = """\
chart::boxplot(&frame, "species", "body_mass_g")
    .color("sex").facet("island").title("Penguins, @N")"""

SUBPLOTS = """\
chart::subplots(&[
    chart::histogram(&frame, "body_mass_g").color("species"),
    chart::ecdf(&frame, "body_mass_g").color("species").title("Penguins, @N"),
])"""

INTERACTIVE = """\
chart::line(&frame, "bill_length_mm", "bill_depth_mm").title("Penguins, @N").interactive()"""

CELLS = [
    Cell("trivial", "1 + 1", "1 + @N", rustc=""),
    Cell("trivial", "let x = 5;", "let x = @N;", rustc=""),
    Cell("trivial", "println!(…)", 'println!("the answer is {}", @N);', rustc=""),
    Cell("items", "fn", AREA, rustc="", items=True),
    Cell("items", "call the fn", "area(2.0, @N.0)", rustc=AREA.replace("@N", "2")),
    Cell("items", "struct with impl", POINT, rustc="", items=True),
    Cell("items", "let of the struct", "let point = Point { x: @N.0, y: 2.0 };", rustc=POINT.replace("@N", "2")),
    Cell("dataframe", "group-by", GROUP_BY),
    Cell("dataframe", "filter", 'frame.clone().lazy().filter(col("body_mass_g").gt(lit(3000 + @N))).collect()?'),
    Cell("dataframe", "sort", 'frame.sort(["body_mass_g"], SortMultipleOptions::default())?.head(Some(@N))'),
    Cell("dataframe", "short forms", ours=SHORT_FORMS),
    Cell("dataframe", "profile", ours="frame.head(Some(300 + @N)).profile()?"),
    Cell("dataframe", "show rows", "frame.head(Some(@N))"),
    Cell("dataframe", "show by name", "frame // @N"),
    # `clone`: a lookup keeps a hash map in the frame, and with evcxr the next
    # cell, linked to a polars of its own with another hash seed, finds nothing in it.
    Cell("dataframe", "let of a column", 'let mass: Column = frame.clone().column("body_mass_g")?.head(Some(@N));'),
    Cell(
        "linfa", "naive Bayes fit",
        "let bayes: GaussianNb<f64, usize> = GaussianNb::params().var_smoothing(@N.0e-9).fit(&dataset)?;",
    ),
    Cell(
        "linfa", "logistic fit",
        "let logistic: linfa_logistic::MultiFittedLogisticRegression<f64, usize> =\n"
        "    MultiLogisticRegression::default().max_iterations(20 + @N).fit(&dataset)?;",
    ),
    Cell("linfa", "predict, score", "bayes.predict(&dataset).confusion_matrix(&dataset)?.accuracy() + @N.0"),
    Cell("linfa", "our pipeline, fit", ours=PIPELINE),
    Cell("models", "our pipeline, evaluated", ours="fitted.evaluate(&frame.head(Some(300 + @N)))?"),
    Cell("models", "five ideas compared", ours=COMPARE),
    Cell("models", "cross_validate", ours=CROSS_VALIDATE),
    Cell("models", "a random search", ours=SEARCH),
    Cell("models", "its results", ours="search.results().head(Some(@N))"),
    Cell("models", "permutation importance", ours="fitted.permutation_importance(&frame).seed(@N).run()?"),
    Cell("models", "saved and loaded", ours=SAVE),
    Cell("plot", "our scatter chart", ours=CHART),
    Cell("plot", "our box plots by island", ours=FACETS),
    Cell("plot", "two charts of ours", ours=SUBPLOTS),
    Cell("plot", "an interactive chart of ours", ours=INTERACTIVE),
    Cell("plot", "plotters figure", PLOTTERS),
    Cell("cached", "1 + 1 again", "1 + @N", cached=True),
    Cell("cached", "group-by again", GROUP_BY, cached=True),
]

#: Groups that an evcxr without libraries can run.
WITHOUT_LIBRARIES = ("trivial", "items")
