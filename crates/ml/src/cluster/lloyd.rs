//! The steps of k-means: rows to their nearest centres, centres to the means of their rows.
//!
//! linfa-clustering's k-means compares each row with each centre one by one, counts an
//! old centre as one more row of its group, so that its centres never arrive at the
//! means, and took three times as long as scikit-learn's; it stood here before. Distances
//! to all centres are now one product of matrices for a block of rows, and rows that
//! cannot have changed their group are not looked at: each keeps a bound of how near its
//! own centre and how far the next one is (Hamerly 2010).

use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, s};
use rand::Rng;
use rand::rngs::StdRng;

use crate::model::crew::crew;
use crate::model::parallel;
use crate::wide::{Wide, widest};

/// Rows whose sums are made together; it does not depend on the number of threads, and
/// so the sums do not.
const PART: usize = 2_048;
/// Rows that are multiplied with the centres at a time.
const BLOCK: usize = 256;
/// With fewer products than this, threads cost more than they bring.
const WORTH_THREADS: usize = 2_000_000;
/// As [`WORTH_THREADS`], for threads that stay for all steps.
const WORTH_CREW: usize = 250_000;

/// Rows around their mean, which keeps digits where distances are differences.
pub(super) struct Rows {
    pub x: Array2<f64>,
    pub mean: Array1<f64>,
    squares: Vec<f64>,
    /// The mean of the variances of the columns.
    pub variance: f64,
}

impl Rows {
    pub fn of(x: &Array2<f64>) -> Self {
        let mean = x.sum_axis(Axis(0)) / x.nrows().max(1) as f64;
        let mut x = x.as_standard_layout().into_owned();
        let mut squares = Vec::with_capacity(x.nrows());
        for mut row in x.rows_mut() {
            let mut square = 0.0;
            for (value, mean) in row.iter_mut().zip(&mean) {
                *value -= mean;
                square += *value * *value;
            }
            squares.push(square);
        }
        let variance = squares.iter().sum::<f64>() / x.len().max(1) as f64;
        Self {
            x,
            mean,
            squares,
            variance,
        }
    }

    /// Centres, as rows of the data as it came.
    pub fn as_given(&self, centers: &Array2<f64>) -> Array2<f64> {
        centers + &self.mean
    }

    fn parts(&self) -> Vec<Range<usize>> {
        let rows = self.x.nrows();
        let starts = (0..rows).step_by(PART);
        starts
            .map(|start| start..(start + PART).min(rows))
            .collect()
    }

    fn worth_threads(&self, centers: usize) -> bool {
        self.x.len() * centers >= WORTH_THREADS
    }
}

/// Runs a part after the other, or on all cores if there is enough to do.
fn over<S: Send, T: Send>(
    threads: bool,
    things: Vec<S>,
    part: impl Fn(usize, S) -> T + Sync,
) -> Vec<T> {
    if threads {
        parallel::each(things, part)
    } else {
        let numbered = things.into_iter().enumerate();
        numbered
            .map(|(number, thing)| part(number, thing))
            .collect()
    }
}

/// Centres that are far from each other: each is drawn by its squared distance to those
/// before it, the best of a few draws (k-means++, as scikit-learn has it).
pub(super) fn far_centers(rows: &Rows, count: usize, rng: &mut StdRng) -> Array2<f64> {
    let all = rows.x.nrows();
    let trials = 2 + (count as f64).ln() as usize;
    let mut centers = Array2::zeros((count, rows.x.ncols()));
    let first = rng.gen_range(0..all);
    centers.row_mut(0).assign(&rows.x.row(first));
    let mut nearest = distances(rows, &[first])
        .into_iter()
        .flatten()
        .collect::<Vec<f64>>();
    for number in 1..count {
        ferrite_interrupt::checkpoint();
        let mut sum = 0.0;
        let up_to: Vec<f64> = nearest
            .iter()
            .map(|square| {
                sum += square;
                sum
            })
            .collect();
        let draws: Vec<usize> = (0..trials)
            .map(|_| {
                let place = rng.r#gen::<f64>() * sum;
                up_to.partition_point(|up_to| *up_to <= place).min(all - 1)
            })
            .collect();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for (draw, squares) in draws.iter().zip(distances(rows, &draws)) {
            let now: Vec<f64> = nearest
                .iter()
                .zip(squares)
                .map(|(old, new)| old.min(new))
                .collect();
            let left = now.iter().sum();
            if best.as_ref().is_none_or(|(least, ..)| left < *least) {
                best = Some((left, *draw, now));
            }
        }
        if let Some((_, draw, now)) = best {
            centers.row_mut(number).assign(&rows.x.row(draw));
            nearest = now;
        }
    }
    centers
}

