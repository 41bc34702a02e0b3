//! Rows of other systems: which of their columns is which of our fields, and what
//! stands in it.
//!
//! Owns the presets. What a field may hold is said by the type of whoever takes it.

use super::{
    date::rfc3339,
    money::Currency,
    written::{self, Dates, Decimal, NotExact},
    zone::Zone,
};
use crate::decode::names;

names! {
    /// What rows are of.
    pub enum Of {
        /// Whoever refers.
        Advocates => "advocates",
        /// Whoever was referred.
        Leads => "leads",
        /// Sales, and what was given back.
        Conversions => "conversions",
        /// Acts of sharing.
        Shares => "shares",
    }
}

names! {
    /// Whose columns a file has.
    #[derive(Default)]
    pub enum Preset {
        /// Ours: each is named as the field of the API.
        #[default]
        Goodword => "goodword",
        /// Dub: partners, customers, commissions.
        Dub => "dub",
        /// Rewardful: affiliates, referrals, commissions.
        Rewardful => "rewardful",
    }
}

/// How a file is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// Whose columns it has.
    pub preset: Preset,
    /// How its amounts are written.
    pub decimal: Decimal,
    /// How its dates are.
    pub dates: Dates,
    /// Where its days are.
    pub zone: Zone,
}

/// What a row holds: the name of a field, and the text that its type reads.
pub type Fields = Vec<(&'static str, String)>;

/// What a field holds.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    /// What a spreadsheet may have shortened.
    Id,
    Moment,
}

use Holds::{Id, Moment, Text};

const ADVOCATES: &[(&str, Holds)] = &[
    ("external_id", Id),
    ("name", Text),
    ("email", Text),
    ("kind", Text),
    ("segment", Text),
    ("owner", Text),
    ("status", Text),
];

const LEADS: &[(&str, Holds)] = &[
    ("email", Text),
    ("name", Text),
    ("phone", Text),
    ("company", Text),
    ("customer", Id),
    ("at", Moment),
    ("advocate", Text),
    ("code", Text),
    ("medium", Text),
    ("touched_at", Moment),
    ("note", Text),
    ("rep", Text),
];

/// But for `amount`, which is read with its currency.
const CONVERSIONS: &[(&str, Holds)] = &[
    ("kind", Text),
    ("order_id", Id),
    ("refund_id", Id),
    ("product", Text),
    ("at", Moment),
    ("lead", Text),
    ("customer", Id),
    ("email", Text),
    ("email_sha256", Text),
    ("reason", Text),
];

const SHARES: &[(&str, Holds)] = &[
    ("event_id", Id),
    ("advocate", Text),
    ("kind", Text),
    ("channel", Text),
    ("medium", Text),
    ("destination", Text),
    ("label", Text),
    ("at", Moment),
];

/// Their columns for our fields, the better ones first. Names are compared without
/// case, blanks, `_` and `-`; what is nested in JSON is named `a.b`.
type Columns = &'static [(&'static str, &'static [&'static str])];

// The export of the dashboard, and what the API lists (dubinc/dub:
// apps/web/lib/zod/schemas/partners.ts, customers.ts and commissions.ts).
const DUB_ADVOCATES: Columns = &[
    ("external_id", &["ID"]),
    ("name", &["Name"]),
    ("email", &["Email"]),
    ("state", &["Status"]),
];
const DUB_LEADS: Columns = &[
    ("email", &["Email"]),
    ("name", &["Name"]),
    ("customer", &["External ID"]),
    ("at", &["Created at"]),
    ("their_advocate", &["Partner ID", "partner.id"]),
    ("advocate", &["Partner email", "partner.email"]),
];
const DUB_CONVERSIONS: Columns = &[
    ("order_id", &["Invoice ID", "ID"]),
    ("amount", &["Amount"]),
    ("currency", &["Currency"]),
    ("at", &["Created at"]),
    ("customer", &["Customer external ID", "customer.externalId"]),
    ("email", &["Customer email", "customer.email"]),
    ("state", &["Status"]),
    ("type", &["Type"]),
];

