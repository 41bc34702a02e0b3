//! Decoding: what comes in as JSON or as a query, into our own types.
//!
//! Owns the one way of reading, for bodies, queries, rows, the snapshot and
//! messages, and how a fault names its place. What a field may hold is said by
//! its type, which implements [`Decode`].
//!
//! A text becomes a [`Tree`], and the tree a value. That is one step more than
//! serde's derive takes, and 47 KB gzipped less of wasm: a derived reader has its
//! own loop over keys for each struct and each format, some 3 KB, where one of
//! ours has a call for each field. (To return at the first fault would save 1.5 KB
//! more, and name a field that is missing before one that is there and wrong.)
//!
//! How a type comes to be read:
//!
//! - A struct whose fields are all that there may be stands in `record!`; one
//!   that others may add to, a row or the snapshot, in `row!`. An `Option` may be
//!   left out. A field that is not simply read by its type says how after a `=`:
//!
//!   ```text
//!   record! {
//!       #[derive(ToSchema)]
//!       #[serde(deny_unknown_fields)] // For the document: ToSchema reads it.
//!       struct NewThing {
//!           slug: Slug,
//!           note: Option<Prose>,
//!           #[serde(default)] // For the document, too.
//!           lines: Vec<u32> = decode::or_default,
//!       }
//!   }
//!   ```
//!
//! - An enum of names stands in `names!`, with the names.
//! - A newtype that checks another type in `TryFrom` says `checked!`.
//! - Whatever is left implements [`Decode`] by hand.

mod fault;
mod names;
mod record;
mod tree;

#[cfg(test)]
mod tests;

pub use fault::{Error, Fault};
pub use record::{Fields, plain};
pub use tree::Tree;

pub use names::choice;
pub(crate) use names::names;
pub(crate) use record::{checked, record, row, structure};

/// A type that a [`Tree`] is read as.
pub trait Decode: Sized {
    /// Reads a value, or what stands for the lack of one ([`Tree::Absent`]).
    fn decode(tree: Tree) -> Result<Self, Fault>;
}

/// Reads a text in JSON.
pub fn read<T: Decode>(text: &[u8]) -> Result<T, Error> {
    Ok(T::decode(Tree::parse(text)?)?)
}

/// Reads a field that may be left out, for what it then is.
pub fn or_default<T: Decode + Default>(tree: Tree) -> Result<T, Fault> {
    match tree {
        Tree::Absent => Ok(T::default()),
        tree => T::decode(tree),
    }
}

/// Reads a field that may be left out, but is never `null`: one way to say
/// nothing is enough.
pub fn present<T: Decode>(tree: Tree) -> Result<Option<T>, Fault> {
    match tree {
        Tree::Absent => Ok(None),
        tree => T::decode(tree).map(Some),
    }
}

/// Reads SQLite's 0 and 1 as a boolean.
pub fn flag(tree: Tree) -> Result<bool, Fault> {
    Ok(i64::decode(tree)? != 0)
}

/// Reads JSON that stands in a text column.
pub fn embedded<T: Decode>(tree: Tree) -> Result<T, Fault> {
    let text = String::decode(tree)?;
    read(text.as_bytes()).map_err(|error| match error {
        Error::Syntax(error) => Fault::new(error),
        Error::Fault(fault) => fault,
    })
}

impl<T: Decode> Decode for Option<T> {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        match tree {
            Tree::Absent | Tree::Null => Ok(None),
            tree => T::decode(tree).map(Some),
        }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let items = tree.into_list()?;
        let mut list = Self::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            list.push(T::decode(item).map_err(|fault| fault.at(index))?);
        }
        Ok(list)
    }
}

/// A list of just two.
impl<A: Decode, B: Decode> Decode for (A, B) {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let items: Result<[Tree; 2], _> = tree.into_list()?.try_into();
        let [a, b] = items.map_err(|_| Fault::new("must hold two elements"))?;
        Ok((
            A::decode(a).map_err(|fault| fault.at(0))?,
            B::decode(b).map_err(|fault| fault.at(1))?,
        ))
    }
}

impl Decode for String {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        match tree {
            Tree::Text(text) | Tree::Word(text) => Ok(text),
            other => Err(other.is_not("a string")),
        }
    }
}

impl Decode for bool {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        match tree {
            Tree::Bool(value) => Ok(value),
            Tree::Word(word) => word
                .parse()
                .map_err(|_| Fault::new("must be `true` or `false`")),
            other => Err(other.is_not("a boolean")),
        }
    }
}

impl Decode for i64 {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        integer(tree, "i64")
    }
}

impl Decode for u64 {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        match tree {
            Tree::Great(number) => Ok(number),
            other => {
                let number = integer(other, "u64")?;
                number.try_into().map_err(|_| out_of_range(number, "u64"))
            }
        }
    }
}

/// Reads the other types of integers: what fits into none of 64 bits, fits into
/// none of them.
macro_rules! integers {
    ($($type:ident)*) => {$(
        impl Decode for $type {
            fn decode(tree: Tree) -> Result<Self, Fault> {
                let number = integer(tree, stringify!($type))?;
                number.try_into().map_err(|_| out_of_range(number, stringify!($type)))
            }
        }
    )*};
}

integers! { u8 u16 u32 usize i16 i32 }

fn integer(tree: Tree, expected: &str) -> Result<i64, Fault> {
    match tree {
        Tree::Integer(number) => Ok(number),
        Tree::Word(word) => word.parse().map_err(Fault::new),
        Tree::Great(number) => Err(out_of_range(number, expected)),
        other => Err(other.is_not(expected)),
    }
}

#[cold]
fn out_of_range(number: impl std::fmt::Display, expected: &str) -> Fault {
    Fault::new(format_args!(
        "invalid value: integer `{number}`, expected {expected}"
    ))
}
