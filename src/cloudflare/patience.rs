//! Patience: no store is waited for without end. One that hangs is worse than
//! one that fails, as a `waitUntil` ends after 30 seconds, whatever is pending.

use std::pin::pin;

use futures_util::future::{Either, select};

use super::js;
use crate::store::DatabaseError;

/// What `work` answers, or a failure after so many milliseconds.
pub async fn within<T>(
    millis: u32,
    work: impl Future<Output = Result<T, DatabaseError>>,
) -> Result<T, DatabaseError> {
    let deadline = pin!(js::pause(millis));
    match select(pin!(work), deadline).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(DatabaseError::Failed(format!(
            "no answer within {millis} ms"
        ))),
    }
}
