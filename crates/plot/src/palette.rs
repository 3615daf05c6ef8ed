//! Colours: distinguishable by people with any colour vision, on a light page
//! and on a dark one.
//!
//! A picture does not know on which page it will stand. So what is drawn has a
//! [`Paint`], a colour for either; an SVG carries both and the browser chooses,
//! a PNG is painted for one.

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rgb(pub u8, pub u8, pub u8);

/// A colour on light pages and its counterpart on dark ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Paint {
    pub light: Rgb,
    pub dark: Rgb,
}

/// Which page a picture is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// The one that the reader has chosen, as far as the format can follow.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Rgb {
    /// The colour as `#rrggbb`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// The ink, dark or white, that can be read on this colour.
    fn ink(self) -> Rgb {
        if self.luminance() > 0.3 { INK } else { PAPER }
    }

    fn luminance(self) -> f64 {
        let linear = |c: u8| (f64::from(c) / 255.0).powf(2.2);
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The colour on the way to another one.
    pub fn mix(self, other: Rgb, share: f64) -> Rgb {
        let mix = |a: u8, b: u8| {
            (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8
        };
        Rgb(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }
}

impl Paint {
    const fn new(light: u32, dark: u32) -> Paint {
        Paint {
            light: rgb(light),
            dark: rgb(dark),
        }
    }

    /// What can be read on it, on either page.
    pub fn ink(self) -> Paint {
        Paint {
            light: self.light.ink(),
            dark: self.dark.ink(),
        }
    }

    /// The colour for a page; the light one where nobody knows.
    pub fn on(self, theme: Theme) -> Rgb {
        if theme == Theme::Dark {
            self.dark
        } else {
            self.light
        }
    }
}

impl From<Rgb> for Paint {
    /// The same on every page.
    fn from(color: Rgb) -> Paint {
        Paint {
            light: color,
            dark: color,
        }
    }
}

const fn rgb(hex: u32) -> Rgb {
    Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// What a chart stands on.
pub(crate) const BACK: Paint = Paint::new(0xffffff, 0x14171a);
pub(crate) const TITLE: Paint = Paint::new(0x1a1a1a, 0xf0f0f0);
pub(crate) const TEXT: Paint = Paint::new(0x333333, 0xd6d9dc);
pub(crate) const DIM: Paint = Paint::new(0x5f6368, 0xa3a9af);
pub(crate) const AXIS: Paint = Paint::new(0x999999, 0x70767d);
pub(crate) const GRID: Paint = Paint::new(0xe8e8e8, 0x2b3036);
/// The outlines of boxes, whiskers and medians.
pub(crate) const EDGE: Paint = Paint::new(0x3a3a3a, 0xc8ccd0);
/// Rows whose colour column is null.
pub(crate) const NULL: Paint = Paint::new(0xb0b0b0, 0x7f858b);
/// Groups beyond those that have a colour of their own.
pub(crate) const OTHER: Paint = Paint::new(0x808080, 0xa8a8a8);
/// A cell of a heatmap without a value.
pub(crate) const HOLE: Paint = Paint::new(0xeeeeee, 0x262a2f);
/// What is written on a light or a dark colour.
const INK: Rgb = rgb(0x222222);
const PAPER: Rgb = rgb(0xfdfdfd);
/// Everything, when there are no groups.
pub(crate) const FIRST: Paint = GROUPS[0];
/// A trend line over uncoloured points.
pub(crate) const TREND: Paint = GROUPS[1];

/// The eight colours of Okabe and Ito with the faint yellow late, followed by
/// four of Paul Tol's muted scheme for those who need more; on dark pages
/// lighter ones of the same hues.
pub(crate) const GROUPS: [Paint; 12] = [
    Paint::new(0x0072b2, 0x3d94d9),
    Paint::new(0xd55e00, 0xea6d26),
    Paint::new(0x009e73, 0x12b886),
    Paint::new(0xcc79a7, 0xd98cb8),
    Paint::new(0xe69f00, 0xf0b429),
    Paint::new(0x56b4e9, 0x9bd5f7),
    Paint::new(0x000000, 0xf2f2f2),
    Paint::new(0xf0e442, 0xf5ec6e),
    Paint::new(0x332288, 0x8c7ae6),
    Paint::new(0x882255, 0xb8487f),
    Paint::new(0x999933, 0xbdbd55),
    Paint::new(0x661100, 0xa8553f),
];

/// What is written on cells that are light on one page and dark on the other.
const TURNING: [Paint; 2] = [
    Paint {
        light: INK,
        dark: PAPER,
    },
    Paint {
        light: PAPER,
        dark: INK,
    },
];

/// All paints that differ from page to page.
const THEMED: [Paint; 24] = [
    BACK, TITLE, TEXT, DIM, AXIS, GRID, EDGE, NULL, OTHER, HOLE, GROUPS[0], GROUPS[1], GROUPS[2],
    GROUPS[3], GROUPS[4], GROUPS[5], GROUPS[6], GROUPS[7], GROUPS[8], GROUPS[9], GROUPS[10],
    GROUPS[11], TURNING[0], TURNING[1],
];

impl Paint {
    /// A number by which style sheets of all charts know a themed paint.
    pub fn number(self) -> Option<usize> {
        THEMED.iter().position(|themed| *themed == self)
    }

    /// The themed paint of a number.
    pub fn numbered(number: usize) -> Option<Paint> {
        THEMED.get(number).copied()
    }
}

/// A colour for each share between 0 and 1. What is little, or nearly nothing,
/// is near the colour of the page, on a light one as on a dark one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ramp {
    /// From the page to blue, for cells with text on them.
    Blues,
    /// Vermillion over the page to blue, for values around zero.
    Diverging,
    /// Violet to yellow-green, for points and areas, all of which can be seen.
    Viridis,
}

impl Ramp {
    /// The colour at a share between 0 and 1.
    pub fn at(self, share: f64) -> Paint {
        let [light, dark] = match self {
            Ramp::Blues => [
                [0xf7fbff, 0xc6dbef, 0x6baed6, 0x2171b5, 0x08306b],
                [0x1b242e, 0x1d4468, 0x2b76b3, 0x6cb2e8, 0xd3eaff],
            ],
            Ramp::Diverging => [
                [0xb34a00, 0xeea56b, 0xfafafa, 0x6baed6, 0x00548a],
                [0xffb27a, 0xb35a1c, 0x20252b, 0x2a6da3, 0x85c8fa],
            ],
            // Without the yellow end, which cannot be seen on white, and
            // without the violet one, which cannot be seen on black.
            Ramp::Viridis => [
                [0x440154, 0x3b528b, 0x21918c, 0x4fc36b, 0xb0d82f],
                [0x5a6fc0, 0x2b9aa6, 0x35b779, 0x90d743, 0xfde725],
            ],
        };
        Paint {
            light: between(light.map(rgb), share),
            dark: between(dark.map(rgb), share),
        }
    }
}

/// The colour at a share between 0 and 1 of the way along some.
fn between(stops: [Rgb; 5], share: f64) -> Rgb {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let place = share * (stops.len() - 1) as f64;
    let below = (place.floor() as usize).min(stops.len() - 2);
    stops[below].mix(stops[below + 1], place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How people with each of the three sorts of dichromacy see a colour:
    /// Machado, Oliveira and Fernandes (2009), at full severity.
    const VISIONS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ];

    fn linear(color: Rgb) -> [f64; 3] {
        [color.0, color.1, color.2].map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// CIE L*a*b* of a colour as somebody sees it.
    fn seen(color: Rgb, vision: &[[f64; 3]; 3]) -> [f64; 3] {
        let rgb = linear(color);
        let dot = |row: &[f64; 3]| {
            row.iter()
                .zip(&rgb)
                .map(|(a, b)| a * b)
                .sum::<f64>()
                .clamp(0.0, 1.0)
        };
        let [r, g, b] = [dot(&vision[0]), dot(&vision[1]), dot(&vision[2])];
        let xyz = [
            (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
            0.2126 * r + 0.7152 * g + 0.0722 * b,
            (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
        ];
        let [x, y, z] = xyz.map(|t: f64| {
            if t > 0.008_856 {
                t.cbrt()
            } else {
                7.787 * t + 16.0 / 116.0
            }
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn apart(a: Rgb, b: Rgb, vision: &[[f64; 3]; 3]) -> f64 {
        let (a, b) = (seen(a, vision), seen(b, vision));
        a.iter()
            .zip(&b)
            .map(|(a, b)| (a - b) * (a - b))
            .sum::<f64>()
            .sqrt()
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let light = |color| {
            let [r, g, b] = linear(color);
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn everybody_can_tell_the_first_groups_apart() {
        for theme in [Theme::Light, Theme::Dark] {
            for (sort, vision) in VISIONS.iter().enumerate() {
                for (i, one) in GROUPS[..8].iter().enumerate() {
                    for (j, other) in GROUPS[..i].iter().enumerate() {
                        let apart = apart(one.on(theme), other.on(theme), vision);
                        assert!(
                            apart > 9.0,
                            "{theme:?}, vision {sort}: groups {j} and {i} are {apart:.1} apart"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn texts_and_the_first_groups_stand_out_from_the_page() {
        for theme in [Theme::Light, Theme::Dark] {
            let back = BACK.on(theme);
            for text in [TITLE, TEXT, DIM] {
                assert!(contrast(text.on(theme), back) > 4.5, "{text:?}");
            }
            for group in &GROUPS[..4] {
                assert!(contrast(group.on(theme), back) > 2.9, "{group:?}");
            }
        }
    }

    #[test]
    fn ink_can_be_read_on_every_cell() {
        for ramp in [Ramp::Blues, Ramp::Diverging] {
            for step in 0..=100 {
                let color = ramp.at(f64::from(step) / 100.0);
                for theme in [Theme::Light, Theme::Dark] {
                    let contrast = contrast(color.on(theme), color.ink().on(theme));
                    assert!(
                        contrast > 3.0,
                        "{ramp:?} at {step}, {theme:?}: {contrast:.1}"
                    );
                }
            }
        }
    }

    #[test]
    fn themed_paints_have_numbers_of_their_own() {
        for number in 0..THEMED.len() {
            assert_eq!(
                Paint::numbered(number).and_then(Paint::number),
                Some(number)
            );
        }
        assert_eq!(Paint::from(Rgb(1, 2, 3)).number(), None);
    }

    #[test]
    fn points_on_a_scale_stand_out_from_the_page() {
        for step in 0..=20 {
            let paint = Ramp::Viridis.at(f64::from(step) / 20.0);
            for (color, page) in [(paint.light, BACK.light), (paint.dark, BACK.dark)] {
                let (one, other) = (color.luminance() + 0.05, page.luminance() + 0.05);
                let contrast = one.max(other) / one.min(other);
                assert!(
                    contrast > 1.6,
                    "{} on {}: {contrast}",
                    color.hex(),
                    page.hex()
                );
            }
        }
    }

    #[test]
    fn what_is_little_does_not_glare() {
        for theme in [Theme::Light, Theme::Dark] {
            let page = BACK.on(theme);
            for (ramp, least) in [(Ramp::Blues, 0.0), (Ramp::Diverging, 0.5)] {
                let away = |share| contrast(ramp.at(share).on(theme), page);
                assert!(away(least) < 1.3, "{ramp:?}, {theme:?}: {}", away(least));
                // From there on it stands out more and more.
                for step in 1..=20 {
                    let share = |step: usize| least + (1.0 - least) * step as f64 / 20.0;
                    assert!(
                        away(share(step)) > away(share(step - 1)),
                        "{ramp:?} at {step}"
                    );
                }
            }
        }
    }

    #[test]
    fn ramps_take_any_number() {
        for share in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.5, 1.0, 2.0] {
            let _ = Ramp::Viridis.at(share).light.hex();
        }
        assert_eq!(Ramp::Diverging.at(0.5).light.hex(), "#fafafa");
    }
}
