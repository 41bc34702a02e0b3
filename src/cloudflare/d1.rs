//! The port over D1.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::{D1Database, Env, send::SendFuture};

use super::js;
use crate::store::{Answer, Database, DatabaseError, Rows, Statement};

/// A D1 database behind the port.
pub struct D1(D1Database);

/// The database of the environment.
pub fn open(env: &Env) -> Result<D1, DatabaseError> {
    env.d1("DB")
        .map(D1)
        .map_err(|error| DatabaseError::Failed(error.to_string()))
}

impl Database for D1 {
    fn batch(&self, statements: Vec<Statement>) -> Answer<'_, Vec<Rows>> {
        let text = to_json(&statements);
        // wasm has one thread, so the future never leaves it.
        Box::pin(SendFuture::new(async move {
            let promise = js::batch(self.0.as_ref(), &text);
            let answered = JsFuture::from(promise)
                .await
                .map_err(|error| DatabaseError::Failed(js::describe(&error)))?;
            Ok(js_sys::Array::from(&answered)
                .iter()
                .map(|rows: JsValue| Rows(rows.as_string().unwrap_or_default()))
                .collect())
        }))
    }
}

/// `[[sql, [parameter, …]], …]`
fn to_json(statements: &[Statement]) -> String {
    let statements: Vec<_> = statements
        .iter()
        .map(|statement| (statement.sql, &statement.parameters))
        .collect();
    // Texts and numbers always serialise.
    serde_json::to_string(&statements).unwrap_or_default()
}
