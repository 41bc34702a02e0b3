//! Structs, field by field.

use super::{Fault, Tree};

/// Declares a struct whose fields are all that an object may hold.
macro_rules! record {
    ($($struct:tt)*) => {
        $crate::decode::structure! { true $($struct)* }
    };
}
pub(crate) use record;

/// Declares a struct that reads what it knows of an object: a row, or what a
/// newer Worker may have added to.
macro_rules! row {
    ($($struct:tt)*) => {
        $crate::decode::structure! { false $($struct)* }
    };
}
pub(crate) use row;

/// Declares a struct and how it is read. All fields are looked at before any is
/// missed, as a client would: what is there and wrong is said first.
macro_rules! structure {
    (
        $is_all:literal
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {$(
            $(#[$of_field:meta])*
            $of_field_visibility:vis $field:ident: $type:ty $(= $how:expr)?
        ),* $(,)?}
    ) => {
        $(#[$attribute])*
        $visibility struct $name {$(
            $(#[$of_field])*
            $of_field_visibility $field: $type
        ),*}

        impl $crate::decode::Decode for $name {
            fn decode(tree: $crate::decode::Tree) -> Result<Self, $crate::decode::Fault> {
                const NAMES: &[&str] = &[$($crate::decode::plain(stringify!($field))),*];
                let mut fields = $crate::decode::Fields::open(tree, NAMES, $is_all)?;
                $(
                    let $field: Option<$type> =
                        fields.take($crate::decode::structure!(@ $type $(, $how)?));
                )*
                let ($(Some($field),)*) = ($($field,)*) else {
                    return Err(fields.fault());
                };
                Ok(Self { $($field),* })
            }
        }
    };
    (@ $type:ty) => { <$type as $crate::decode::Decode>::decode };
    (@ $type:ty, $how:expr) => { $how };
}
pub(crate) use structure;

/// The name of a field, which may be a word of the language: `r#type` is `type`.
#[must_use]
pub const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', plain @ ..] => match std::str::from_utf8(plain) {
            Ok(plain) => plain,
            Err(_) => name,
        },
        _ => name,
    }
}

/// Reads a newtype by what its `TryFrom` checks.
macro_rules! checked {
    ($name:ty, $from:ty) => {
        impl $crate::decode::Decode for $name {
            fn decode(tree: $crate::decode::Tree) -> Result<Self, $crate::decode::Fault> {
                let value = <$from as $crate::decode::Decode>::decode(tree)?;
                Self::try_from(value).map_err($crate::decode::Fault::new)
            }
        }
    };
}
pub(crate) use checked;

/// The fields of an object, to be taken in the order of the struct.
pub struct Fields {
    rest: std::iter::Zip<std::slice::Iter<'static, &'static str>, std::vec::IntoIter<Tree>>,
    /// The first that is missing.
    missing: Option<&'static str>,
    /// The first that is there and wrong.
    wrong: Option<Fault>,
}

impl Fields {
    /// Sorts the values of an object by `names`. Others are refused if the names
    /// are all that there may be.
    pub fn open(tree: Tree, names: &'static [&'static str], is_all: bool) -> Result<Self, Fault> {
        let mut values = vec![Tree::Absent; names.len()];
        for (name, value) in tree.into_object("an object")? {
            let known = names.iter().position(|known| *known == name);
            match known.and_then(|index| values.get_mut(index)) {
                Some(place @ Tree::Absent) => *place = value,
                Some(_) => return Err(Fault::new("stands twice").of(&name)),
                None if is_all => return Err(Fault::unknown().of(&name)),
                None => {}
            }
        }
        Ok(Self {
            rest: names.iter().zip(values),
            missing: None,
            wrong: None,
        })
    }

    /// The next field, unless it is at fault.
    pub fn take<T>(&mut self, decode: fn(Tree) -> Result<T, Fault>) -> Option<T> {
        let (name, value) = self.rest.next()?;
        match decode(value) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.note(name, fault);
                None
            }
        }
    }

    #[cold]
    fn note(&mut self, name: &'static str, fault: Fault) {
        if fault.is_missing() {
            self.missing.get_or_insert(name);
        } else if self.wrong.is_none() {
            self.wrong = Some(fault.of(name));
        }
    }

    /// The fault of the object: what is there and wrong goes before what is
    /// missing.
    #[cold]
    #[must_use]
    pub fn fault(self) -> Fault {
        let missing = self.missing.unwrap_or_default();
        self.wrong.unwrap_or_else(|| Fault::missing().of(missing))
    }
}
