//! Which code is worth optimising, and which loops need no checkpoint of their
//! own.
//!
//! Most cells call code that is optimised already, and for them the quickest
//! compile is best. What a cell itself does many times (a loop, an iterator,
//! a sort, a recursion) is another matter: there an optimised cell is five to
//! thirty times faster.

use syn::visit::{self, Visit};
use syn::{Expr, ExprForLoop};

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

fn unwrapped(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => unwrapped(&inner.expr),
        Expr::Group(inner) => unwrapped(&inner.expr),
        other => other,
    }
}

/// Methods of iterators that give an iterator again and keep its length, by which
/// `collect` knows how much memory it wants.
const KEEP_LENGTH: &[&str] = &[
    "map",
    "inspect",
    "enumerate",
    "zip",
    "rev",
    "step_by",
    "chain",
    "cloned",
    "copied",
    "take",
    "skip",
];

/// Those of them that ranges do better than pieces of ranges.
const BETTER_WHOLE: &[&str] = &["zip", "rev", "step_by"];

/// What ranges answer without a walk.
const AT_ONCE: &[&str] = &["count", "last", "max", "min", "sum"];

/// Other methods that give an iterator again.
const ADAPT: &[&str] = &[
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "take_while",
    "skip_while",
    "map_while",
    "scan",
    "cycle",
    "fuse",
    "peekable",
];

/// Methods that walk an iterator to its end, or until they know enough.
const CONSUME: &[&str] = &[
    "count",
    "sum",
    "product",
    "fold",
    "for_each",
    "reduce",
    "all",
    "any",
    "find",
    "find_map",
    "position",
    "last",
    "max",
    "max_by",
    "max_by_key",
    "min",
    "min_by",
    "min_by_key",
    "partition",
    "try_fold",
    "try_for_each",
];

/// Functions that make an iterator of a closure, without an end of its own.
const GENERATE: &[&str] = &["from_fn", "successors", "repeat_with"];

/// Whether a function makes an iterator that need not end.
pub fn generates(function: &Expr) -> bool {
    let Expr::Path(path) = function else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| {
        GENERATE.iter().any(|name| last.ident == name) || last.ident == "repeat"
    })
}

/// A chain of calls, as far as an interrupt has to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// A range that the chain itself walks to the end: it can be walked in pieces
    /// and is seen by nobody else.
    Pieces,
    /// It may be longer than the memory, and somebody else walks it.
    Long,
    /// It is as long as something that is in the memory, or nothing is known.
    Bounded,
}

/// What chain a call is in; `later` are the methods that are called on its result,
/// the next one last.
pub fn chain(call: &syn::ExprMethodCall, later: &[String]) -> Chain {
    let mut names = vec![call.method.to_string()];
    let mut first = call;
    while let Expr::MethodCall(inner) = unwrapped(&first.receiver) {
        names.push(inner.method.to_string());
        first = inner;
    }
    names.reverse();
    match unwrapped(&first.receiver) {
        Expr::Range(range) if range.start.is_some() => {
            let direct =
                matches!(&*first.receiver, Expr::Paren(it) if matches!(&*it.expr, Expr::Range(_)));
            match end_of(range, names.iter().chain(later.iter().rev())) {
                _ if !direct => Chain::Long,
                End::Consumed => Chain::Pieces,
                End::Collected => Chain::Bounded,
                End::Unknown => Chain::Long,
            }
        }
        Expr::Call(made) if generates(&made.func) => Chain::Long,
        _ if names.iter().any(|name| name == "cycle") => Chain::Long,
        _ => Chain::Bounded,
    }
}

enum End {
    /// It is walked to the end.
    Consumed,
    /// All of it goes into the memory, or it is not walked at all.
    Collected,
    Unknown,
}

fn end_of<'a>(range: &syn::ExprRange, names: impl Iterator<Item = &'a String>) -> End {
    let mut keeps_length = true;
    let mut in_pieces = true;
    for (at, name) in names.map(String::as_str).enumerate() {
        if at == 0 && range.end.is_some() && AT_ONCE.contains(&name) {
            return End::Collected;
        }
        in_pieces &= !BETTER_WHOLE.contains(&name);
        if KEEP_LENGTH.contains(&name) {
            continue;
        }
        if ADAPT.contains(&name) {
            keeps_length = false;
        } else if CONSUME.contains(&name) || (name == "collect" && !keeps_length) {
            return if in_pieces {
                End::Consumed
            } else {
                End::Unknown
            };
        } else if name == "collect" {
            return End::Collected;
        } else {
            return End::Unknown;
        }
    }
    End::Unknown
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

/// Whether a statement does so little that it needs no checkpoint.
pub fn is_little_statement(statement: &syn::Stmt) -> bool {
    let mut little = Little::default();
    little.visit_stmt(statement);
    !little.more
}

/// The same of an expression.
pub fn is_little_expression(body: &Expr) -> bool {
    let mut little = Little::default();
    little.visit_expr(body);
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