/// The squared distances of all rows to each of some rows.
fn distances(rows: &Rows, to: &[usize]) -> Vec<Vec<f64>> {
    let those = rows.x.select(Axis(0), to);
    let parts = rows.parts();
    let threads = rows.worth_threads(to.len());
    let pieces = over(threads, parts, |_, part: Range<usize>| {
        let products = those.dot(&rows.x.slice(s![part.clone(), ..]).t());
        let far = |(products, to): (ArrayView1<f64>, &usize)| {
            let products = products.into_iter().zip(&rows.squares[part.clone()]);
            let square =
                |(product, own): (&f64, &f64)| (own - 2.0 * product + rows.squares[*to]).max(0.0);
            products.map(square).collect::<Vec<f64>>()
        };
        let each = products.rows().into_iter().zip(to);
        each.map(far).collect::<Vec<Vec<f64>>>()
    });
    let mut all = vec![Vec::with_capacity(rows.x.nrows()); to.len()];
    for piece in pieces {
        for (all, piece) in all.iter_mut().zip(piece) {
            all.extend(piece);
        }
    }
    // A row has no distance to itself, whatever rounding says.
    for (squares, row) in all.iter_mut().zip(to) {
        squares[*row] = 0.0;
    }
    all
}

/// The nearest centre of some rows, how far it is and how far the next one.
#[derive(Default)]
struct Found {
    /// The numbers of centres: of the size of what they are chosen with.
    groups: Vec<f64>,
    near: Vec<f64>,
    far: Vec<f64>,
}

impl Found {
    /// By products with all centres.
    fn nearest(
        &mut self,
        x: ArrayView2<f64>,
        squares: &[f64],
        centers: &Array2<f64>,
        of_centers: &[f64],
    ) {
        for column in [&mut self.groups, &mut self.near, &mut self.far] {
            column.clear();
            column.resize(x.nrows(), f64::INFINITY);
        }
        // A row for each centre, so that rows are compared side by side.
        let products = centers.dot(&x.t());
        let products = products.as_standard_layout();
        widest(Compare {
            products: products.as_slice().unwrap_or_default(),
            of_centers,
            squares,
            found: self,
        });
    }
}

struct Compare<'a> {
    products: &'a [f64],
    of_centers: &'a [f64],
    squares: &'a [f64],
    found: &'a mut Found,
}

impl Wide for Compare<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let count = self.squares.len();
        let groups = &mut self.found.groups[..count];
        let near = &mut self.found.near[..count];
        let far = &mut self.found.far[..count];
        let products = self.products.chunks(count).zip(self.of_centers);
        for (center, (products, square)) in products.enumerate() {
            let center = center as f64;
            let products = &products[..count];
            for at in 0..count {
                let apart = square - 2.0 * products[at];
                let is_nearer = apart < near[at];
                let other = if is_nearer { near[at] } else { apart };
                far[at] = if other < far[at] { other } else { far[at] };
                near[at] = if is_nearer { apart } else { near[at] };
                groups[at] = if is_nearer { center } else { groups[at] };
            }
        }
        for at in 0..count {
            near[at] = (self.squares[at] + near[at]).max(0.0).sqrt();
            far[at] = (self.squares[at] + far[at]).max(0.0).sqrt();
        }
    }
}

fn squares_of(centers: &Array2<f64>) -> Vec<f64> {
    let rows = centers.rows().into_iter();
    rows.map(|center| center.dot(&center)).collect()
}

/// Where rows of a part belong, and the sums of its groups.
struct Part {
    rows: Range<usize>,
    groups: Vec<usize>,
    /// At least as far as its own centre.
    near: Vec<f64>,
    /// At most as far as any other centre.
    far: Vec<f64>,
    sums: Array2<f64>,
    counts: Vec<f64>,
}

/// How the centres have moved, and how far they are from each other.
struct Moves {
    each: Vec<f64>,
    /// The centre that moved most, by how much, and the most of all others.
    most: (usize, f64, f64),
    /// Half the distance of each to the next centre.
    half: Vec<f64>,
}

impl Part {
    fn new(rows: Range<usize>, (groups, width): (usize, usize)) -> Self {
        let count = rows.len();
        Self {
            rows,
            groups: vec![usize::MAX; count],
            near: vec![f64::INFINITY; count],
            far: vec![0.0; count],
            sums: Array2::zeros((groups, width)),
            counts: vec![0.0; groups],
        }
    }

