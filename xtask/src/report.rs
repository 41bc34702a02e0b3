//! Owns how a command says what it is doing, and how long that took.

use std::time::{Duration, Instant, SystemTime};

/// One line.
pub fn say(text: &str) {
    println!("xtask: {text}");
}

/// Says what begins, does it, and says how long it took.
pub fn timed<T>(
    what: &str,
    work: impl FnOnce() -> Result<T, String>,
) -> Result<(T, Duration), String> {
    say(&format!("{what} …"));
    let began = now();
    let done = work()?;
    let took = began.elapsed();
    say(&format!("{what}: done in {}", seconds(took)));
    Ok((done, took))
}

/// The time, for measuring.
#[expect(
    clippy::disallowed_methods,
    reason = "a command of the developer's machine, not wasm"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// The time of day (Unix milliseconds), for what is dated by it.
#[expect(
    clippy::disallowed_methods,
    reason = "a command of the developer's machine, not wasm"
)]
pub fn today() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
