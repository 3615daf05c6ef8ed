//! Answers for crates that the prelude has: they are there at once, in the
//! version and with the features that they were built with.

use ferrite_engine::{Bundled, Toolchain};
use semver::{Version, VersionReq};

use super::asked::Asked;
use super::error::DepError;

/// What is to be done about a request.
pub enum Answer {
    /// It is there; this is to be said.
    There(String),
    /// It is there under another name.
    Renamed(String),
    /// It has to be built.
    Build,
}

/// Looks whether the prelude has what was asked for.
pub fn answer(asked: &Asked, toolchain: &Toolchain) -> Result<Answer, DepError> {
    let find = |name: &str| {
        let name = name.replace('-', "_");
        toolchain
            .bundled
            .iter()
            .find(move |known| known.name == name)
    };
    let package = find(asked.package()).filter(|_| asked.is_of_registry());
    let Some(bundled) = package else {
        return match find(&asked.name) {
            Some(taken) => Err(DepError::NameTaken(taken.name.clone())),
            None => Ok(Answer::Build),
        };
    };
    let fits = fits(asked, bundled)?;
    if asked.crate_name() != bundled.name {
        return match (find(&asked.name), fits) {
            (Some(taken), _) => Err(DepError::NameTaken(taken.name.clone())),
            (None, true) => Ok(Answer::Renamed(bundled.name.clone())),
            (None, false) => Ok(Answer::Build),
        };
    }
    let Bundled { name, version, .. } = bundled;
    let mut said = format!("{name} {version} is bundled");
    if !fits {
        let asked = asked.requirement();
        said += &format!(
            "; that is not {asked}, which was asked for (to have both: \
             `:dep my_{name} = {{ package = \"{name}\", version = \"{asked}\" }}`)"
        );
    }
    let missing: Vec<&str> = asked
        .features()
        .filter(|feature| !bundled.features.iter().any(|known| known == feature))
        .collect();
    if !missing.is_empty() {
        said += &format!("; it was built without the features {}", missing.join(", "));
    }
    Ok(Answer::There(said))
}

fn fits(asked: &Asked, bundled: &Bundled) -> Result<bool, DepError> {
    let wanted = VersionReq::parse(asked.requirement()).map_err(|error| DepError::Unreadable {
        asked: format!("{} = {}", asked.name, asked.specification()),
        why: error.to_string(),
    })?;
    let version = Version::parse(&bundled.version);
    Ok(version.is_ok_and(|version| wanted.matches(&version)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn said(text: &str) -> String {
        let bundled = Bundled {
            name: "rand".into(),
            version: "0.8.5".into(),
            features: vec!["std".into()],
        };
        let toolchain = Toolchain {
            id: String::new(),
            rustc: "rustc".into(),
            linker: None,
            builtins: None,
            warm: None,
            std_dir: "std".into(),
            runtime: "runtime".into(),
            worker: "worker".into(),
            dependencies: Vec::new(),
            prelude: "prelude".into(),
            glue: "glue".into(),
            externs: Vec::new(),
            bundled: vec![bundled],
        };
        let asked = Asked::parse(text, Path::new("/")).unwrap();
        match answer(&asked, &toolchain) {
            Ok(Answer::There(said)) => said,
            Ok(Answer::Renamed(name)) => format!("renamed {name}"),
            Ok(Answer::Build) => "build".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn bundled_crates_answer() {
        assert_eq!(said("rand"), "rand 0.8.5 is bundled");
        assert_eq!(said("rand = \"0.8\""), "rand 0.8.5 is bundled");
        assert!(said("rand = \"0.9\"").contains("not 0.9, which was asked for"));
        assert!(
            said("rand = { version = \"0.8\", features = [\"std\", \"x\"] }")
                .ends_with("features x")
        );
        assert_eq!(said("r = { package = \"rand\" }"), "renamed rand");
        assert_eq!(
            said("r = { package = \"rand\", version = \"0.9\" }"),
            "build"
        );
        assert!(said("rand = { package = \"other\" }").contains("belongs to"));
        assert_eq!(said("regex"), "build");
    }
}
