//! Many points as a picture of pixels. A browser that has to draw a hundred
//! thousand circles stands still, and where they lie over each other nothing
//! can be told any more. From some thousands on, points are drawn here into an
//! image with a transparent ground, which the SVG holds as a PNG between its
//! sharp axes. From many thousands on, what is drawn is how many points lie in
//! each place, on a scale on which a single one can be seen as well as a crowd.

use crate::palette::{FIRST, Paint, Theme};

/// Pixels of an image per pixel of the scene.
pub(crate) const SCALE: f64 = 2.0;
/// From here on, places are counted instead of circles drawn.
const CROWD: usize = 40_000;

/// An image with a transparent ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pixmap {
    pub width: usize,
    pub height: usize,
    /// Red, green, blue and opacity of each pixel, row by row, the colours
    /// not multiplied by the opacity.
    pub pixels: Vec<u8>,
}

impl Pixmap {
    /// A transparent image of a size in pixels.
    pub fn new(width: usize, height: usize) -> Pixmap {
        Pixmap {
            width,
            height,
            pixels: vec![0; 4 * width * height],
        }
    }

    /// The image as a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        // Few different pixels, most of them transparent: differences between
        // neighbours would be more different than the pixels are.
        encoder.set_compression(png::Compression::Default);
        encoder.set_filter(png::FilterType::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }

    /// Puts a colour over a pixel.
    fn blend(&mut self, index: usize, color: [f32; 3], share: f32) {
        let Some(pixel) = self.pixels.get_mut(4 * index..4 * index + 4) else {
            return;
        };
        let below = f32::from(pixel[3]) / 255.0;
        let opacity = share + below * (1.0 - share);
        if opacity <= 0.0 {
            return;
        }
        for (old, new) in pixel.iter_mut().zip(color) {
            let mixed = (new * share + f32::from(*old) * below * (1.0 - share)) / opacity;
            *old = mixed.round() as u8;
        }
        pixel[3] = (opacity * 255.0).round() as u8;
    }
}

/// Points, in pixels of the scene from the left top corner of an area, as an
/// image of the area.
pub(crate) fn points(
    points: &[(f64, f64, Paint)],
    (width, height): (f64, f64),
    radius: f64,
    opacity: f64,
    theme: Theme,
) -> Pixmap {
    let image = Pixmap::new(
        (width * SCALE).ceil().max(1.0) as usize,
        (height * SCALE).ceil().max(1.0) as usize,
    );
    if points.len() > CROWD {
        crowd(points, image, theme)
    } else {
        dots(points, image, radius * SCALE, opacity, theme)
    }
}

/// One smooth disc for each point, from a few stamps for the places within a
/// pixel.
fn dots(
    points: &[(f64, f64, Paint)],
    mut image: Pixmap,
    radius: f64,
    opacity: f64,
    theme: Theme,
) -> Pixmap {
    const PLACES: usize = 4;
    let reach = radius.ceil() as i64 + 1;
    let side = (2 * reach + 1) as usize;
    let mut stamps = Vec::with_capacity(PLACES * PLACES);
    for place in 0..PLACES * PLACES {
        let offset = |step: usize| (step as f64 + 0.5) / PLACES as f64;
        let (dx, dy) = (offset(place % PLACES), offset(place / PLACES));
        let coverage = |at: usize| {
            let x = (at % side) as f64 - reach as f64 + 0.5 - dx;
            let y = (at / side) as f64 - reach as f64 + 0.5 - dy;
            ((radius - x.hypot(y) + 0.5).clamp(0.0, 1.0) * opacity) as f32
        };
        stamps.push((0..side * side).map(coverage).collect::<Vec<f32>>());
    }
    for (x, y, paint) in points {
        let (x, y) = (x * SCALE, y * SCALE);
        let color = paint.on(theme);
        let color = [color.0, color.1, color.2].map(f32::from);
        let step = |value: f64| ((value - value.floor()) * PLACES as f64) as usize % PLACES;
        let stamp = &stamps[step(y) * PLACES + step(x)];
        let (left, top) = (x.floor() as i64 - reach, y.floor() as i64 - reach);
        for (at, share) in stamp.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let column = left + (at % side) as i64;
            let row = top + (at / side) as i64;
            if (0..image.width as i64).contains(&column) && (0..image.height as i64).contains(&row)
            {
                image.blend(row as usize * image.width + column as usize, color, *share);
            }
        }
    }
    // Finer steps of opacity cannot be seen, and make a larger file.
    for opacity in image.pixels.iter_mut().skip(3).step_by(4) {
        *opacity = opacity.saturating_add(2) / 5 * 5;
    }
    image
}