// The objects of the API (developers.rewardful.com/rest-api), as JSON or as a table of
// their fields, and the file of customers that Rewardful itself takes in
// (help.rewardful.com, article 1988486), in which `email` is the affiliate's.
const REWARDFUL_ADVOCATES: Columns = &[
    ("external_id", &["ID", "Affiliate ID"]),
    ("name", &["Name", "Affiliate name"]),
    ("first_name", &["First name"]),
    ("last_name", &["Last name"]),
    ("email", &["Email", "Affiliate email"]),
    ("state", &["State", "Status"]),
];
const REWARDFUL_LEADS: Columns = &[
    ("email", &["customer.email", "Customer email"]),
    ("name", &["customer.name", "Customer name"]),
    (
        "customer",
        &["Stripe customer ID", "customer.id", "Customer ID"],
    ),
    ("at", &["Became lead at", "Created at"]),
    ("touched_at", &["Created at"]),
    ("their_advocate", &["affiliate.id", "Affiliate ID"]),
    ("advocate", &["affiliate.email", "Affiliate email", "Email"]),
    ("state", &["Conversion state"]),
];
const REWARDFUL_CONVERSIONS: Columns = &[
    (
        "order_id",
        &[
            "sale.external_id",
            "sale.stripe_charge_id",
            "Stripe charge ID",
            "sale.id",
            "Sale ID",
            "ID",
        ],
    ),
    (
        "charged",
        &["sale.charge_amount_cents", "Charge amount cents"],
    ),
    ("tax", &["sale.tax_amount_cents", "Tax amount cents"]),
    (
        "given_back",
        &["sale.refund_amount_cents", "Refund amount cents"],
    ),
    ("currency", &["sale.currency", "Currency"]),
    ("at", &["sale.charged_at", "Charged at", "Created at"]),
    (
        "customer",
        &[
            "sale.referral.stripe_customer_id",
            "sale.referral.customer.id",
            "Stripe customer ID",
            "Customer ID",
        ],
    ),
    ("email", &["sale.referral.customer.email", "Customer email"]),
    ("state", &["State"]),
];

/// What stands in a column, by its name.
type Get<'a> = &'a dyn Fn(&str) -> Result<Option<&'a str>, NotExact>;

/// A row of a file.
struct Row<'a> {
    columns: Option<Columns>,
    habits: &'a Habits,
    get: Get<'a>,
}

/// Reads a row as what our API takes: one object, or a sale and what of it was given
/// back. An error names the field.
pub fn read<'a>(of: Of, habits: &'a Habits, get: Get<'a>) -> Result<Vec<Fields>, String> {
    let columns = match (habits.preset, of) {
        (Preset::Goodword, _) => None,
        (Preset::Dub, Of::Advocates) => Some(DUB_ADVOCATES),
        (Preset::Dub, Of::Leads) => Some(DUB_LEADS),
        (Preset::Dub, Of::Conversions) => Some(DUB_CONVERSIONS),
        (Preset::Rewardful, Of::Advocates) => Some(REWARDFUL_ADVOCATES),
        (Preset::Rewardful, Of::Leads) => Some(REWARDFUL_LEADS),
        (Preset::Rewardful, Of::Conversions) => Some(REWARDFUL_CONVERSIONS),
        (_, Of::Shares) => return Err("of: the preset has no shares".to_owned()),
    };
    let row = Row {
        columns,
        habits,
        get,
    };
    match of {
        Of::Advocates => row.advocate().map(|fields| vec![fields]),
        Of::Leads => row.lead().map(|fields| vec![fields]),
        Of::Conversions => row.conversion(),
        Of::Shares => row.fields(SHARES).map(|fields| vec![fields]),
    }
}

