//! Colours: distinguishable by people with any colour vision, and on white.

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// The colour as `#rrggbb`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// The ink, dark or white, that can be read on this colour.
    pub fn ink(self) -> Rgb {
        let linear = |c: u8| (f64::from(c) / 255.0).powf(2.2);
        let luminance = 0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2);
        if luminance > 0.3 { TEXT } else { WHITE }
    }

    fn mix(self, other: Rgb, share: f64) -> Rgb {
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

pub(crate) const WHITE: Rgb = Rgb(255, 255, 255);
pub(crate) const TITLE: Rgb = Rgb(0x1a, 0x1a, 0x1a);
pub(crate) const TEXT: Rgb = Rgb(0x33, 0x33, 0x33);
pub(crate) const DIM: Rgb = Rgb(0x66, 0x66, 0x66);
pub(crate) const AXIS: Rgb = Rgb(0x99, 0x99, 0x99);
pub(crate) const GRID: Rgb = Rgb(0xe8, 0xe8, 0xe8);
/// Rows whose colour column is null.
pub(crate) const NULL: Rgb = Rgb(0xb0, 0xb0, 0xb0);
/// Groups beyond those that have a colour of their own.
pub(crate) const OTHER: Rgb = Rgb(0x80, 0x80, 0x80);
/// A cell of a heatmap without a value.
pub(crate) const HOLE: Rgb = Rgb(0xee, 0xee, 0xee);
/// Everything, when there are no groups.
pub(crate) const FIRST: Rgb = GROUPS[0];
/// A trend line over uncoloured points.
pub(crate) const TREND: Rgb = GROUPS[1];

/// The eight colours of Okabe and Ito with the faint yellow late, followed by
/// four of Paul Tol's muted scheme for those who need more.
pub(crate) const GROUPS: [Rgb; 12] = [
    Rgb(0x00, 0x72, 0xb2),
    Rgb(0xd5, 0x5e, 0x00),
    Rgb(0x00, 0x9e, 0x73),
    Rgb(0xcc, 0x79, 0xa7),
    Rgb(0xe6, 0x9f, 0x00),
    Rgb(0x56, 0xb4, 0xe9),
    Rgb(0x00, 0x00, 0x00),
    Rgb(0xf0, 0xe4, 0x42),
    Rgb(0x33, 0x22, 0x88),
    Rgb(0x88, 0x22, 0x55),
    Rgb(0x99, 0x99, 0x33),
    Rgb(0x66, 0x11, 0x00),
];

/// A colour for each share between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ramp {
    /// White to dark blue, for cells with text on them.
    Blues,
    /// Vermillion over white to blue, for values around zero.
    Diverging,
    /// Dark violet to green, for points on white.
    Viridis,
}

impl Ramp {
    /// The colour at a share between 0 and 1.
    pub fn at(self, share: f64) -> Rgb {
        let stops: &[Rgb] = match self {
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
            Ramp::Viridis => &[
                Rgb(0x44, 0x01, 0x54),
                Rgb(0x3b, 0x52, 0x8b),
                Rgb(0x21, 0x91, 0x8c),
                Rgb(0x4f, 0xc3, 0x6b),
                Rgb(0xb0, 0xd8, 0x2f),
            ],
        };
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let place = share * (stops.len() - 1) as f64;
        let below = (place.floor() as usize).min(stops.len() - 2);
        stops[below].mix(stops[below + 1], place - below as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_dark_on_light_and_white_on_dark() {
        assert_eq!(Ramp::Blues.at(0.0).ink(), TEXT);
        assert_eq!(Ramp::Blues.at(1.0).ink(), WHITE);
    }

    #[test]
    fn ramps_take_any_number() {
        for share in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.5, 1.0, 2.0] {
            let _ = Ramp::Viridis.at(share).hex();
        }
        assert_eq!(Ramp::Diverging.at(0.5).hex(), "#fafafa");
    }
}
