//! Figures as people and spreadsheets write them.
//!
//! Owns what an amount, a moment and an id of a file mean. Where a text could mean
//! two things it is refused, unless the file's habits say which; what a spreadsheet
//! has shortened is refused, as nobody can tell what it was.

use super::{
    date::{days_from_civil, parse_rfc3339},
    money::{Amount, Currency},
    zone::Zone,
};
use crate::decode::names;

names! {
    /// What stands before the decimals of an amount.
    #[derive(Default)]
    pub enum Decimal {
        /// Whatever the amount itself shows.
        #[default]
        Auto => "auto",
        /// A point: 1,234.56
        Point => "point",
        /// A comma: 1.234,56
        Comma => "comma",
    }
}

names! {
    /// What 10/1/2026 means.
    #[derive(Default)]
    pub enum Dates {
        /// Only what can mean one thing: 10/31/2026, 31/10/2026, but not 10/1/2026.
        #[default]
        Auto => "auto",
        /// The first of October.
        Mdy => "mdy",
        /// The tenth of January.
        Dmy => "dmy",
    }
}

/// A JSON number with a point, which is not exact: nobody knows any more how it was
/// written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a number with a point as a text")]
pub struct NotExact;

/// Noon of a day that comes without a time (seconds).
const NOON: i64 = 12 * 3_600;

/// An amount in minor units, with whatever sign it has.
pub fn amount(text: &str, currency: Currency, decimal: Decimal) -> Result<i64, String> {
    let no = || format!("`{}` is no amount", shown(text));
    if is_shortened(text) {
        return Err(shortened(text));
    }
    let mut bare: String = formula(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '\u{2007}' | '\u{202f}'))
        .collect();
    // The currency, by its code or sign, on either side.
    let code = currency.code();
    if let Some(sign) = bare.chars().find(|sign| is_sign_of_another(*sign, code)) {
        return Err(format!("`{}`: {sign} is no sign of {code}", shown(text)));
    }
    let has_digits = |part: &str| part.contains(|c: char| c.is_ascii_digit());
    if let Some((before, after)) = bare.split_once(code)
        && has_digits(before)
        && has_digits(after)
    {
        return Err(no());
    }
    bare = bare.replace(code, "");
    let is_figure =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '(' | ')' | '−');
    let mut body = bare.trim_matches(|c: char| !is_figure(c) && !c.is_ascii_alphabetic());
    let mut negative = false;
    if let Some(inner) = body
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        (body, negative) = (inner, true);
    } else if let Some(rest) = body
        .strip_prefix(['-', '−'])
        .or_else(|| body.strip_suffix('-'))
    {
        (body, negative) = (rest, true);
    } else if let Some(rest) = body.strip_prefix('+') {
        body = rest;
    }
    let body = body.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ','));
    if !body.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return Err(no());
    }
    let point = point(body, decimal, currency.exponent())
        .map_err(|why| format!("`{}` {why}", shown(text)))?;
    let (whole, part) = match point {
        Some(point) => body.rsplit_once(point).ok_or_else(no)?,
        None => (body, ""),
    };
    let whole = ungrouped(whole, point).ok_or_else(no)?;
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(no());
    }
    let places = usize::from(currency.exponent());
    let part = if part.len() > places {
        let (part, rest) = part.split_at_checked(places).ok_or_else(no)?;
        if rest.chars().any(|c| c != '0') {
            return Err(format!(
                "`{}` has more decimals than {code} has",
                shown(text)
            ));
        }
        part
    } else {
        part
    };
    let digits = format!("{whole}{part:0<places$}");
    let units: i64 = digits.parse().map_err(|_| no())?;
    if units > Amount::MOST {
        return Err(format!("`{}` is more than any sale", shown(text)));
    }
    Ok(if negative { -units } else { units })
}

/// Signs of currencies, and whose they are. `$` is of many, and so tells nothing.
const SIGNS: [(char, &str); 17] = [
    ('€', "EUR"),
    ('£', "GBP FKP GIP SHP"),
    ('¥', "JPY CNY"),
    ('￥', "JPY CNY"),
    ('₹', "INR"),
    ('₩', "KRW"),
    ('₽', "RUB"),
    ('₺', "TRY"),
    ('₫', "VND"),
    ('₪', "ILS"),
    ('₴', "UAH"),
    ('₦', "NGN"),
    ('₱', "PHP"),
    ('₡', "CRC"),
    ('₸', "KZT"),
    ('₾', "GEL"),
    ('฿', "THB"),
];

fn is_sign_of_another(sign: char, code: &str) -> bool {
    let mut known = SIGNS.iter();
    known.any(|(known, codes)| *known == sign && !codes.contains(code))
}

