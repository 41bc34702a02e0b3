//! Old raw clicks: written to a bucket where there is one, then taken out.
//!
//! Owns the order of the two. What is killed in between writes the same object once
//! more, and takes the same clicks out.

use super::check;
use crate::store::{Answer, Database, DatabaseError, archive, exports, shares::utc_day};

/// Chunks of 4,000 clicks in a run of cron: 23 million a day.
const CHUNKS: usize = 20;

/// Where objects are kept.
pub trait Bucket: Send + Sync {
    /// Writes an object, over one of the same name.
    fn put(&self, name: &str, text: String) -> Answer<'_, ()>;
}

/// Takes raw clicks out that are older than so many days, the oldest first. None while
/// an export is being read back in: its tallies come after its clicks.
pub async fn run(
    db: &dyn Database,
    bucket: Option<&dyn Bucket>,
    keep_days: u16,
    now: i64,
) -> Result<(), DatabaseError> {
    if exports::is_under_way(db).await? {
        return Ok(());
    }
    let before = utc_day(now) - i64::from(keep_days);
    let mut checked = None;
    for _ in 0..CHUNKS {
        let Some(oldest) = archive::oldest(db, before).await? else {
            break;
        };
        let day = oldest.day;
        if !oldest.is_begun {
            // The last time that its tallies can be counted anew.
            if checked != Some(day) {
                check::before_archive(db, day, now).await?;
                checked = Some(day);
                continue;
            }
            if oldest.differs {
                let what =
                    format!("the tallies differ around day {day}: repair the check `clicks`");
                return Err(DatabaseError::Failed(what));
            }
        }
        let chunk = archive::next(db, day).await?;
        let mut bytes = 0;
        if let Some(bucket) = bucket {
            bytes = chunk.lines.len();
            bucket.put(&chunk.name, chunk.lines).await?;
        }
        archive::remove(db, day, &chunk.keys, bytes, now).await?;
    }
    Ok(())
}
