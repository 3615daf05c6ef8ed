//! How a metric of single classes becomes one number.

/// How precision, recall and F are averaged over classes; a text of
/// scikit-learn's `average` will do wherever one is asked for.
///
/// ```
/// use ferrite_ml::Average;
///
/// assert_eq!(Average::from("macro"), Average::Macro);
/// assert_eq!(Average::from("Gentoo"), Average::Class("Gentoo".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Average {
    /// Of two classes the second one in order is the one that counts.
    Binary,
    /// All rows together: each row counts the same.
    Micro,
    /// The mean over classes, each counting the same.
    Macro,
    /// The mean over classes, each counting by its rows.
    Weighted,
    /// This class alone (`pos_label`).
    Class(String),
}

impl From<&str> for Average {
    fn from(name: &str) -> Self {
        match name {
            "binary" => Self::Binary,
            "micro" => Self::Micro,
            "macro" => Self::Macro,
            "weighted" => Self::Weighted,
            class => Self::Class(class.to_owned()),
        }
    }
}

/// How far apart two classes are to Cohen's kappa; classes are numbered in their
/// order.
///
/// ```
/// use ferrite_ml::KappaWeights;
///
/// assert_eq!(KappaWeights::default(), KappaWeights::Equal);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KappaWeights {
    /// Every mistake counts the same.
    #[default]
    Equal,
    /// A mistake counts by the distance of the classes.
    Linear,
    /// A mistake counts by the square of the distance.
    Quadratic,
}
