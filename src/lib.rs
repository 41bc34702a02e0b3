//! Goodword: signed referral links at Cloudflare's edge, from the click to the
//! reward.
//!
//! The map, in the order in which a reader gets on best:
//!
//! - [`domain`]: what a link, a click, a receipt and a program are, and every
//!   rule about them, as pure functions.
//! - [`store`]: the SQL, over a small port that D1 and SQLite implement.
//! - [`http`]: the API, from a request to its answer.
//! - [`jobs`]: what happens outside a request: queue batches, cron.
//! - [`decode`]: how all of them read what comes in.
//! - `cloudflare`: the only user of `worker`, compiled for wasm32 alone: events,
//!   wiring, the redirect's short cut through all of it.
//!
//! Dependencies point one way: `cloudflare → http, jobs → store → domain`.
//! ARCHITECTURE.md walks through a click.

pub mod domain;

pub mod decode;

pub mod store;

pub mod http;
pub mod jobs;

#[cfg(target_arch = "wasm32")]
mod cloudflare;
