//! The contract: every answer is what the `OpenAPI` document promises, whoever
//! put it together. The harness asks for each answer that it gets.

use std::{cell::RefCell, collections::BTreeMap};

use goodword::http::openapi;
use http::{Method, StatusCode};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

thread_local! {
    static DOCUMENT: Value = serde_json::from_str(&openapi()).unwrap();
    static VALIDATORS: RefCell<BTreeMap<String, Validator>> = const { RefCell::new(BTreeMap::new()) };
}

/// Fails unless the document has the status for the route, and a schema that the
/// JSON fits, without a field more.
pub fn check(method: &Method, path: &str, status: StatusCode, media_type: &str, body: &str) {
    let path = path.split('?').next().unwrap();
    DOCUMENT.with(|document| {
        let Some((template, operation)) = operation(document, method, path) else {
            return;
        };
        let case = format!("{method} {template} {}", status.as_u16());
        let response = &operation["responses"][status.as_str()];
        assert!(
            response.is_object(),
            "{case} is not in the document: {body}"
        );
        let media_type = media_type.split(';').next().unwrap();
        let content = &response["content"][media_type];
        assert!(
            content.is_object(),
            "{case} has no {media_type} in the document"
        );
        if !media_type.ends_with("json") {
            return;
        }
        let is_lines = media_type.ends_with("ndjson");
        VALIDATORS.with_borrow_mut(|validators| {
            let validator = validators.entry(case.clone()).or_insert_with(|| {
                let mut schema = strict(document, &content["schema"], false);
                schema["components"] = json!({"schemas": components(document, &schema)});
                jsonschema::draft202012::new(&schema).unwrap()
            });
            let pieces: Vec<&str> = if is_lines {
                body.lines().collect()
            } else {
                vec![body]
            };
            for piece in pieces {
                let value: Value = serde_json::from_str(piece).unwrap();
                let errors: Vec<String> = validator
                    .iter_errors(&value)
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect();
                assert!(errors.is_empty(), "{case}: {errors:#?} in {value:#}");
            }
        });
    });
}

/// The operation that serves a path, with the path's template.
fn operation<'a>(document: &'a Value, method: &Method, path: &str) -> Option<(&'a str, &'a Value)> {
    let method = method.as_str().to_ascii_lowercase();
    let fits = |template: &str| {
        template.split('/').count() == path.split('/').count()
            && template
                .split('/')
                .zip(path.split('/'))
                .all(|(known, given)| known == given || known.starts_with('{') && !given.is_empty())
    };
    document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .find_map(|(template, item)| {
            let operation = item.get(&method)?;
            fits(template).then_some((template.as_str(), operation))
        })
}

/// The schemas that a schema names, and those that these name.
fn components(document: &Value, schema: &Value) -> Value {
    let mut found = Map::new();
    let mut texts = vec![schema.to_string()];
    while let Some(text) = texts.pop() {
        for name in text.split("\"#/components/schemas/").skip(1) {
            let name = name.split('"').next().unwrap();
            if !found.contains_key(name) {
                let schema = strict(document, &document["components"]["schemas"][name], false);
                texts.push(schema.to_string());
                found.insert(name.to_owned(), schema);
            }
        }
    }
    Value::Object(found)
}

/// A schema that takes no field which it does not name. Inside an `allOf` each
/// part names but some of the fields, and the whole is strict.
fn strict(document: &Value, schema: &Value, is_part: bool) -> Value {
    let mut schema = schema.clone();
    if is_part && let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        schema = document["components"]["schemas"][name].clone();
    }
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    let is_closed = object.contains_key("properties") || object.contains_key("allOf");
    for (key, value) in object.iter_mut() {
        match (key.as_str(), value) {
            ("allOf", Value::Array(parts)) => {
                for part in parts {
                    *part = strict(document, part, true);
                }
            }
            ("oneOf" | "anyOf", Value::Array(parts)) => {
                for part in parts {
                    *part = strict(document, part, false);
                }
            }
            ("properties", Value::Object(properties)) => {
                for property in properties.values_mut() {
                    *property = strict(document, property, false);
                }
            }
            ("items", items) => *items = strict(document, items, false),
            _ => {}
        }
    }
    if is_closed && !is_part {
        object.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
    schema
}