    /// Brings the bounds up to date; gives the rows that may have changed their group.
    fn doubtful(&mut self, moves: &Moves) -> Vec<usize> {
        if self.groups.first() == Some(&usize::MAX) {
            return (0..self.groups.len()).collect();
        }
        let (most, largest, second) = moves.most;
        let mut doubtful = vec![0; self.groups.len()];
        let mut count = 0;
        let rows = self.groups.iter().zip(&mut self.near).zip(&mut self.far);
        for (row, ((group, near), far)) in rows.enumerate() {
            *near += moves.each[*group];
            *far -= if *group == most { second } else { largest };
            // Without a branch, as nobody can guess it.
            doubtful[count] = row;
            count += usize::from(*near > far.max(moves.half[*group]));
        }
        doubtful.truncate(count);
        doubtful
    }

    /// Puts each row to its nearest centre; gives how many changed.
    fn assign(&mut self, all: &Rows, centers: &Array2<f64>, moves: &Moves) -> usize {
        let of_centers = squares_of(centers);
        let doubtful = self.doubtful(moves);
        let mut changed = 0;
        let (mut found, mut squares) = (Found::default(), Vec::new());
        let mut selected = Array2::zeros((BLOCK, all.x.ncols()));
        for block in doubtful.chunks(BLOCK) {
            let first = self.rows.start + block[0];
            let last = self.rows.start + block[block.len() - 1];
            let x = if last + 1 - first == block.len() {
                all.x.slice(s![first..=last, ..])
            } else {
                for (mut to, row) in selected.rows_mut().into_iter().zip(block) {
                    copy(to.view_mut(), all.x.row(self.rows.start + row));
                }
                selected.slice(s![..block.len(), ..])
            };
            squares.clear();
            let own = block.iter().map(|row| all.squares[self.rows.start + row]);
            squares.extend(own);
            found.nearest(x, &squares, centers, &of_centers);
            for (at, row) in block.iter().enumerate() {
                let group = found.groups[at] as usize;
                let old = std::mem::replace(&mut self.groups[*row], group);
                self.near[*row] = found.near[at];
                self.far[*row] = found.far[at];
                if old != group {
                    changed += 1;
                    let values = x.row(at);
                    add(self.sums.row_mut(group), 1.0, values);
                    self.counts[group] += 1.0;
                    if old != usize::MAX {
                        add(self.sums.row_mut(old), -1.0, values);
                        self.counts[old] -= 1.0;
                    }
                }
            }
        }
        changed
    }

    /// The sums anew, without what adding and subtracting has rounded.
    fn sum_anew(&mut self, all: &Rows) {
        self.sums.fill(0.0);
        for (row, group) in self.rows.clone().zip(&self.groups) {
            add(self.sums.row_mut(*group), 1.0, all.x.row(row));
        }
    }
}

/// Copies a row, as [`add`] adds one.
fn copy(mut to: ArrayViewMut1<f64>, row: ArrayView1<f64>) {
    match (to.as_slice_mut(), row.as_slice()) {
        (Some(to), Some(row)) => to.copy_from_slice(row),
        _ => to.assign(&row),
    }
}

/// Adds a row, which are too short for what ndarray does before it adds, to a sum, or
/// takes it away.
fn add(mut sum: ArrayViewMut1<f64>, sign: f64, row: ArrayView1<f64>) {
    if let (Some(sum), Some(row)) = (sum.as_slice_mut(), row.as_slice()) {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += sign * value;
        }
    } else {
        sum.scaled_add(sign, &row);
    }
}

impl Moves {
    fn between(old: &Array2<f64>, new: &Array2<f64>) -> Self {
        let far = |a: ArrayView1<f64>, b: ArrayView1<f64>| {
            let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
            squares.sum::<f64>().sqrt()
        };
        let pairs = old.rows().into_iter().zip(new.rows());
        let each: Vec<f64> = pairs.map(|(old, new)| far(old, new)).collect();
        let mut most = (0, 0.0_f64, 0.0_f64);
        for (center, moved) in each.iter().enumerate() {
            if *moved > most.1 {
                most = (center, *moved, most.1);
            } else {
                most.2 = most.2.max(*moved);
            }
        }
        let count = new.nrows();
        let half = |center: usize| {
            let others = (0..count).filter(|other| *other != center);
            let distances = others.map(|other| far(new.row(center), new.row(other)));
            distances.fold(f64::INFINITY, f64::min) / 2.0
        };
        Self {
            half: (0..count).map(half).collect(),
            each,
            most,
        }
    }

    fn squared(&self) -> f64 {
        self.each.iter().map(|moved| moved * moved).sum()
    }
}

/// What all parts read in a step.
struct Step {
    centers: Array2<f64>,
    moves: Moves,
    /// Whether sums are made anew, and rows stay where they are.
    anew: bool,
}

