//! The native API: the real router over real SQLite, under the real migrations.
//!
//! One module a resource, as in `src/http`; beside them what runs through all
//! of them: access (`scopes`), errors (`problems`), what is published
//! (`snapshot`), and how clicks get into the tables (`ingest`).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic, and its helpers too"
)]

mod closed_loop;
mod contract;
mod harness;

mod advocates;
mod archives;
mod attribution;
mod checks;
mod codes;
mod content;
mod conversions;
mod crm;
mod destinations;
mod exports;
mod funnel;
mod imports;
mod ingest;
mod keys;
mod labels;
mod landing;
mod leads;
mod letters;
mod links;
mod links_bulk;
mod merging;
mod messages;
mod moments;
mod outbox;
mod payouts;
mod people;
mod portal;
mod problems;
mod programs;
mod public;
mod reconciliations;
mod replays;
mod rewards;
mod routing;
mod rules;
mod scopes;
mod session;
mod settlement;
mod shares;
mod snapshot;
mod statistics;
mod suppressions;
mod team;
mod verbal;
mod webhooks;
