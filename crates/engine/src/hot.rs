//! Which code is worth optimising, and which loops need no checkpoint of their
//! own.
//!
//! Most cells call code that is optimised already, and for them the quickest
//! compile is best. What a cell itself does many times (a loop, an iterator,
//! a sort, a recursion) is another matter: there an optimised cell is five to
//! thirty times faster.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop};

/// Methods that begin a walk over many things.
const WALKS: &[&str] = &[
    "iter",
    "iter_mut",
    "into_iter",
    "chars",
    "char_indices",
    "bytes",
    "lines",
    "split",
    "split_whitespace",
    "windows",
    "chunks",
    "chunks_exact",
    "drain",
    "keys",
    "values",
    "values_mut",
    "into_keys",
    "into_values",
    "range",
    "for_each",
    "retain",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "sort_unstable_by",
    "sort_unstable_by_key",
    "dedup",
    "fold",
    "step_by",
];

/// Whether a method call begins such a walk: by its name, on a range, or as the
/// `sort()` that only a slice has.
pub fn walks(call: &syn::ExprMethodCall) -> bool {
    let name = call.method.to_string();
    WALKS.contains(&name.as_str())
        || (name == "sort" && call.args.is_empty())
        || matches!(unwrapped(&call.receiver), Expr::Range(_))
}

/// Whether an iterator gives values for ever, as far as its text says.
pub fn is_endless(iterator: &Expr) -> bool {
    const SOURCES: &[&str] = &["repeat", "repeat_with", "from_fn", "successors"];
    match unwrapped(iterator) {
        Expr::MethodCall(call) => call.method == "cycle" || is_endless(&call.receiver),
        Expr::Range(range) => range.end.is_none(),
        Expr::Call(call) => match unwrapped(&call.func) {
            Expr::Path(path) => path
                .path
                .segments
                .last()
                .is_some_and(|last| SOURCES.iter().any(|name| last.ident == name)),
            _ => false,
        },
        _ => false,
    }
}

fn unwrapped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => unwrapped(&inner.expr),
        Expr::Group(inner) => unwrapped(&inner.expr),
        other => other,
    }
}

/// Methods of numbers and slices that take no time.
const QUICK: &[&str] = &[
    "abs",
    "acos",
    "asin",
    "atan",
    "atan2",
    "ceil",
    "clamp",
    "cos",
    "count_ones",
    "exp",
    "floor",
    "is_empty",
    "is_nan",
    "leading_zeros",
    "len",
    "ln",
    "log10",
    "log2",
    "max",
    "min",
    "mul_add",
    "pow",
    "powf",
    "powi",
    "recip",
    "rem_euclid",
    "rotate_left",
    "rotate_right",
    "round",
    "saturating_add",
    "saturating_sub",
    "signum",
    "sin",
    "sqrt",
    "swap",
    "tan",
    "tanh",
    "to_bits",
    "trailing_zeros",
    "trunc",
    "wrapping_add",
    "wrapping_mul",
    "wrapping_sub",
];

/// Code that does little: no loops, no calls but of [`QUICK`] methods. It can
/// neither run long nor call itself.
#[derive(Default)]
struct Little {
    more: bool,
    leaves_loop: bool,
}

impl<'ast> Visit<'ast> for Little {
    fn visit_expr(&mut self, node: &'ast Expr) {
        match node {
            Expr::Array(_)
            | Expr::Assign(_)
            | Expr::Binary(_)
            | Expr::Block(_)
            | Expr::Cast(_)
            | Expr::Continue(_)
            | Expr::Field(_)
            | Expr::Group(_)
            | Expr::If(_)
            | Expr::Index(_)
            | Expr::Let(_)
            | Expr::Lit(_)
            | Expr::Match(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Reference(_)
            | Expr::Return(_)
            | Expr::Struct(_)
            | Expr::Tuple(_)
            | Expr::Unary(_) => {}
            Expr::Break(_) => self.leaves_loop = true,
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                self.more |= !QUICK.contains(&name.as_str());
            }
            // `Some(x)`, `Metres(2.0)`
            Expr::Call(call) => self.more |= !makes_a_value(&call.func),
            _ => self.more = true,
        }
        visit::visit_expr(self, node);
    }
    fn visit_macro(&mut self, _: &'ast syn::Macro) {
        self.more = true;
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {
        self.more = true;
    }
}

fn makes_a_value(function: &Expr) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.starts_with(char::is_uppercase)
    })
}

/// Whether a function's body does so little that it needs no checkpoint.
pub fn is_little(block: &Block) -> bool {
    let mut little = Little::default();
    little.visit_block(block);
    !little.more
}

/// Whether a loop can be run some thousand times between two checkpoints: its
/// body does little and ends only by itself.
pub fn is_tight(node: &ExprForLoop) -> bool {
    let mut little = Little::default();
    little.visit_block(&node.body);
    node.label.is_none() && node.attrs.is_empty() && !little.more && !little.leaves_loop
}

/// What comes before, between and behind the parts of a tight loop, so that it
/// becomes one in another: `match (` EXPR … `for PAT in __chunk ` BODY ` } …`.
pub fn around_tight(pattern: &str) -> (&'static str, String, &'static str) {
    let between = format!(
        ") {{ __all => {{ use ::ferrite_runtime::chunks::{{OfAnything as _, OfNumbers as _, \
         OfSlice as _}}; let __way = (&&&::ferrite_runtime::chunks::Of(&__all)).way(); \
         let mut __chunks = __way.chunks(__all); \
         while let ::core::option::Option::Some(__chunk) = __chunks.chunk() {{ \
         ::ferrite_runtime::checkpoint(); for {pattern} in __chunk "
    );
    ("match (", between, " } } }")
}
