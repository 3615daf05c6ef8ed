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

    /// The ink, dark or white, that can be read on this colour, on any page.
    pub fn ink(self) -> Paint {
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
/// What is written on a light or a dark colour, the same on every page.
const INK: Paint = Paint::new(0x222222, 0x222222);
const PAPER: Paint = Paint::new(0xfdfdfd, 0xfdfdfd);
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

/// All paints that differ from page to page.
const THEMED: [Paint; 22] = [
    BACK, TITLE, TEXT, DIM, AXIS, GRID, EDGE, NULL, OTHER, HOLE, GROUPS[0], GROUPS[1], GROUPS[2],
    GROUPS[3], GROUPS[4], GROUPS[5], GROUPS[6], GROUPS[7], GROUPS[8], GROUPS[9], GROUPS[10],
    GROUPS[11],
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

/// A colour for each share between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ramp {
    /// White to dark blue, for cells with text on them.
    Blues,
    /// Vermillion over white to blue, for values around zero.
    Diverging,
    /// Dark violet to green, for points on white.
    Viridis,
    /// The same for areas, on every page.
    Field,
}

impl Ramp {
    /// The colour at a share between 0 and 1.
    pub fn at(self, share: f64) -> Rgb {
        let stops: &[Rgb; 5] = match self {
            Ramp::Blues => &[
                Rgb(0xf7, 0xfb, 0xff),
                Rgb(0xc6, 0xdb, 0xef),
                Rgb(0x6b, 0xae, 0xd6),
                Rgb(0x21, 0x71, 0xb5),
                Rgb(0x08, 0x30, 0x6b),
            ],
            Ramp::Diverging => &[
                Rgb(0xb3, 0x4a, 0x00),
                Rgb(0xee, 0xa5, 0x6b),
                Rgb(0xfa, 0xfa, 0xfa),
                Rgb(0x6b, 0xae, 0xd6),
                Rgb(0x00, 0x54, 0x8a),
            ],
            // Without the yellow end, which cannot be seen on white.
            Ramp::Viridis | Ramp::Field => &[
                Rgb(0x44, 0x01, 0x54),
                Rgb(0x3b, 0x52, 0x8b),
                Rgb(0x21, 0x91, 0x8c),
                Rgb(0x4f, 0xc3, 0x6b),
                Rgb(0xb0, 0xd8, 0x2f),
            ],
        };
        between(stops, share)
    }

    /// The colour of a point: violet cannot be seen on a dark page, yellow can.
    pub fn point(self, share: f64) -> Paint {
        let light = self.at(share);
        let dark = match self {
            Ramp::Viridis => between(
                &[
                    Rgb(0x5a, 0x6f, 0xc0),
                    Rgb(0x2b, 0x9a, 0xa6),
                    Rgb(0x35, 0xb7, 0x79),
                    Rgb(0x90, 0xd7, 0x43),
                    Rgb(0xfd, 0xe7, 0x25),
                ],
                share,
            ),
            Ramp::Blues | Ramp::Diverging | Ramp::Field => light,
        };
        Paint { light, dark }
    }
}

/// The colour at a share between 0 and 1 of the way along some.
fn between(stops: &[Rgb; 5], share: f64) -> Rgb {
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
                let contrast = contrast(color, color.ink().light);
                assert!(contrast > 3.0, "{ramp:?} at {step}: {contrast:.1}");
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
            let paint = Ramp::Viridis.point(f64::from(step) / 20.0);
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
    fn ramps_take_any_number() {
        for share in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.5, 1.0, 2.0] {
            let _ = Ramp::Viridis.at(share).hex();
        }
        assert_eq!(Ramp::Diverging.at(0.5).hex(), "#fafafa");
    }
}
