//! Plans that say where they failed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use ferrite_interrupt::panic_message;
use polars::prelude::{DataFrame, DslPlan, FileScanDsl, LazyFrame, PolarsError, ScanSources};

use crate::read::locate_in;
use crate::suggest::closest;
use crate::{FrameError, moves};

/// Runs a [`LazyFrame`] with errors that help.
pub trait PlanExt {
    /// Runs the plan, as polars' `collect` does; only an error differs. A value
    /// in a text file that does not fit the type of its column is named with
    /// file, row and column (polars knows none of them), and a missing column
    /// with the one that was probably meant.
    ///
    /// ```
    /// use ferrite_frame::{PlanExt, datasets};
    /// use polars::prelude::*;
    ///
    /// let plan = datasets::penguins()?.lazy().filter(col("year").eq(lit(2008)));
    /// assert_eq!(plan.clone().run()?.height(), 114);
    /// let error = plan.select([col("speceis")]).run().unwrap_err().to_string();
    /// assert!(error.contains("did you mean \"species\"?"), "{error}");
    /// # Ok::<(), ferrite_frame::FrameError>(())
    /// ```
    ///
    /// # Errors
    /// When the plan cannot be run: [`FrameError::BadValue`],
    /// [`FrameError::BadLine`], [`FrameError::MissingColumn`], or polars' own.
    fn run(self) -> Result<DataFrame, FrameError>;
}

impl PlanExt for LazyFrame {
    fn run(self) -> Result<DataFrame, FrameError> {
        // Cheap: a plan shares its parts.
        let plan = self.logical_plan.clone();
        collect(self).map_err(|cause| {
            located(&plan, &cause)
                .or_else(|| misnamed(&cause))
                .unwrap_or(FrameError::Polars(cause))
        })
    }
}

/// Runs a plan. polars panics in some places where it was built without a feature
/// (arithmetic of lists, say), with a sentence that says so: that becomes an error. What
/// else unwinds is somebody's interrupt, and goes on.
pub(crate) fn collect(plan: LazyFrame) -> Result<DataFrame, PolarsError> {
    catch_unwind(AssertUnwindSafe(|| plan.collect())).unwrap_or_else(|payload| match panic_message(
        payload.as_ref(),
    ) {
        Some(words) => Err(PolarsError::ComputeError(
            format!("polars cannot do this: {words}").into(),
        )),
        None => resume_unwind(payload),
    })
}

/// The error with its place in one of the text files that the plan reads.
fn located(plan: &DslPlan, cause: &PolarsError) -> Option<FrameError> {
    let inputs: Vec<&DslPlan> = match plan {
        DslPlan::Scan {
            sources: ScanSources::Paths(paths),
            scan_type,
            ..
        } => {
            let FileScanDsl::Csv { options } = scan_type.as_ref() else {
                return None;
            };
            let separator = options.parse_options.separator;
            return paths
                .iter()
                .find_map(|path| locate_in(path.as_str(), separator, cause));
        }
        DslPlan::Filter { input, .. }
        | DslPlan::Cache { input, .. }
        | DslPlan::Select { input, .. }
        | DslPlan::GroupBy { input, .. }
        | DslPlan::HStack { input, .. }
        | DslPlan::Distinct { input, .. }
        | DslPlan::Sort { input, .. }
        | DslPlan::Slice { input, .. }
        | DslPlan::Pivot { input, .. }
        | DslPlan::MapFunction { input, .. } => vec![input.as_ref()],
        DslPlan::IR { dsl, .. } => vec![dsl.as_ref()],
        DslPlan::Join {
            input_left,
            input_right,
            ..
        } => vec![input_left.as_ref(), input_right.as_ref()],
        DslPlan::Union { inputs, .. } | DslPlan::HConcat { inputs, .. } => inputs.iter().collect(),
        _ => return None,
    };
    inputs.into_iter().find_map(|input| located(input, cause))
}

/// The error about a missing column, with the names that polars lists.
fn misnamed(cause: &PolarsError) -> Option<FrameError> {
    let words = moves::missing_column_in(cause)?;
    // unable to find column "x"; valid columns: ["a", "b"]
    let mut quoted = words
        .lines()
        .next()?
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned);
    let name = quoted.next()?;
    let columns: Vec<String> = quoted.collect();
    if columns.is_empty() || columns.contains(&name) {
        return None;
    }
    Some(FrameError::MissingColumn {
        suggestion: closest(&name, columns.iter().map(String::as_str)).map(str::to_owned),
        name,
        columns,
    })
}
