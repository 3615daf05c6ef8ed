//! What can go wrong, told so that the reader knows what to do next.
//!
//! The first line of a message names the column, class or parameter that is at
//! fault. A way out that needs more than a few words follows on a line of its
//! own, indented to stand below the text after `error: `.

use ferrite_frame::FrameError;
use polars::prelude::PolarsError;

use crate::schema::SchemaChanges;

/// Where text continues below `error: `.
const INDENT: &str = "\n       ";

/// An error of splitting, transforming, fitting, predicting or measuring.
///
/// ```
/// use ferrite_ml::{MlError, train_test_split};
/// use polars::df;
///
/// let frame = df!["x" => [1.0, 2.0]]?;
/// let error = train_test_split(&frame, 1.5).split().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "train_test_split: test_size is 1.5, but it must lie between 0 and 1"
/// );
/// # Ok::<(), MlError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MlError {
    /// A column is missing or cannot be read as numbers or text.
    #[error(transparent)]
    Frame(#[from] FrameError),

    /// polars refused an operation.
    #[error(transparent)]
    Polars(#[from] PolarsError),

    /// A column has another type than the one that was learned from.
    #[error(
        "column \"{column}\" is {found}, but it was {expected} in the training data{INDENT}\
         cast it, or fit on frames like this one"
    )]
    ColumnType {
        /// The column.
        column: String,
        /// Its type at fit.
        expected: String,
        /// Its type now.
        found: String,
    },

    /// Several columns differ from the training data.
    #[error(
        "this frame does not have the columns that were learned from{INDENT}{}",
        changes.to_string().replace('\n', INDENT)
    )]
    Schema {
        /// What differs.
        changes: SchemaChanges,
    },

    /// The model was given gaps.
    #[error(
        "missing values in {}, and the model cannot work with gaps{INDENT}\
         fill them with .step(\"impute\", SimpleImputer::median()) before the model \
         (booleans with SimpleImputer::most_frequent()), or drop the rows",
        counted(columns)
    )]
    MissingValues {
        /// Columns with their number of missing values.
        columns: Vec<(String, usize)>,
    },

    /// The model was given infinities.
    #[error(
        "infinite values in {}{INDENT}replace them before the model sees them \
         (they often come from a division by zero or the logarithm of zero)",
        quoted(columns)
    )]
    InfiniteValues {
        /// The columns.
        columns: Vec<String>,
    },

    /// Nothing numeric is left for the model.
    #[error("{}", describe_no_features(left_out))]
    NoFeatures {
        /// Columns that are there, but not numeric.
        left_out: Vec<String>,
    },

    /// There are no rows to work on.
    #[error("no rows to {purpose}: {reason}")]
    NoRows {
        /// What the rows were for.
        purpose: &'static str,
        /// Why there are none.
        reason: String,
    },

    /// A pipeline without a model was fitted.
    #[error(
        "this pipeline has no model; end it with .model(…), \
         for example .model(LogisticRegression::new())"
    )]
    NoModel,

    /// Two steps share a name.
    #[error("two steps are called \"{name}\"; give each step its own name")]
    DuplicateStep {
        /// The name.
        name: String,
    },

    /// Two features share a name.
    #[error(
        "two features would be called \"{name}\"{INDENT}rename a column, or give each column \
         to one part of the ColumnTransformer only"
    )]
    DuplicateFeature {
        /// The name.
        name: String,
    },

    /// The target does not suit the model.
    #[error("target \"{target}\" ({dtype}) does not suit {model}{INDENT}{advice}")]
    TargetType {
        /// The target column.
        target: String,
        /// Its type.
        dtype: String,
        /// The model.
        model: String,
        /// What to use instead.
        advice: &'static str,
    },

    /// There is nothing to tell apart.
    #[error(
        "every row has the class \"{class}\"; {model} needs at least two classes to tell apart"
    )]
    OneClass {
        /// The only class.
        class: String,
        /// The model.
        model: &'static str,
    },

    /// A parameter is out of its range.
    #[error("{owner}: {name} is {value}, but it must {rule}")]
    InvalidParameter {
        /// The model, transformer or function.
        owner: &'static str,
        /// The parameter.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// What it must do instead: "be positive".
        rule: &'static str,
    },

    /// There is no parameter of this name.
    #[error("{}", describe_parameter(owner, name, suggestion.as_deref(), known))]
    UnknownParameter {
        /// The model, transformer or pipeline.
        owner: String,
        /// The name that was given.
        name: String,
        /// The parameter that was probably meant.
        suggestion: Option<String>,
        /// The parameters that there are.
        known: Vec<String>,
    },

    /// A pipeline with a model was used as a step.
    #[error(
        "a pipeline that is a step prepares columns, but this one ends with the model {model}{INDENT}\
         leave out its .model(…)"
    )]
    ModelInside {
        /// The model.
        model: String,
    },

    /// A recipe from a file was to be fitted.
    #[error(
        "{what} was loaded from a file, which holds what was learned and not how{INDENT}\
         write the pipeline anew to fit it again"
    )]
    OnlyLearned {
        /// The step or model.
        what: String,
    },

    /// A file cannot be written or read.
    #[error("cannot {purpose} {path:?}: {cause}")]
    File {
        /// "write" or "read".
        purpose: &'static str,
        /// The path as it was given.
        path: String,
        /// The operating system's words.
        cause: std::io::Error,
    },

    /// A file that is something else.
    #[error("{path:?} is not a saved pipeline; .save(…) on a fitted pipeline makes one")]
    NotSaved {
        /// The path as it was given.
        path: String,
    },

    /// A file of ours that holds something else than what was asked for.
    #[error("this file holds {holds}")]
    OtherFile {
        /// What it holds, and how it is read.
        holds: &'static str,
    },

    /// A checkpoint of a training that cannot be used.
    #[error("checkpoint {path}: {reason}")]
    Checkpoint {
        /// The file.
        path: String,
        /// What is wrong, and what helps.
        reason: String,
    },

    /// Something fitted cannot be written to a file.
    #[error("{what} cannot be saved: {reason}")]
    CannotSave {
        /// The step or model.
        what: String,
        /// Why.
        reason: String,
    },

    /// What was read is not what was written.
    #[error(
        "this saved pipeline is damaged: {reason}{INDENT}copy the file again, or save the pipeline anew"
    )]
    Damaged {
        /// What does not fit.
        reason: String,
    },

    /// A file of a version that came later.
    #[error(
        "this saved pipeline has {what}, which this version of Ferrite does not know{INDENT}\
         it was saved by a newer version; update Ferrite, or save it with this one"
    )]
    NewerFile {
        /// What is newer.
        what: String,
    },

    /// A column without values cannot teach a statistic.
    #[error("column \"{column}\" has no value at all to learn a {statistic} from; drop the column")]
    EmptyColumn {
        /// The column.
        column: String,
        /// The statistic: "median".
        statistic: &'static str,
    },

    /// A class is too rare to be in both parts of a split.
    #[error(
        "cannot stratify by \"{column}\": {} too rare to appear in both parts{INDENT}\
         merge or drop rare classes, or split without .stratify(…)",
        describe_rare(classes)
    )]
    RareClass {
        /// The column that the split is stratified by.
        column: String,
        /// The classes with one row only.
        classes: Vec<String>,
    },

    /// Fewer rows than needed.
    #[error("{purpose} needs at least {needed} rows, but there are {found}{advice}")]
    TooFewRows {
        /// Who needs them.
        purpose: String,
        /// How many.
        needed: usize,
        /// How many there are.
        found: usize,
        /// What to do, with its separator; may be empty.
        advice: &'static str,
    },

    /// Two series that belong together have different lengths.
    #[error(
        "\"{left}\" has {left_len} values, but \"{right}\" has {right_len}; \
         both must describe the same rows"
    )]
    LengthMismatch {
        /// The first series.
        left: String,
        /// Its length.
        left_len: usize,
        /// The second series.
        right: String,
        /// Its length.
        right_len: usize,
    },

    /// Two series of labels that can never be equal.
    #[error(
        "\"{left}\" is {left_dtype} and \"{right}\" is {right_dtype}, so no label can be equal{INDENT}\
         cast one of them"
    )]
    LabelTypes {
        /// The first series.
        left: String,
        /// Its type.
        left_dtype: String,
        /// The second series.
        right: String,
        /// Its type.
        right_dtype: String,
    },

    /// Labels are missing where each row needs one.
    #[error(
        "\"{name}\" has {count} missing {}; drop those rows before comparing",
        if *count == 1 { "label" } else { "labels" }
    )]
    MissingLabels {
        /// The series.
        name: String,
        /// How many are missing.
        count: usize,
    },

    /// Fractions where classes were expected.
    #[error(
        "\"{name}\" holds fractions such as {example}, which are not classes{INDENT}\
         cut it into classes first, or use a regression model and its metrics"
    )]
    NotClasses {
        /// The series.
        name: String,
        /// One of the fractions.
        example: f64,
    },

    /// More labels than classes can be.
    #[error(
        "{count} different labels are too many for a confusion matrix{INDENT}\
         are these numbers? a regression model and its metrics suit them better"
    )]
    TooManyClasses {
        /// The number of different labels.
        count: usize,
    },

    /// A metric that this kind of model does not have.
    #[error("{metric} is not defined for {task}; known here: {known}")]
    UnknownMetric {
        /// The metric that was asked for.
        metric: String,
        /// "classification" or "regression".
        task: &'static str,
        /// The metrics that exist.
        known: String,
    },

    /// A metric that has no value for what it was given.
    #[error("{metric} is undefined: {reason}")]
    UndefinedMetric {
        /// The metric.
        metric: String,
        /// Why, and what helps.
        reason: String,
    },

    /// Code of a model, a step or a metric panicked while candidates were tried.
    #[error("{owner} panicked: {message}")]
    Panicked {
        /// What was running.
        owner: String,
        /// What the panic said.
        message: String,
    },

    /// A comparison or a search in which nothing came to a score.
    #[error(
        "{owner}: none of the {count} candidates could be fitted{INDENT}the first one: {first}"
    )]
    AllFailed {
        /// The comparison or search.
        owner: &'static str,
        /// How many there were.
        count: usize,
        /// The error of the first one.
        first: String,
    },

    /// A journal of a search that cannot be used.
    #[error("journal {path}: {reason}")]
    Journal {
        /// The file.
        path: String,
        /// What is wrong, and what helps.
        reason: String,
    },

    /// A model without probabilities.
    #[error(
        "{model} has no probabilities; use predict, or a classifier such as LogisticRegression"
    )]
    NoProbabilities {
        /// The model.
        model: String,
    },

    /// A level that was not there at fit, where that is not allowed.
    #[error(
        "column \"{column}\" has the level \"{level}\", which was not there at fit{INDENT}{}",
        describe_levels(known)
    )]
    UnknownLevel {
        /// The column.
        column: String,
        /// The unknown level.
        level: String,
        /// The levels at fit.
        known: Vec<String>,
    },

    /// A column with more levels than an encoder can hold.
    #[error(
        "column \"{column}\" has {count} different levels, too many to encode{INDENT}\
         leave it out (is it a name or an id?), or merge rare levels first"
    )]
    TooManyLevels {
        /// The column.
        column: String,
        /// The number of levels.
        count: usize,
    },

    /// A step that learns from the target was fitted without one.
    #[error(
        "{step} learns from what is to be predicted{INDENT}\
         use it as a step of a pipeline that ends with a model"
    )]
    NeedsTarget {
        /// The step.
        step: &'static str,
    },

    /// A step that computes with all columns was given others than numbers.
    #[error(
        "{step} needs numbers only, but there {} {}{INDENT}\
         put it behind the steps that encode or leave out these columns",
        if columns.len() == 1 { "is" } else { "are" },
        quoted(columns)
    )]
    OnlyNumbers {
        /// The step.
        step: &'static str,
        /// The columns that are not numeric.
        columns: Vec<String>,
    },

    /// A class that the target does not have.
    #[error("the target has no class \"{class}\"{INDENT}classes: {}", known.join(", "))]
    UnknownClass {
        /// The class that was named.
        class: String,
        /// The classes that there are.
        known: Vec<String>,
    },

    /// A pattern that is no regular expression.
    #[error("\"{pattern}\" is not a regular expression: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },

    /// A closure that is a step went wrong.
    #[error("step \"{name}\": {reason}")]
    Function {
        /// The name of the step.
        name: String,
        /// What it said, or what it did.
        reason: String,
    },

    /// A sampler where it cannot work.
    #[error("{sampler}: {reason}")]
    Sampler {
        /// The sampler.
        sampler: String,
        /// Why.
        reason: &'static str,
    },

    /// A model that takes all rows as equally important.
    #[error(
        "{model} cannot weight rows{INDENT}balance the classes with a step instead, \
         for example RandomOverSampler::new()"
    )]
    NoWeights {
        /// The model.
        model: String,
    },

    /// A fitted model was given another number of features.
    #[error("the model was fitted on {expected} features, but it was given {found}")]
    FeatureCount {
        /// The number at fit.
        expected: usize,
        /// The number now.
        found: usize,
    },

    /// Numbers or names that do not form a table.
    #[error(
        "{rows} rows and {columns} columns were given with {labels} {what}; the numbers must agree"
    )]
    Shape {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
        /// Names or labels that came with it.
        labels: usize,
        /// "names" or "labels".
        what: &'static str,
    },

    /// A model cannot do what it was asked for.
    #[error("{model}: {reason}")]
    Unable {
        /// The model.
        model: &'static str,
        /// Why, and what helps.
        reason: String,
    },
}