impl Row<'_> {
    /// What stands in a field.
    fn text(&self, field: &str) -> Result<Option<&str>, String> {
        let found = match self.columns {
            None => (self.get)(field),
            Some(columns) => {
                let names = columns.iter().find(|(known, _)| *known == field);
                let mut names = names.map_or(&[][..], |(_, names)| names).iter();
                names
                    .find_map(|name| (self.get)(name).transpose())
                    .transpose()
            }
        };
        found.map_err(|error| format!("{field}: {error}"))
    }

    fn fields(&self, wanted: &[(&'static str, Holds)]) -> Result<Fields, String> {
        let mut fields = Fields::new();
        for (field, holds) in wanted {
            let Some(text) = self.text(field)? else {
                continue;
            };
            let read = match holds {
                Text => Ok(text.to_owned()),
                Id => written::id(text).map(str::to_owned),
                Moment => written::moment(text, self.habits.dates, self.habits.zone).map(rfc3339),
            };
            fields.push((field, read.map_err(|why| format!("{field}: {why}"))?));
        }
        Ok(fields)
    }

    fn advocate(&self) -> Result<Fields, String> {
        let mut fields = self.fields(ADVOCATES)?;
        if self.columns.is_none() {
            return Ok(fields);
        }
        // Their programs are of partners, all of them.
        fields.push(("kind", "partner".to_owned()));
        let names = [self.text("first_name")?, self.text("last_name")?];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        if self.text("name")?.is_none() && !names.is_empty() {
            fields.push(("name", names.join(" ")));
        }
        if let Some(state) = self.text("state")? {
            let is_in = is(state, &["approved", "active"]);
            let status = if is_in { "active" } else { "disabled" };
            fields.push(("status", status.to_owned()));
        }
        Ok(fields)
    }

    fn lead(&self) -> Result<Fields, String> {
        if let Some(state) = self.text("state")?
            && is(state, &["visitor"])
        {
            return Err("state: is `visitor`: it is not known who that is".to_owned());
        }
        let mut fields = self.fields(LEADS)?;
        if let Some(id) = self.text("their_advocate")? {
            let id = written::id(id).map_err(|why| format!("advocate: {why}"))?;
            fields.retain(|(field, _)| *field != "advocate");
            fields.push(("advocate", format!("ext:{id}")));
        }
        Ok(fields)
    }

    fn conversion(&self) -> Result<Vec<Fields>, String> {
        let mut fields = self.fields(CONVERSIONS)?;
        let currency = self.currency()?;
        if self.columns.is_none() {
            if let Some(text) = self.text("amount")? {
                fields.push(("amount", as_the_api(text)?));
            }
            fields.extend(currency.map(|currency| ("currency", currency.code().to_owned())));
            return Ok(vec![fields]);
        }
        if let Some(what) = self.text("type")?
            && !is(what, &["sale"])
        {
            return Err(format!("type: is `{what}`, and no sale"));
        }
        let state = self.text("state")?.unwrap_or_default();
        let amount = self.amount(currency)?;
        let mut back = self.given_back(amount)?;
        if is(state, &["refunded"]) {
            back = amount;
        }
        if back == 0 && is(state, &["fraud", "duplicate", "canceled", "voided"]) {
            return Err(format!("state: is `{state}`: nothing is earned by it"));
        }
        fields.push(("kind", "sale".to_owned()));
        fields.push(("amount", amount.to_string()));
        fields.extend(currency.map(|currency| ("currency", currency.code().to_owned())));
        let mut conversions = vec![fields];
        if back > 0 {
            conversions.extend(conversions.first().map(|sale| refund(sale, back)));
        }
        Ok(conversions)
    }

    fn currency(&self) -> Result<Option<Currency>, String> {
        let Some(code) = self.text("currency")? else {
            return Ok(None);
        };
        Currency::named(&code.to_ascii_uppercase())
            .map(Some)
            .ok_or_else(|| format!("currency: `{code}` is none of ISO 4217"))
    }

    /// What was sold, in minor units: of what was charged, all but the tax.
    fn amount(&self, currency: Option<Currency>) -> Result<i64, String> {
        if let Some(charged) = self.minor("charged")? {
            return Ok(charged - self.minor("tax")?.unwrap_or(0));
        }
        let text = self.text("amount")?.ok_or("amount: is missing")?;
        // Dub writes the amount in cents, where it is no sum of money with its decimals.
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return minor("amount", text);
        }
        let currency = currency.ok_or("currency: is missing")?;
        written::amount(text, currency, self.habits.decimal).map_err(|why| format!("amount: {why}"))
    }

    /// What of an amount was given back: what they name has its share of the tax in it.
    fn given_back(&self, amount: i64) -> Result<i64, String> {
        let back = self.minor("given_back")?.unwrap_or(0);
        let charged = self.minor("charged")?.unwrap_or(amount);
        if back >= charged {
            return Ok(if back > 0 { amount } else { 0 });
        }
        let share = i128::from(back) * i128::from(amount) / i128::from(charged);
        Ok(i64::try_from(share).unwrap_or(amount))
    }

    fn minor(&self, field: &'static str) -> Result<Option<i64>, String> {
        self.text(field)?.map(|text| minor(field, text)).transpose()
    }
}

fn minor(field: &str, text: &str) -> Result<i64, String> {
    let number = text.parse().ok().filter(|number| *number >= 0);
    number.ok_or_else(|| format!("{field}: `{text}` is no number of cents"))
}

/// An amount as bodies and exports of the API have it.
fn as_the_api(text: &str) -> Result<String, String> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "amount: `{text}` is not in minor units, as the API has them: 4999 for 49.99 USD"
    ))
}

/// What was given back of a sale, as a refund of its own: all of it so far, by which
/// it is known, so that what is given back later is another one. A reconciliation goes
/// by such totals as well, and names it the same: whoever reports it later means it.
fn refund(sale: &Fields, back: i64) -> Fields {
    let mut refund = vec![("kind", "refund".to_owned()), ("amount", back.to_string())];
    for (field, text) in sale {
        match *field {
            "order_id" => {
                refund.push(("order_id", text.clone()));
                refund.push(("refund_id", format!("reconciled/{text}/{back}")));
            }
            "currency" | "at" => refund.push((field, text.clone())),
            _ => {}
        }
    }
    refund
}

fn is(text: &str, names: &[&str]) -> bool {
    names.iter().any(|name| text.eq_ignore_ascii_case(name))
}