/// What stands before the decimals of a figure, if it has any.
fn point(body: &str, decimal: Decimal, exponent: u8) -> Result<Option<char>, &'static str> {
    match decimal {
        Decimal::Point => return Ok(body.contains('.').then_some('.')),
        Decimal::Comma => return Ok(body.contains(',').then_some(',')),
        Decimal::Auto => {}
    }
    let Some((before, mark, after)) = body
        .char_indices()
        .rfind(|(_, c)| matches!(c, ',' | '.'))
        .and_then(|(place, mark)| Some((body.get(..place)?, mark, body.get(place + 1..)?)))
    else {
        return Ok(None);
    };
    // 1.234.567 has no decimals.
    if before.contains(mark) {
        return Ok(None);
    }
    // 1,234.567 has, and so have 0.500 and 1234.500: nobody parts these into thousands.
    // Of 1.234 only a currency with three decimals tells.
    let has_other = before.contains([',', '.']);
    let may_part = matches!(before.len(), 1..=3) && !before.starts_with('0');
    if exponent < 3 && after.len() == 3 && !has_other && may_part {
        return Err("can be two amounts; say `decimal=point` or `decimal=comma`");
    }
    Ok(Some(mark))
}

/// A whole number without what parts its thousands.
fn ungrouped(whole: &str, point: Option<char>) -> Option<String> {
    let mark = match point {
        Some('.') => ',',
        Some(_) => '.',
        None => whole
            .chars()
            .find(|c| matches!(c, '.' | ','))
            .unwrap_or(','),
    };
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut last = None;
    for group in groups {
        // India parts after three digits, and then after two.
        if !matches!(group.len(), 2 | 3) {
            return None;
        }
        digits.push_str(group);
        last = Some(group.len());
    }
    let fits = last.is_none_or(|last| last == 3 && matches!(first.len(), 1..=3));
    (fits && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// A moment (Unix ms). A day without a time is its noon on the zone's clock, which is
/// the same day almost everywhere.
pub fn moment(text: &str, dates: Dates, zone: Zone) -> Result<i64, String> {
    let no = || {
        format!(
            "`{}` is no date; write 2026-10-31 or 2026-10-31T14:05:00Z",
            shown(text)
        )
    };
    if is_shortened(text) {
        return Err(shortened(text));
    }
    let text = formula(text).trim();
    if let Some(moment) = parse_rfc3339(text) {
        return Ok(moment);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_number(text).ok_or_else(no);
    }
    let (date, time) = match text.find([' ', 'T', ',']) {
        Some(end) => text.split_at_checked(end).ok_or_else(no)?,
        None => (text, ""),
    };
    let day = day(date, dates).map_err(|why| why.unwrap_or_else(no))?;
    let time = time.trim_start_matches([' ', 'T', ',']);
    if let Some(utc) = time
        .strip_suffix("UTC")
        .or_else(|| time.strip_suffix(['Z', 'z']))
    {
        let seconds = seconds(utc.trim()).ok_or_else(no)?;
        return Ok((day * 86_400 + seconds) * 1_000);
    }
    let local = day * 86_400
        + if time.is_empty() {
            NOON
        } else {
            seconds(time).ok_or_else(no)?
        };
    // The offset of the clock an hour before is that of the moment, but for the hours
    // around a change.
    let guess = local - i64::from(zone.offset_at(local));
    Ok((local - i64::from(zone.offset_at(guess))) * 1_000)
}

/// Unix seconds or milliseconds, or the day of a spreadsheet (days since 1899-12-30).
fn of_number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    match text.len() {
        5 => Some(((number - 25_569) * 86_400 + NOON) * 1_000),
        10 => Some(number * 1_000),
        13 => Some(number),
        _ => None,
    }
}

/// Days since 1970-01-01; an error without a text where there is no date at all.
fn day(date: &str, dates: Dates) -> Result<i64, Option<String>> {
    let mark = date
        .chars()
        .find(|c| matches!(c, '-' | '/' | '.'))
        .ok_or(None)?;
    let mut parts = date.split(mark).map(|part| {
        let is_number =
            (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| is_number)
    });
    let mut part = || parts.next().flatten().ok_or(None);
    let (a, b, c) = (part()?, part()?, part()?);
    if parts.next().is_some() {
        return Err(None);
    }
    let (year, month, day) = if a > 31 {
        (a, b, c)
    } else {
        match (mark, dates) {
            ('.', _) | (_, Dates::Dmy) => (c, b, a),
            (_, Dates::Mdy) => (c, a, b),
            _ if b > 12 => (c, a, b),
            _ if a > 12 || a == b => (c, b, a),
            _ => {
                let text = shown(date);
                return Err(Some(format!(
                    "`{text}` can be two days; say `dates=mdy` or `dates=dmy`"
                )));
            }
        }
    };
    let year = if year < 100 { year + 2_000 } else { year };
    let length = days_from_civil(year, month + 1, 1) - days_from_civil(year, month, 1);
    if (1970..=2199).contains(&year) && (1..=12).contains(&month) && (1..=length).contains(&day) {
        Ok(days_from_civil(year, month, day))
    } else {
        Err(None)
    }
}

/// Seconds since midnight: 14:05, 14:05:33, 14:05:33.250, 2:05 PM.
fn seconds(time: &str) -> Option<i64> {
    let lower = time.to_ascii_lowercase();
    let (clock, half) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(clock), _) => (clock.trim(), Some(12)),
        (_, Some(clock)) => (clock.trim(), Some(0)),
        _ => (lower.as_str(), None),
    };
    let (clock, _) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(|part| {
        part.parse::<i64>()
            .ok()
            .filter(|_| matches!(part.len(), 1 | 2))
    });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None => 0,
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    (fits && parts.next().is_none()).then_some(hour * 3_600 + minute * 60 + second)
}

