//! Letters that the bundled font does not have, for PNG files. A font with all
//! of Chinese, Japanese and Korean is as large as the rest of Ferrite, so it is
//! not bundled: one of the system's is taken, if there is any. (In an SVG, the
//! browser does the same by itself.)

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ab_glyph::{Font, FontVec, GlyphId};

/// What the files of fonts with many scripts are called on Linux, macOS and
/// Windows; those that look best come first.
const NAMES: [&str; 16] = [
    "notosanscjk",
    "sourcehansans",
    "notosanssc",
    "notosansjp",
    "notosanskr",
    "droidsansfallback",
    "pingfang",
    "hiragino",
    "applesdgothic",
    "arial unicode",
    "msyh",
    "malgun",
    "yugoth",
    "wqy",
    "ipag",
    "unifont",
];
/// So many fonts are opened at most; each may have tens of megabytes.
const MOST_FONTS: usize = 4;
/// So many files are looked at.
const MOST_FILES: usize = 5000;

static FONTS: LazyLock<Vec<FontVec>> = LazyLock::new(|| load(&folders()));

/// A font of the system that has a character, with its glyph.
pub(crate) fn glyph(c: char) -> Option<(&'static FontVec, GlyphId)> {
    let with = |font: &'static FontVec| (font, font.glyph_id(c));
    FONTS
        .iter()
        .map(with)
        .find(|(_, glyph)| *glyph != GlyphId(0))
}

fn folders() -> Vec<PathBuf> {
    let system = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
        "C:\\Windows\\Fonts",
    ];
    let mut folders: Vec<PathBuf> = system.iter().map(PathBuf::from).collect();
    if let Some(home) = std::env::var_os("HOME") {
        let home = PathBuf::from(home);
        let own = [".fonts", ".local/share/fonts", "Library/Fonts"];
        folders.extend(own.map(|folder| home.join(folder)));
    }
    folders
}

fn load(folders: &[PathBuf]) -> Vec<FontVec> {
    let mut files: Vec<(usize, PathBuf)> = files(folders)
        .into_iter()
        .filter_map(|file| Some((rank(&file)?, file)))
        .collect();
    files.sort();
    files
        .into_iter()
        .filter_map(|(_, file)| {
            let bytes = std::fs::read(file).ok()?;
            FontVec::try_from_vec_and_index(bytes, 0).ok()
        })
        .take(MOST_FONTS)
        .collect()
}

/// The place of a font file in the list, those of regular weight first.
fn rank(file: &Path) -> Option<usize> {
    let name = file.file_name()?.to_str()?.to_lowercase();
    let fonts = ["ttf", "ttc", "otf"];
    let extension = file.extension()?.to_str()?.to_lowercase();
    if !fonts.contains(&extension.as_str()) {
        return None;
    }
    let place = NAMES.iter().position(|known| name.contains(known))?;
    let heavy = ["bold", "black", "light", "thin", "medium", "heavy"];
    let other_weight = heavy.iter().any(|weight| name.contains(weight));
    Some(2 * place + usize::from(other_weight))
}

fn files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = folders.to_vec();
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST_FILES {
                return files;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_known_by_their_files() {
        let rank = |name: &str| rank(Path::new(name));
        assert!(rank("NotoSansCJK-Regular.ttc") < rank("NotoSansCJK-Bold.ttc"));
        assert!(rank("NotoSansCJK-Regular.ttc") < rank("DroidSansFallbackFull.ttf"));
        assert_eq!(rank("NotoSansCJK.txt"), None);
        assert_eq!(rank("Comic.ttf"), None);
    }

    #[test]
    fn a_font_is_loaded_from_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("truetype");
        std::fs::create_dir(&deep).unwrap();
        std::fs::write(
            deep.join("DroidSansFallback.ttf"),
            crate::fonts::DEJAVU_SANS,
        )
        .unwrap();
        std::fs::write(deep.join("unifont.ttf"), b"no font").unwrap();
        let fonts = load(&[folder.path().to_owned()]);
        assert_eq!(fonts.len(), 1);
        assert_ne!(fonts[0].glyph_id('x'), GlyphId(0));
        assert!(load(&[folder.path().join("none")]).is_empty());
    }
}
