//! What the exports of others look like.
//!
//! Owns the names of their columns and of their stages. Where two columns of a file
//! are the same to us, the one that stands first here is read, and the other where
//! that is empty. Names of fields in APIs stand beside those that people see, for
//! exports in JSON.

use super::{
    Column::{
        self, Amount, At, Currency, Email, EmailSha256, External, Lead, Order, Owner, Reason,
        Record, Refunded, Stage,
    },
    Preset,
    Standing::{self, Accepted, Lost, Meeting, New, Open, Opportunity, Unpaid, Won},
};
use crate::domain::zone::Zone;

impl Preset {
    pub(super) const fn columns(self) -> &'static [(Column, &'static str)] {
        match self {
            Self::Generic => GENERIC,
            Self::Salesforce => SALESFORCE,
            Self::Hubspot => HUBSPOT,
            Self::Stripe => STRIPE,
        }
    }

    pub(super) const fn stages(self) -> &'static [(&'static str, Standing)] {
        match self {
            Self::Generic => OURS,
            Self::Salesforce | Self::Hubspot => CLOSED,
            Self::Stripe => PAID,
        }
    }

    /// What any other stage is.
    pub(super) const fn other_stage(self) -> Standing {
        match self {
            Self::Stripe => Unpaid,
            _ => Open,
        }
    }

    /// The clock of their times, where it is not the program's.
    pub(super) const fn zone(self) -> Option<Zone> {
        match self {
            Self::Stripe => Some(Zone::UTC),
            _ => None,
        }
    }
}

const GENERIC: &[(Column, &str)] = &[
    (Lead, "lead"),
    (Lead, "lead id"),
    (Order, "order"),
    (Order, "order id"),
    (Order, "order number"),
    (External, "external"),
    (External, "external id"),
    (External, "customer"),
    (External, "customer id"),
    (Email, "email"),
    (Email, "e-mail address"),
    (Email, "customer email"),
    (EmailSha256, "email sha256"),
    (Record, "record"),
    (Record, "record id"),
    (Record, "id"),
    (Amount, "amount"),
    (Amount, "total"),
    (Refunded, "refunded"),
    (Refunded, "amount refunded"),
    (Currency, "currency"),
    (Stage, "stage"),
    (Stage, "status"),
    (Owner, "owner"),
    (Owner, "rep"),
    (At, "at"),
    (At, "date"),
    (At, "closed at"),
    (At, "paid at"),
    (At, "close date"),
    (Reason, "reason"),
];

// Fields of opportunities: help.salesforce.com, "Opportunity Fields", and in reports
// the fields of their contacts and accounts. What is ours and what the billing system
// calls a customer are fields that somebody has added.
const SALESFORCE: &[(Column, &str)] = &[
    (Lead, "Goodword Lead"),
    (Lead, "Goodword Lead ID"),
    (Lead, "Goodword_Lead__c"),
    (Order, "Order Number"),
    (Order, "Order ID"),
    (External, "Customer ID"),
    (External, "Customer Number"),
    (External, "Account Number"),
    (Email, "Email"),
    (Email, "Contact Email"),
    (Email, "Contact: Email"),
    (Email, "Primary Contact: Email"),
    (Record, "Opportunity ID"),
    (Record, "Opportunity: Opportunity ID"),
    (Record, "Id"),
    (Amount, "Amount"),
    (Currency, "Amount Currency"),
    (Currency, "Opportunity Currency"),
    (Currency, "CurrencyIsoCode"),
    (Stage, "Stage"),
    (Stage, "StageName"),
    (Owner, "Opportunity Owner: Email"),
    (Owner, "Opportunity Owner Email"),
    (Owner, "Opportunity Owner"),
    (Owner, "Opportunity Owner: Full Name"),
    (Owner, "Owner"),
    (At, "Close Date"),
    (Reason, "Closed Lost Reason"),
    (Reason, "Loss Reason"),
    (Reason, "Lost Reason"),
];

// Properties of deals: knowledge.hubspot.com, "HubSpot's default deal properties".
const HUBSPOT: &[(Column, &str)] = &[
    (Lead, "Goodword lead"),
    (Lead, "Goodword lead ID"),
    (Order, "Order number"),
    (Order, "Order ID"),
    (External, "Customer ID"),
    (External, "Customer number"),
    (Email, "Email"),
    (Email, "Contact email"),
    (Email, "Associated Contact Emails"),
    (Record, "Record ID"),
    (Record, "Record ID - Deal"),
    (Record, "Deal ID"),
    (Record, "hs_object_id"),
    (Amount, "Amount"),
    (Currency, "Currency"),
    (Currency, "deal_currency_code"),
    (Stage, "Deal Stage"),
    (Owner, "Deal owner"),
    (At, "Close Date"),
    (Reason, "Closed Lost Reason"),
];

// Columns of the payments that the Dashboard exports; what a shop has put into the
// metadata of a payment has "(metadata)" behind its name.
const STRIPE: &[(Column, &str)] = &[
    (Lead, "goodword_lead (metadata)"),
    (Lead, "lead (metadata)"),
    (Order, "order_id (metadata)"),
    (Order, "order (metadata)"),
    (Order, "metadata.order_id"),
    (External, "Customer ID"),
    (External, "customer"),
    (Email, "Customer Email"),
    (Email, "receipt_email"),
    (Record, "id"),
    (Amount, "Amount"),
    (Refunded, "Amount Refunded"),
    (Currency, "Currency"),
    (Stage, "Status"),
    (At, "Created date (UTC)"),
    (At, "Created (UTC)"),
    (At, "Created"),
];

const OURS: &[(&str, Standing)] = &[
    ("new", New),
    ("accepted", Accepted),
    ("meeting", Meeting),
    ("opportunity", Opportunity),
    ("won", Won),
    ("closed won", Won),
    ("paid", Won),
    ("refunded", Won),
    ("lost", Lost),
    ("closed lost", Lost),
];

const CLOSED: &[(&str, Standing)] = &[
    ("Closed Won", Won),
    ("Won", Won),
    ("Closed Lost", Lost),
    ("Lost", Lost),
];

// What was given back was paid before; how much stands in a column of its own.
const PAID: &[(&str, Standing)] = &[
    ("Paid", Won),
    ("Succeeded", Won),
    ("Refunded", Won),
    ("Partially refunded", Won),
];
