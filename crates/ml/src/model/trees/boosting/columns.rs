//! What is binned.

use crate::table::Table;

/// The features that vary, column by column: forust refuses constant ones.
pub(super) struct Columns {
    pub values: Vec<f64>,
    pub varying: Vec<usize>,
}

impl Columns {
    pub fn of(table: &Table) -> Self {
        let columns = table.columns();
        let varies = |column: &usize| {
            let column = &columns[*column];
            column.iter().any(|value| *value != column[0])
        };
        let varying: Vec<usize> = (0..columns.len()).filter(varies).collect();
        let mut values = Vec::with_capacity(table.rows() * varying.len());
        for column in &varying {
            values.extend_from_slice(&columns[*column]);
        }
        Self { values, varying }
    }
}
