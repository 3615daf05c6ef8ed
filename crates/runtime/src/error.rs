//! The error type that `?` converts to at the top level of a cell.

use std::error::Error;
use std::fmt::{Debug, Display};

use ferrite_display::probe::short_type_name;

/// Any error that left a cell through `?`, as text.
///
/// Like `anyhow::Error` it is not itself an `Error`: that is what allows the
/// conversion from every other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// Name of the error's type, without its path.
    pub name: String,
    /// What the error says of itself.
    pub message: String,
    /// What the errors behind it say, outermost first.
    pub causes: Vec<String>,
}

// Not only `'static` ones: `lock()?` has an error that holds the lock.
impl<'e, E> From<E> for CellError
where
    E: Into<Box<dyn Error + 'e>>,
{
    fn from(error: E) -> Self {
        let name = short_type_name(std::any::type_name::<E>());
        from_boxed(name, &*error.into())
    }
}

fn from_boxed(name: String, error: &(dyn Error + '_)) -> CellError {
    let message = error.to_string();
    let mut causes = Vec::new();
    let mut said = message.clone();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Many types repeat their source in their own message.
        if !said.contains(&text) {
            causes.push(text.clone());
        }
        said = text;
        cause = error.source();
    }
    CellError {
        name,
        message,
        causes,
    }
}

/// What `?` leaves a cell with when it meets `None`.
pub fn no_value() -> CellError {
    CellError {
        name: "NoneError".to_owned(),
        message: "there is no value here, only `None`".to_owned(),
        causes: Vec::new(),
    }
}

/// An error that is no `Error`: generated code calls `(&&Of(error)).told()`,
/// which takes what it says of itself by `Display`, else by `Debug`.
pub struct Of<E>(pub E);

impl<E> Of<E> {
    fn saying(message: String) -> CellError {
        CellError {
            name: short_type_name(std::any::type_name::<E>()),
            message,
            causes: Vec::new(),
        }
    }
}

/// First choice.
pub trait OfDisplay {
    /// The error of the cell.
    fn told(&self) -> CellError;
}
impl<E: Display> OfDisplay for &Of<E> {
    fn told(&self) -> CellError {
        Of::<E>::saying(self.0.to_string())
    }
}

/// Second choice.
pub trait OfDebug {
    /// The error of the cell.
    fn told(&self) -> CellError;
}
impl<E: Debug> OfDebug for Of<E> {
    fn told(&self) -> CellError {
        Of::<E>::saying(format!("{:?}", self.0))
    }
}

#[cfg(test)]
// `&&` is what generated cells write.
#[allow(clippy::needless_borrow)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<i32, CellError> {
        Ok(text.parse::<i32>()?)
    }

    #[test]
    fn any_error_converts() {
        assert_eq!(parse("7").unwrap(), 7);
        let error = parse("seven").unwrap_err();
        assert_eq!(error.name, "ParseIntError");
        assert_eq!(error.message, "invalid digit found in string");
        let text: Result<(), CellError> = (|| Err("plain text")?)();
        assert_eq!(text.unwrap_err().message, "plain text");
    }

    #[test]
    fn anything_can_be_an_error() {
        let boxed: Box<dyn Error + Send + Sync> = "boxed".into();
        assert_eq!((&&Of(boxed)).told().message, "boxed");
        assert_eq!((&&Of(Some(5))).told().message, "Some(5)");
        assert_eq!((&&Of(5)).told().name, "i32");
    }

    #[test]
    fn an_error_may_borrow() {
        let number = std::sync::Mutex::new(5);
        let look = || -> Result<i32, CellError> { Ok(*number.lock()?) };
        assert_eq!(look().unwrap(), 5);
        let _ = std::panic::catch_unwind(|| {
            let _lock = number.lock();
            panic!("poisons it");
        });
        assert!(look().unwrap_err().message.contains("poisoned"));
    }
}