/// An id, as it was before a spreadsheet got hold of it.
pub fn id(text: &str) -> Result<&str, String> {
    if is_shortened(text) {
        return Err(shortened(text));
    }
    Ok(formula(text))
}

/// What is in `="00123"`, which keeps a spreadsheet from taking the zeros away.
fn formula(text: &str) -> &str {
    let inner = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text)
}

/// Whether it is a number that a spreadsheet shows with fewer digits than it had.
fn is_shortened(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    whole.trim_start_matches('-').len() == 1
        && are_digits(whole.trim_start_matches('-'))
        && are_digits(part)
        && exponent
            .strip_prefix('+')
            .is_some_and(|rest| matches!(rest.len(), 1..=3) && are_digits(rest))
}

fn shortened(text: &str) -> String {
    let text = shown(text);
    format!("a spreadsheet has shortened `{text}`; export the column as text")
}

/// As much of a text as an error repeats.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(code: &str) -> Currency {
        Currency::named(code).unwrap()
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, code, decimal, units) in [
            ("1234.56", "USD", Decimal::Auto, 123_456),
            ("1,234.56", "USD", Decimal::Auto, 123_456),
            ("1.234,56", "EUR", Decimal::Auto, 123_456),
            ("1 234,56 €", "EUR", Decimal::Auto, 123_456),
            ("1\u{a0}234,56\u{a0}€", "EUR", Decimal::Auto, 123_456),
            ("1'234.50", "CHF", Decimal::Auto, 123_450),
            ("CHF 1’234.50", "CHF", Decimal::Auto, 123_450),
            ("$1,234", "USD", Decimal::Point, 123_400),
            ("1.234", "USD", Decimal::Comma, 123_400),
            ("1.234.567", "EUR", Decimal::Auto, 123_456_700),
            ("1234.500", "USD", Decimal::Auto, 123_450),
            ("1.234", "EUR", Decimal::Comma, 123_400),
            ("1.5", "USD", Decimal::Auto, 150),
            ("0.500", "USD", Decimal::Auto, 50),
            ("1,5", "EUR", Decimal::Auto, 150),
            ("1,234,567", "USD", Decimal::Auto, 123_456_700),
            ("12,34,567.89", "INR", Decimal::Auto, 123_456_789),
            ("1.234", "KWD", Decimal::Auto, 1_234),
            ("(12.00)", "USD", Decimal::Auto, -1_200),
            ("-12", "USD", Decimal::Auto, -1_200),
            ("USD -12.00", "USD", Decimal::Auto, -1_200),
            ("12,00-", "EUR", Decimal::Auto, -1_200),
            ("+49.99", "USD", Decimal::Auto, 4_999),
            ("5000", "JPY", Decimal::Auto, 5_000),
            ("¥5,000", "JPY", Decimal::Point, 5_000),
            ("¥5,000", "CNY", Decimal::Point, 500_000),
            ("£12", "GBP", Decimal::Auto, 1_200),
            ("₹12", "INR", Decimal::Auto, 1_200),
            ("$12", "CAD", Decimal::Auto, 1_200),
            (".5", "USD", Decimal::Auto, 50),
            ("12.", "USD", Decimal::Point, 1_200),
            ("0", "USD", Decimal::Auto, 0),
            ("=\"49.99\"", "USD", Decimal::Auto, 4_999),
        ] {
            assert_eq!(
                amount(text, money(code), decimal),
                Ok(units),
                "{text} {code}"
            );
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for (text, why) in [
            ("", "no amount"),
            ("twelve", "no amount"),
            ("1.2E+5", "shortened"),
            ("1,23,4", "no amount"),
            ("12.005 EUR", "no amount"),
            ("12.3456", "more decimals"),
            ("1,234.567", "more decimals"),
            ("1.2.3", "no amount"),
            ("99999999999999", "more than any"),
            ("9999999999999999999999", "no amount"),
            ("12-34", "no amount"),
            ("1e5", "no amount"),
            ("EUR 12", "no amount"),
            ("12 USD 50", "no amount"),
            ("1.234.56", "no amount"),
            ("12.345", "can be two amounts; say `decimal=point` or"),
            ("12,345", "can be two amounts"),
            ("$1,234", "can be two amounts"),
            ("-1.000", "can be two amounts"),
            ("£12", "£ is no sign of USD"),
            ("12 €", "€ is no sign of USD"),
            ("¥12", "¥ is no sign of USD"),
            ("-₹12.00", "₹ is no sign of USD"),
        ] {
            let error = amount(text, money("USD"), Decimal::Auto).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        let error = amount("5,000", money("JPY"), Decimal::Auto).unwrap_err();
        assert!(error.contains("two amounts"), "{error}");
        let error = amount("1,23", money("USD"), Decimal::Point).unwrap_err();
        assert!(error.contains("no amount"), "{error}");
        // What looks like thousands are decimals where the file says so.
        let error = amount("12.345", money("USD"), Decimal::Point).unwrap_err();
        assert!(error.contains("more decimals"), "{error}");
    }

    #[test]
    fn moments_are_read_as_they_are_written() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        for (text, dates, at) in [
            (
                "2026-10-01T14:05:33Z",
                Dates::Auto,
                "2026-10-01T14:05:33.000Z",
            ),
            ("2026-10-01", Dates::Auto, "2026-10-01T10:00:00.000Z"),
            ("2026-12-01", Dates::Auto, "2026-12-01T11:00:00.000Z"),
            ("2026-10-01 14:05", Dates::Auto, "2026-10-01T12:05:00.000Z"),
            (
                "2026-10-01 14:05:33 UTC",
                Dates::Auto,
                "2026-10-01T14:05:33.000Z",
            ),
            (
                "2026-10-01T14:05:33",
                Dates::Auto,
                "2026-10-01T12:05:33.000Z",
            ),
            ("10/1/2026", Dates::Mdy, "2026-10-01T10:00:00.000Z"),
            ("10/1/2026", Dates::Dmy, "2026-01-10T11:00:00.000Z"),
            ("10/31/2026", Dates::Auto, "2026-10-31T11:00:00.000Z"),
            ("31/10/26, 2:05 PM", Dates::Auto, "2026-10-31T13:05:00.000Z"),
            ("1.10.2026", Dates::Auto, "2026-10-01T10:00:00.000Z"),
            (
                "10/31/2026 12:05 AM",
                Dates::Auto,
                "2026-10-30T23:05:00.000Z",
            ),
            ("1790000000", Dates::Auto, "2026-09-21T14:13:20.000Z"),
            ("1790000000123", Dates::Auto, "2026-09-21T14:13:20.123Z"),
            ("46296", Dates::Auto, "2026-10-01T12:00:00.000Z"),
        ] {
            let read = moment(text, dates, zone).map(crate::domain::date::rfc3339);
            assert_eq!(read, Ok(at.to_owned()), "{text}");
        }
        for (text, why) in [
            ("10/1/2026", "two days"),
            ("2026-02-30", "no date"),
            ("31/31/2026", "no date"),
            ("yesterday", "no date"),
            ("2026-10-01 25:00", "no date"),
            ("2026-10-01 1", "no date"),
            ("4.63E+04", "shortened"),
            ("", "no date"),
            ("123", "no date"),
        ] {
            let error = moment(text, Dates::Auto, zone).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn ids_are_taken_out_of_formulas_and_refused_when_shortened() {
        assert_eq!(id("=\"00123\""), Ok("00123"));
        assert_eq!(id("0061x00000AbC1E"), Ok("0061x00000AbC1E"));
        assert_eq!(id("1E5"), Ok("1E5"));
        assert!(id("1.23457E+14").unwrap_err().contains("shortened"));
    }

    proptest! {
        #[test]
        fn every_amount_comes_back_however_it_is_grouped(units in 0_i64..=Amount::MOST, comma: bool) {
            let (whole, part) = (units / 100, units % 100);
            let digits = whole.to_string();
            let mark = if comma { '.' } else { ',' };
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(mark);
                }
                grouped.push(digit);
            }
            let text = format!("{grouped}{}{part:02}", if comma { ',' } else { '.' });
            prop_assert_eq!(amount(&text, money("EUR"), Decimal::Auto), Ok(units));
        }

        #[test]
        fn no_text_is_too_strange(text in "[0-9,.()EUR e+\"=€/: -]{0,14}|\\PC{0,12}") {
            let zone = Zone::named("America/New_York").unwrap();
            let _ = amount(&text, money("EUR"), Decimal::Auto);
            let _ = amount(&text, money("EUR"), Decimal::Comma);
            let _ = moment(&text, Dates::Mdy, zone);
            let _ = id(&text);
        }
    }
}
