//! The port over D1.

use wasm_bindgen::JsValue;
use worker::{Env, send::SendFuture};

use super::js;
use crate::store::{Answer, Database, DatabaseError, Rows, Statement};

/// A D1 database behind the port.
pub struct D1(JsValue);

/// The database of the environment.
pub fn open(env: &Env) -> Result<D1, DatabaseError> {
    let binding = js_sys::Reflect::get(env.as_ref(), &"DB".into()).unwrap_or_default();
    if binding.is_undefined() {
        return Err(DatabaseError::Failed("there is no binding DB".to_owned()));
    }
    Ok(D1(binding))
}

impl Database for D1 {
    fn batch(&self, statements: Vec<Statement>) -> Answer<'_, Vec<Rows>> {
        let text = to_json(&statements);
        // wasm has one thread, so the future never leaves it.
        Box::pin(SendFuture::new(async move {
            let answered = js::answered(js::batch(&self.0, &text)).await?;
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
