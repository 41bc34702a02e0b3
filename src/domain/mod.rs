//! The domain: values in, values out. No clock, no I/O, no `async`, no HTTP.
//!
//! In reading order: what a link says, how it is signed, where it leads; what a
//! click is taken for and how a link is followed; what programs are made of, who
//! is one person, and the codes that are said aloud; who has the credit for a
//! lead, what it goes through, and what it earns; what is written to whom; how far a
//! rate can be trusted, and what it is compared with; what is told to others, where it
//! goes, and how it is signed; and the calendars, cells and keys that the rest needs, and
//! figures as they are written elsewhere.

pub mod channel;
pub mod link;

pub mod digits;
pub mod keyring;

pub mod landing;
pub mod snapshot;

pub mod agents;
pub mod class;
pub mod networks;

pub mod access_log;
pub mod click;
pub mod cookie;
pub mod page;
pub mod redirect;
pub mod visitor;

pub mod access;
pub mod content;
pub mod person;
pub mod program;
pub mod spoken;

pub mod attribution;
pub mod lead;
pub mod money;
pub mod reward;

pub mod letter;
pub mod template;

pub mod reconcile;

pub mod benchmark;
pub mod interval;

pub mod event;
pub mod target;
pub mod webhook;

pub mod base64;
pub mod cell;
pub mod date;
pub mod quarter;
pub mod zip;
pub mod zone;

pub mod crm;
pub mod import;
pub mod written;
