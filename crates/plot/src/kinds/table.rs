//! What bars are drawn from: a value for each category and group.

use std::collections::HashMap;

use crate::groups;

/// More categories than this cannot be told apart.
const MOST_CATEGORIES: usize = 60;

/// A row with the name of its category, the place of its group, and a value.
pub(crate) type Row = (String, usize, f64);

/// A value for each category and group, where there is one.
pub(crate) struct Table {
    pub categories: Vec<String>,
    /// By category, then by group.
    pub values: Vec<Vec<Option<f64>>>,
}

/// The sum and the number of rows of one category and group.
#[derive(Clone, Copy, Default)]
struct Pool {
    sum: f64,
    rows: usize,
}

impl Table {
    /// The number of rows of each category and group; numbers in their order,
    /// names with the most frequent first.
    pub fn counts(rows: &[Row], groups: usize) -> Table {
        let mut table = Table::of(rows, groups, |pool| pool.rows as f64);
        table.sort();
        table
    }

    /// The mean of each category and group, in order of appearance, and
    /// whether any is of several rows.
    pub fn means(rows: &[Row], groups: usize) -> (Table, bool) {
        let mut several = false;
        let table = Table::of(rows, groups, |pool| {
            several |= pool.rows > 1;
            pool.sum / pool.rows as f64
        });
        (table, several)
    }

    fn of(rows: &[Row], groups: usize, mut value: impl FnMut(Pool) -> f64) -> Table {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut categories = Vec::new();
        let mut pools: Vec<Vec<Pool>> = Vec::new();
        for (category, group, value) in rows {
            let place = *places.entry(category).or_insert_with(|| {
                categories.push(category.clone());
                pools.push(vec![Pool::default(); groups]);
                pools.len() - 1
            });
            let pool = &mut pools[place][*group];
            pool.sum += value;
            pool.rows += 1;
        }
        let mut of_pool = |pool: Pool| (pool.rows > 0).then(|| value(pool));
        let values = pools
            .into_iter()
            .map(|pools| pools.into_iter().map(&mut of_pool).collect());
        Table {
            categories,
            values: values.collect(),
        }
    }

    fn sort(&mut self) {
        let mut names = self.categories.clone();
        groups::sort(&mut names);
        let numbers = names.iter().all(|name| name.parse::<f64>().is_ok());
        let places = names.iter().map(String::as_str).zip(0..);
        let places: HashMap<&str, usize> = places.collect();
        let sum = |values: &[Option<f64>]| values.iter().flatten().sum::<f64>();
        let categories = std::mem::take(&mut self.categories);
        let mut rows: Vec<_> = categories.into_iter().zip(self.values.drain(..)).collect();
        rows.sort_by_key(|(name, _)| places[name.as_str()]);
        if !numbers {
            rows.sort_by(|(_, a), (_, b)| sum(b).total_cmp(&sum(a)));
        }
        (self.categories, self.values) = rows.into_iter().unzip();
    }

    /// Leaves out the smallest of too many categories, and says so.
    pub fn cap(&mut self) -> Option<String> {
        let all = self.categories.len();
        if all <= MOST_CATEGORIES {
            return None;
        }
        let size = |place: &usize| {
            let values = self.values[*place].iter().flatten();
            values.fold(0.0f64, |most, value| most.max(value.abs()))
        };
        let mut order: Vec<usize> = (0..all).collect();
        order.sort_by(|a, b| size(b).total_cmp(&size(a)));
        let mut kept = vec![false; all];
        for place in &order[..MOST_CATEGORIES] {
            kept[*place] = true;
        }
        let mut keep = kept.iter();
        self.categories.retain(|_| keep.next() == Some(&true));
        let mut keep = kept.iter();
        self.values.retain(|_| keep.next() == Some(&true));
        Some(format!(
            "the {MOST_CATEGORIES} largest of {all} categories are drawn"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(category: &str, group: usize, value: f64) -> Row {
        (category.to_owned(), group, value)
    }

    #[test]
    fn names_are_sorted_by_frequency_and_numbers_by_size() {
        let rows = [row("a", 0, 1.0), row("b", 0, 1.0), row("b", 1, 1.0)];
        let table = Table::counts(&rows, 2);
        assert_eq!(table.categories, ["b", "a"]);
        assert_eq!(table.values, [[Some(1.0), Some(1.0)], [Some(1.0), None]]);
        let rows = [row("10", 0, 1.0), row("10", 0, 1.0), row("9", 0, 1.0)];
        assert_eq!(Table::counts(&rows, 1).categories, ["9", "10"]);
    }

    #[test]
    fn means_keep_the_order_of_rows() {
        let rows = [row("b", 0, 1.0), row("a", 0, 5.0), row("b", 0, 2.0)];
        let (table, several) = Table::means(&rows, 1);
        assert!(several);
        assert_eq!(
            (table.categories, table.values),
            (
                vec!["b".to_owned(), "a".to_owned()],
                vec![vec![Some(1.5)], vec![Some(5.0)]],
            )
        );
    }

    #[test]
    fn the_largest_remain_in_their_order() {
        let rows: Vec<Row> = (0..1000)
            .map(|i| row(&format!("c{i}"), 0, f64::from(i)))
            .collect();
        let (mut table, _) = Table::means(&rows, 1);
        assert_eq!(
            table.cap().as_deref(),
            Some("the 60 largest of 1000 categories are drawn")
        );
        assert_eq!(
            (table.categories.len(), table.categories[0].as_str()),
            (60, "c940")
        );
        assert_eq!(table.values[59], [Some(999.0)]);
    }
}
