//! Work that is compiled a second time, for processors that have wider registers.
//!
//! The prelude is compiled for every processor of its kind, of which the oldest compute
//! two numbers at a time. What is worth it is compiled here for eight as well, and chosen
//! while it runs.

/// Work whose functions are all inlined into it, so that they are compiled as it is.
pub(crate) trait Wide {
    type Output;

    /// Does the work; `FUSED` if a product and a sum are one step of the processor. Has to
    /// be marked `#[inline(always)]`.
    fn run<const FUSED: bool>(self) -> Self::Output;
}

/// Does some work with the widest registers that are there.
pub(crate) fn widest<W: Wide>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma")]
        fn wide<W: Wide>(work: W) -> W::Output {
            work.run::<true>()
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has what the function is compiled for, it was asked.
            return unsafe { wide(work) };
        }
    }
    work.run::<false>()
}

/// `a` times `b` plus `c`, in one step if there is one.
#[inline(always)]
pub(crate) fn fused<const FUSED: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// As [`fused`], of numbers of half the size.
#[inline(always)]
pub(crate) fn fused_small<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}
