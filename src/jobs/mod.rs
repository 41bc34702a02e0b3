//! What happens outside a request: queue batches and cron work. No `worker`.

pub mod archive;
pub mod check;
pub mod courier;
pub mod crm;
pub mod ingest;
pub mod letters;
pub mod mail;
pub mod minutes;
pub mod outside;
pub mod resolve;
pub mod salts;
pub mod sessions;
pub mod settle;
pub mod visitors;
pub mod webhooks;