/// `"a" (2), "b" (1)`, at most eight columns.
fn counted(columns: &[(String, usize)]) -> String {
    const SHOWN: usize = 8;
    let mut parts: Vec<String> = columns
        .iter()
        .take(SHOWN)
        .map(|(name, count)| format!("\"{name}\" ({count})"))
        .collect();
    if columns.len() > SHOWN {
        parts.push(format!("and {} more columns", columns.len() - SHOWN));
    }
    parts.join(", ")
}

/// `"a", "b"`.
fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

fn describe_parameter(
    owner: &str,
    name: &str,
    suggestion: Option<&str>,
    known: &[String],
) -> String {
    let meant = suggestion.map_or(String::new(), |near| format!("; did you mean \"{near}\"?"));
    let known = if known.is_empty() {
        "it has no parameters".to_owned()
    } else {
        format!("parameters: {}", known.join(", "))
    };
    format!("{owner} has no parameter \"{name}\"{meant}{INDENT}{known}")
}

fn describe_no_features(left_out: &[String]) -> String {
    if left_out.is_empty() {
        return "no column is left for the model to learn from; \
                give the frame at least one column besides the target"
            .to_owned();
    }
    format!(
        "no numeric column is left for the model{INDENT}encode {} with \
         ColumnTransformer::new().categorical([OneHotEncoder::new().into()])",
        quoted(left_out)
    )
}

fn describe_levels(known: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<&str> = known.iter().take(SHOWN).map(String::as_str).collect();
    let more = match known.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("levels: {}{more}", shown.join(", "))
}

fn describe_rare(classes: &[String]) -> String {
    const SHOWN: usize = 3;
    match classes {
        [class] => format!("the class \"{class}\" has one row only and is"),
        few if few.len() <= SHOWN => {
            format!("the classes {} have one row each and are", quoted(few))
        }
        many => format!("{} classes have one row each and are", many.len()),
    }
}
