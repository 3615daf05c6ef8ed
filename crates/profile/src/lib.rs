//! A dataframe at a glance.
