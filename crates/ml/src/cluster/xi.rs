//! Groups as valleys of the reachability plot (Ankerst and others, 1999): where rows lie
//! densely the plot is low, and a valley begins and ends with a steep slope.

/// A steep way down that a valley may begin with.
struct Descent {
    start: usize,
    end: usize,
    /// The highest point since then.
    highest: f64,
}

/// A plot: rows in their order, how far each was to reach and from where.
pub(super) struct Plot<'a> {
    pub rows: &'a [usize],
    pub reachability: &'a [f64],
    pub reached_from: &'a [Option<usize>],
    pub xi: f64,
    pub min_samples: usize,
    pub min_cluster_size: usize,
}

impl Plot<'_> {
    /// The group of each row; a valley inside of another one comes first, and the other
    /// is no group then.
    pub fn labels(&self) -> Vec<Option<usize>> {
        let mut labels = vec![None; self.rows.len()];
        let mut groups = 0;
        for (start, end) in self.valleys() {
            let rows = &self.rows[start..=end];
            if rows.iter().all(|row| labels[*row].is_none()) {
                rows.iter().for_each(|row| labels[*row] = Some(groups));
                groups += 1;
            }
        }
        labels
    }

    /// First and last position of each valley; smaller ones before those around them.
    fn valleys(&self) -> Vec<(usize, usize)> {
        let count = self.rows.len();
        let mut heights: Vec<f64> = self
            .rows
            .iter()
            .map(|row| self.reachability[*row])
            .collect();
        // Behind the last row it goes up without end.
        heights.push(f64::INFINITY);
        let part = 1.0 - self.xi;
        let steep_up = |at: usize| heights[at] <= heights[at + 1] * part;
        let steep_down = |at: usize| heights[at] * part >= heights[at + 1];
        let up = |at: usize| heights[at] < heights[at + 1];
        let down = |at: usize| heights[at] > heights[at + 1];
        let (mut descents, mut valleys): (Vec<Descent>, Vec<(usize, usize)>) = Default::default();
        let (mut next, mut highest) = (0, 0.0_f64);
        for at in 0..count {
            let (falls, rises) = (steep_down(at) && down(at), steep_up(at) && up(at));
            if at < next || !(falls || rises) {
                continue;
            }
            highest = heights[next..=at].iter().copied().fold(highest, f64::max);
            // What began lower than it has been since then is no valley any more.
            if highest.is_infinite() {
                descents.clear();
            }
            descents.retain_mut(|descent| {
                descent.highest = descent.highest.max(highest);
                highest <= heights[descent.start] * part
            });
            if falls {
                let end = self.extend(at, &|at| steep_down(at) && down(at), &up);
                descents.push(Descent {
                    start: at,
                    end,
                    highest: 0.0,
                });
                next = end + 1;
            } else {
                let end = self.extend(at, &|at| steep_up(at) && up(at), &down);
                next = end + 1;
                let found = descents
                    .iter()
                    .filter_map(|descent| self.valley(&heights, descent, at, end));
                let found: Vec<(usize, usize)> = found.collect();
                valleys.extend(found.into_iter().rev());
            }
            highest = heights[next];
        }
        valleys
    }

    /// The end of a steep slope, on which a few level steps do not count.
    fn extend(
        &self,
        start: usize,
        steep: &dyn Fn(usize) -> bool,
        against: &dyn Fn(usize) -> bool,
    ) -> usize {
        let (mut end, mut level) = (start, 0);
        for at in start..self.rows.len() {
            if steep(at) {
                (end, level) = (at, 0);
            } else if against(at) {
                break;
            } else {
                level += 1;
                if level > self.min_samples {
                    break;
                }
            }
        }
        end
    }

    /// The valley between a way down and the way up from `up` to `last`, if it is one.
    fn valley(
        &self,
        heights: &[f64],
        descent: &Descent,
        up: usize,
        last: usize,
    ) -> Option<(usize, usize)> {
        let part = 1.0 - self.xi;
        let (mut start, mut end) = (descent.start, last);
        let (left, right) = (heights[start], heights[last + 1]);
        if right * part < descent.highest {
            return None;
        }
        // Both sides are as high as the lower one.
        if left * part >= right {
            while start < descent.end && heights[start + 1] > right {
                start += 1;
            }
        } else if right * part >= left {
            while end > up && heights[end - 1] > left {
                end -= 1;
            }
        }
        let (start, end) = self.connected(heights, start, end)?;
        let fits = end + 1 - start >= self.min_cluster_size && start <= descent.end && end >= up;
        fits.then_some((start, end))
    }

    /// Without the last rows, as long as they were not reached from within.
    fn connected(&self, heights: &[f64], start: usize, mut end: usize) -> Option<(usize, usize)> {
        while start < end {
            let from = self.reached_from[self.rows[end]];
            let within = || self.rows[start..end].iter().any(|row| Some(*row) == from);
            if heights[start] > heights[end] || within() {
                return Some((start, end));
            }
            end -= 1;
        }
        None
    }
}
