//! Enums whose variants are names.

use super::{Decode, Fault, Tree};

/// Declares an enum of names: one table for how it is read, written, described
/// in the document and stored.
macro_rules! names {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {$(
            $(#[$of_variant:meta])*
            $variant:ident $(= $code:literal)? => $text:tt
        ),* $(,)?}
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
        $visibility enum $name {$(
            $(#[$of_variant])*
            #[serde(rename = $text)]
            $variant $(= $code)?
        ),*}

        impl $name {
            /// All of them, in the order in which they are shown.
            $visibility const ALL: [Self; [$($text),*].len()] = [$(Self::$variant),*];

            /// The name on the wire and in SQL.
            #[must_use]
            $visibility const fn name(self) -> &'static str {
                match self {$(
                    Self::$variant => $text
                ),*}
            }
        }

        impl $crate::decode::Decode for $name {
            fn decode(tree: $crate::decode::Tree) -> Result<Self, $crate::decode::Fault> {
                $crate::decode::choice(tree, &[$($text),*], &Self::ALL)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}
pub(crate) use names;

/// Reads one of `all` by its name.
pub fn choice<T: Copy>(tree: Tree, names: &[&str], all: &[T]) -> Result<T, Fault> {
    let text = String::decode(tree)?;
    let mut known = names.iter().zip(all);
    let found = known.find(|(name, _)| **name == text);
    found.map(|(_, one)| *one).ok_or_else(|| none(&text, names))
}

#[cold]
fn none(text: &str, names: &[&str]) -> Fault {
    let names = names.join("`, `");
    Fault::new(format_args!(
        "unknown variant `{text}`, expected one of `{names}`"
    ))
}