/// How many points lie in each place, on a logarithmic scale: opacity grows
/// first, then the colour moves away from the page. It is the mean of the
/// colours of all that lie there.
fn crowd(points: &[(f64, f64, Paint)], mut image: Pixmap, theme: Theme) -> Pixmap {
    // Steps of the scale: more of them cannot be seen, and make a larger file.
    const STEPS: f32 = 60.0;
    // At this share of the scale nothing of the page shines through any more.
    const FULL: f32 = 0.7;
    let far = match theme {
        Theme::Dark => [255.0; 3],
        Theme::Auto | Theme::Light => [0.0; 3],
    };
    let counts = counted(points, &image);
    let colors = colored(points, &image, theme);
    let mut full: Vec<f32> = counts.iter().copied().filter(|n| *n > 0.0).collect();
    // A few places of extreme density must not make all others faint.
    let nearly_most = full.len().saturating_sub(1) * 995 / 1000;
    let most = match full.is_empty() {
        true => 1.0,
        false => *full.select_nth_unstable_by(nearly_most, f32::total_cmp).1,
    };
    let pixels = image.pixels.chunks_exact_mut(4);
    for (place, (pixel, count)) in pixels.zip(counts).enumerate() {
        if count > 0.0 {
            let share = if most > 1.0 {
                ((STEPS * count.ln() / most.ln()).round() / STEPS).min(1.0)
            } else {
                FULL
            };
            let away = 0.5 * ((share - FULL) / (1.0 - FULL)).max(0.0);
            let color = match &colors {
                Colors::One(color) => *color,
                Colors::Sums(sums) => sums[place].map(|sum| sum / count),
            };
            for ((part, color), far) in pixel.iter_mut().zip(color).zip(far) {
                *part = (color + (far - color) * away).round() as u8;
            }
            pixel[3] = (255.0 * (0.38 + 0.62 * (share / FULL).min(1.0))).round() as u8;
        }
    }
    image
}

/// Of each pixel of a crowd.
enum Colors {
    /// All points have the same.
    One([f32; 3]),
    /// Sums of red, green and blue.
    Sums(Vec<[f32; 3]>),
}

fn counted(points: &[(f64, f64, Paint)], image: &Pixmap) -> Vec<f32> {
    let mut counts = vec![0.0; image.width * image.height];
    for point in points {
        covered(point, image, |place| counts[place] += 1.0);
    }
    counts
}

fn colored(points: &[(f64, f64, Paint)], image: &Pixmap, theme: Theme) -> Colors {
    let parts = |paint: &Paint| {
        let color = paint.on(theme);
        [color.0, color.1, color.2].map(f32::from)
    };
    let first = points.first().map_or(FIRST, |point| point.2);
    if points.iter().all(|point| point.2 == first) {
        return Colors::One(parts(&first));
    }
    let mut sums = vec![[0.0; 3]; image.width * image.height];
    for point in points {
        let [red, green, blue] = parts(&point.2);
        covered(point, image, |place| {
            let sum = &mut sums[place];
            (sum[0], sum[1], sum[2]) = (sum[0] + red, sum[1] + green, sum[2] + blue);
        });
    }
    Colors::Sums(sums)
}

/// The pixels of a point: two by two of the image are one of the scene.
fn covered((x, y, _): &(f64, f64, Paint), image: &Pixmap, mut at: impl FnMut(usize)) {
    let left = ((x * SCALE).round() as i64 - 1).max(0) as usize;
    let top = ((y * SCALE).round() as i64 - 1).max(0) as usize;
    for row in top..(top + 2).min(image.height) {
        for column in left..(left + 2).min(image.width) {
            at(row * image.width + column);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::palette::GROUPS;

    fn opacities(image: &Pixmap) -> Vec<u8> {
        image.pixels.iter().skip(3).step_by(4).copied().collect()
    }

    #[test]
    fn a_dot_covers_its_disc() {
        let image = points(
            &[(10.0, 10.0, GROUPS[0])],
            (20.0, 20.0),
            3.0,
            1.0,
            Theme::Light,
        );
        let ink: f64 = opacities(&image)
            .iter()
            .map(|o| f64::from(*o) / 255.0)
            .sum();
        let disc = std::f64::consts::PI * (3.0 * SCALE).powi(2);
        assert!((ink - disc).abs() < 0.05 * disc, "{ink} {disc}");
        assert_eq!(&image.pixels[4 * (20 * 40 + 20)..][..3], [0, 0x72, 0xb2]);
    }

    #[test]
    fn in_a_crowd_a_single_point_can_be_seen() {
        let mut places: Vec<(f64, f64, Paint)> = (0..CROWD + 1)
            .map(|i| (5.0 + (i % 7) as f64, 5.0, GROUPS[0]))
            .collect();
        places.push((30.0, 30.0, GROUPS[1]));
        let image = points(&places, (40.0, 40.0), 1.0, 1.0, Theme::Light);
        let alone = &image.pixels[4 * (60 * 80 + 60)..][..4];
        assert_eq!(alone[..3], [0xd5, 0x5e, 0x00]);
        assert!((50..100).contains(&alone[3]), "{alone:?}");
        assert_eq!(opacities(&image).iter().max(), Some(&255));
    }

    #[test]
    fn points_outside_leave_nothing() {
        let outside = [(-50.0, 3.0, GROUPS[0]), (3.0, 900.0, GROUPS[0])];
        let image = points(&outside, (20.0, 20.0), 3.0, 1.0, Theme::Light);
        assert!(opacities(&image).iter().all(|o| *o == 0));
    }

    #[test]
    fn the_file_is_a_png() {
        assert!(Pixmap::new(3, 2).png().unwrap().starts_with(b"\x89PNG\r\n"));
    }
}
