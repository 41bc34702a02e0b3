//! Query strings: pairs for serde, with the name of the one at fault.

use std::borrow::Cow;

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
        value::{CowStrDeserializer, Error, MapAccessDeserializer},
    },
    forward_to_deserialize_any,
};

/// What a query cannot be read for.
#[derive(Debug)]
pub struct Fault {
    /// The parameter at fault, if it is one that is there.
    pub name: Option<String>,
    /// Serde's message.
    pub message: String,
}

/// Reads a query as a struct, whose fields are texts, numbers and names.
pub fn read<T: DeserializeOwned>(query: &str) -> Result<T, Fault> {
    let mut pairs = Pairs {
        rest: form_urlencoded::parse(query.as_bytes()),
        name: None,
        value: Text(Cow::Borrowed("")),
    };
    T::deserialize(MapAccessDeserializer::new(&mut pairs)).map_err(|error| Fault {
        message: error.to_string(),
        name: pairs.name.map(Cow::into_owned),
    })
}

/// The pairs that are not yet read, and the last one that was.
struct Pairs<'de> {
    rest: form_urlencoded::Parse<'de>,
    name: Option<Cow<'de, str>>,
    value: Text<'de>,
}

impl<'de> MapAccess<'de> for &mut Pairs<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.rest.next() else {
            self.name = None;
            return Ok(None);
        };
        self.value = Text(value);
        let name = self.name.insert(name);
        seed.deserialize((&**name).into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Text(std::mem::take(&mut self.value.0)))
    }
}

/// A value, which is whatever the field takes that can be written as a text.
struct Text<'de>(Cow<'de, str>);

macro_rules! parsed {
    ($($deserialize:ident $visit:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let parsed = self.0.parse().map_err(serde::de::Error::custom)?;
            visitor.$visit(parsed)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name_of_variant: CowStrDeserializer<'de, Error> = self.0.into_deserializer();
        name_of_variant.deserialize_enum(name, variants, visitor)
    }

    parsed! {
        deserialize_bool visit_bool
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_i64 visit_i64
    }

    forward_to_deserialize_any! {
        i8 i16 i32 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