/// Moves centres until no row changes its group, or they move by less than `tol` times
/// the variance, or `most` steps are made.
pub(super) fn settle(rows: &Rows, centers: Array2<f64>, most: usize, tol: f64) -> Array2<f64> {
    let size = centers.dim();
    let parts = rows.parts().into_iter();
    let parts: Vec<Part> = parts.map(|part| Part::new(part, size)).collect();
    let moves = Moves::between(&centers, &centers);
    let step = RwLock::new(Step {
        centers,
        moves,
        anew: false,
    });
    let work = |mut part: Part| {
        let step = step.read().unwrap_or_else(PoisonError::into_inner);
        let changed = match step.anew {
            true => {
                part.sum_anew(rows);
                0
            }
            false => part.assign(rows, &step.centers, &step.moves),
        };
        (part, changed)
    };
    let lead = |all: &dyn Fn(Vec<Part>) -> Vec<(Part, usize)>| {
        steps(rows, parts, &step, (most, tol), all);
    };
    if rows.x.len() * size.0 >= WORTH_CREW {
        crew(work, lead);
    } else {
        lead(&|parts| parts.into_iter().map(work).collect());
    }
    let step = step.into_inner();
    step.unwrap_or_else(PoisonError::into_inner).centers
}

fn steps(
    rows: &Rows,
    mut parts: Vec<Part>,
    step: &RwLock<Step>,
    (most, tol): (usize, f64),
    all: &dyn Fn(Vec<Part>) -> Vec<(Part, usize)>,
) {
    let write = || step.write().unwrap_or_else(PoisonError::into_inner);
    for number in 0..most {
        ferrite_interrupt::checkpoint();
        let changed: usize;
        (parts, changed) = together(all(parts));
        // The last means, and some on the way, are made of the rows as they are.
        let last = changed == 0;
        if last || number % 16 == 15 {
            write().anew = true;
            (parts, _) = together(all(parts));
        }
        let mut step = write();
        step.anew = false;
        let next = means(&parts, &step.centers);
        step.moves = Moves::between(&step.centers, &next);
        step.centers = next;
        if last || step.moves.squared() <= tol * rows.variance {
            break;
        }
    }
}

fn together(parts: Vec<(Part, usize)>) -> (Vec<Part>, usize) {
    let changed = parts.iter().map(|(_, changed)| changed).sum();
    (parts.into_iter().map(|(part, _)| part).collect(), changed)
}

/// The mean of each group; the old centre where there are no rows.
fn means(parts: &[Part], centers: &Array2<f64>) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros(centers.raw_dim());
    let mut counts = vec![0.0; centers.nrows()];
    for part in parts {
        sums += &part.sums;
        for (count, more) in counts.iter_mut().zip(&part.counts) {
            *count += more;
        }
    }
    for (group, mut sum) in sums.rows_mut().into_iter().enumerate() {
        if counts[group] > 0.0 {
            sum /= counts[group];
        } else {
            sum.assign(&centers.row(group));
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::random;

    fn rows(count: usize) -> Rows {
        let mut rng = random::generator(3, 0);
        Rows::of(&Array2::from_shape_fn((count, 4), |(row, _)| {
            rng.r#gen::<f64>() + (row % 5) as f64
        }))
    }

    fn plainly(rows: &Rows, centers: &Array2<f64>) -> Vec<usize> {
        let near = |row: ArrayView1<f64>| {
            let far = |center: &usize| (&centers.row(*center) - &row).mapv(|d| d * d).sum();
            (0..centers.nrows()).min_by(|a, b| f64::total_cmp(&far(a), &far(b)))
        };
        rows.x.rows().into_iter().filter_map(near).collect()
    }

    #[test]
    fn bounds_leave_out_no_row_that_changes() {
        for count in [300, 5_000] {
            let rows = rows(count);
            let start = far_centers(&rows, 6, &mut random::generator(1, 1));
            let settled = settle(&rows, start.clone(), 500, 0.0);
            // The plain steps, without any bounds.
            let mut centers = start;
            for _ in 0..500 {
                let groups = plainly(&rows, &centers);
                for group in 0..6 {
                    let own: Vec<usize> = (0..count).filter(|row| groups[*row] == group).collect();
                    let mean = rows.x.select(Axis(0), &own).mean_axis(Axis(0));
                    centers.row_mut(group).assign(&mean.unwrap());
                }
                if plainly(&rows, &centers) == groups {
                    break;
                }
            }
            let apart = (&settled - &centers).mapv(f64::abs).sum();
            assert!(apart < 1e-9, "{apart}");
        }
    }

    #[test]
    fn first_centers_are_different_rows() {
        let rows = rows(40);
        let centers = far_centers(&rows, 40, &mut random::generator(0, 0));
        let mut groups = plainly(&rows, &centers);
        groups.sort_unstable();
        assert_eq!(groups, (0..40).collect::<Vec<_>>());
    }
}
