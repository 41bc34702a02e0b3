//! Money: currencies and amounts.
//!
//! Owns the table of currencies with their minor units, the range of an amount
//! that comes in, and the plain decimal text for files that banks read. An
//! amount is a whole number of minor units (cents of USD, yen of JPY)
//! everywhere: no float is ever near money.

use serde::Serialize;
use utoipa::ToSchema;

use crate::decode::checked;

/// A currency by its ISO 4217 alphabetic code, such as `USD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(into = "String")]
#[schema(value_type = String, min_length = 3, max_length = 3, example = "USD")]
pub struct Currency([u8; 4]);

checked! { Currency, String }

/// Why a text or a number is no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not on the list.
    #[error("must be the code of a currency in capitals (ISO 4217), like USD")]
    Currency,
    /// Out of range.
    #[error("must be from 1 to 1,000,000,000,000, in the smallest unit of the currency")]
    Amount,
}

impl Currency {
    /// The currency of a code; codes in small letters are none.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        let index = TABLE
            .binary_search_by(|[a, b, c, _]| [*a, *b, *c].cmp(&code))
            .ok()?;
        TABLE.get(index).copied().map(Self)
    }

    /// The code, as text.
    #[must_use]
    pub fn code(&self) -> &str {
        let [code @ .., _] = &self.0;
        // The table holds ASCII only.
        str::from_utf8(code).unwrap_or_default()
    }

    /// Decimal places of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub const fn exponent(self) -> u8 {
        let [.., digit] = self.0;
        digit.wrapping_sub(b'0')
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::named(&code).ok_or(MoneyError::Currency)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount that came in: 1 to [`Amount::MOST`] of the smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(into = "i64")]
#[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 10_000)]
pub struct Amount(i64);

checked! { Amount, i64 }

impl Amount {
    /// The greatest amount: far above any sale, and so far below what 64 bits
    /// hold that nine million of them can be summed.
    pub const MOST: i64 = 1_000_000_000_000;

    /// The number of minor units.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Amount {
    type Error = MoneyError;

    fn try_from(amount: i64) -> Result<Self, MoneyError> {
        if (1..=Self::MOST).contains(&amount) {
            Ok(Self(amount))
        } else {
            Err(MoneyError::Amount)
        }
    }
}

impl From<Amount> for i64 {
    fn from(amount: Amount) -> Self {
        amount.0
    }
}

/// Minor units as a decimal number with a point: `-1205` at exponent 2 is
/// `-12.05`. There are no separators of thousands, as in payout files.
#[must_use]
pub fn decimal(amount: i64, exponent: u8) -> String {
    let places = usize::from(exponent);
    // One digit before the point at least.
    let mut text = format!("{:0>1$}", amount.unsigned_abs(), places.saturating_add(1));
    if let Some(point) = text.len().checked_sub(places)
        && places > 0
    {
        text.insert(point, '.');
    }
    if amount < 0 {
        text.insert(0, '-');
    }
    text
}

/// Every code of ISO 4217:2015, list one, as SIX published it on 2026-01-01
/// (<https://www.six-group.com/en/products-services/financial-information/data-standards.html>),
/// with the decimal places of its minor unit, in the order of the codes. Left
/// out are the thirteen without a minor unit, in which nobody is paid: metals,
/// units of account, testing, no currency.
#[rustfmt::skip]
const TABLE: &[[u8; 4]] = &[
    *b"AED2", *b"AFN2", *b"ALL2", *b"AMD2", *b"AOA2", *b"ARS2", *b"AUD2", *b"AWG2",
    *b"AZN2", *b"BAM2", *b"BBD2", *b"BDT2", *b"BHD3", *b"BIF0", *b"BMD2", *b"BND2",
    *b"BOB2", *b"BOV2", *b"BRL2", *b"BSD2", *b"BTN2", *b"BWP2", *b"BYN2", *b"BZD2",
    *b"CAD2", *b"CDF2", *b"CHE2", *b"CHF2", *b"CHW2", *b"CLF4", *b"CLP0", *b"CNY2",
    *b"COP2", *b"COU2", *b"CRC2", *b"CUP2", *b"CVE2", *b"CZK2", *b"DJF0", *b"DKK2",
    *b"DOP2", *b"DZD2", *b"EGP2", *b"ERN2", *b"ETB2", *b"EUR2", *b"FJD2", *b"FKP2",
    *b"GBP2", *b"GEL2", *b"GHS2", *b"GIP2", *b"GMD2", *b"GNF0", *b"GTQ2", *b"GYD2",
    *b"HKD2", *b"HNL2", *b"HTG2", *b"HUF2", *b"IDR2", *b"ILS2", *b"INR2", *b"IQD3",
    *b"IRR2", *b"ISK0", *b"JMD2", *b"JOD3", *b"JPY0", *b"KES2", *b"KGS2", *b"KHR2",
    *b"KMF0", *b"KPW2", *b"KRW0", *b"KWD3", *b"KYD2", *b"KZT2", *b"LAK2", *b"LBP2",
    *b"LKR2", *b"LRD2", *b"LSL2", *b"LYD3", *b"MAD2", *b"MDL2", *b"MGA2", *b"MKD2",
    *b"MMK2", *b"MNT2", *b"MOP2", *b"MRU2", *b"MUR2", *b"MVR2", *b"MWK2", *b"MXN2",
    *b"MXV2", *b"MYR2", *b"MZN2", *b"NAD2", *b"NGN2", *b"NIO2", *b"NOK2", *b"NPR2",
    *b"NZD2", *b"OMR3", *b"PAB2", *b"PEN2", *b"PGK2", *b"PHP2", *b"PKR2", *b"PLN2",
    *b"PYG0", *b"QAR2", *b"RON2", *b"RSD2", *b"RUB2", *b"RWF0", *b"SAR2", *b"SBD2",
    *b"SCR2", *b"SDG2", *b"SEK2", *b"SGD2", *b"SHP2", *b"SLE2", *b"SOS2", *b"SRD2",
    *b"SSP2", *b"STN2", *b"SVC2", *b"SYP2", *b"SZL2", *b"THB2", *b"TJS2", *b"TMT2",
    *b"TND3", *b"TOP2", *b"TRY2", *b"TTD2", *b"TWD2", *b"TZS2", *b"UAH2", *b"UGX0",
    *b"USD2", *b"USN2", *b"UYI0", *b"UYU2", *b"UYW4", *b"UZS2", *b"VED2", *b"VES2",
    *b"VND0", *b"VUV0", *b"WST2", *b"XAD2", *b"XAF0", *b"XCD2", *b"XCG2", *b"XOF0",
    *b"XPF0", *b"YER2", *b"ZAR2", *b"ZMW2", *b"ZWG2",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;
    use proptest::prelude::*;

    #[test]
    fn the_table_is_in_order_and_holds_nothing_else() {
        assert!(TABLE.is_sorted_by(|a, b| a[..3] < b[..3]));
        assert_eq!(TABLE.len(), 165);
        for [a, b, c, digit] in TABLE {
            assert!([a, b, c].iter().all(|byte| byte.is_ascii_uppercase()));
            assert!((b'0'..=b'4').contains(digit));
        }
    }

    #[test]
    fn currencies_know_their_minor_units() {
        for (exponent, codes) in [
            (0, "JPY KRW VND CLP ISK XOF XAF XPF UGX UYI"),
            (2, "USD EUR GBP CHF CNY HUF MRU MGA XCG"),
            (3, "BHD KWD OMR JOD TND IQD LYD"),
            (4, "CLF UYW"),
        ] {
            for code in codes.split(' ') {
                let currency = Currency::named(code).unwrap();
                assert_eq!((currency.code(), currency.exponent()), (code, exponent));
            }
        }
    }

    #[test]
    fn what_is_no_currency_is_refused() {
        // BGN ended with 2025, XAU is gold, XXX is none.
        for code in [
            "", "usd", "US", "USDX", "BGN", "XAU", "XXX", "AAA", "ZZZ", "€",
        ] {
            assert_eq!(Currency::named(code), None, "{code}");
        }
    }

    #[test]
    fn money_is_text_and_whole_numbers_in_json() {
        let usd = Currency::named("USD").unwrap();
        assert_eq!(serde_json::to_string(&usd).unwrap(), r#""USD""#);
        assert_eq!(decode::read::<Currency>(br#""USD""#).unwrap(), usd);
        assert_eq!(
            decode::read::<Currency>(br#""usd""#)
                .unwrap_err()
                .to_string(),
            "must be the code of a currency in capitals (ISO 4217), like USD"
        );
        assert_eq!(decode::read::<Amount>(b"1").unwrap().get(), 1);
        let most = Amount::try_from(Amount::MOST).unwrap();
        assert_eq!(serde_json::to_string(&most).unwrap(), "1000000000000");
        for text in [
            "0",
            "-1",
            "1000000000001",
            "9223372036854775808",
            "1.5",
            "1.0",
            "1e3",
            r#""1""#,
            "null",
        ] {
            assert!(decode::read::<Amount>(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn decimals_have_the_places_of_the_minor_unit() {
        for (amount, exponent, text) in [
            (-1205, 2, "-12.05"),
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 3, "-0.005"),
            (1_000_000, 2, "10000.00"),
            (1205, 0, "1205"),
            (-1, 0, "-1"),
            (12_345, 4, "1.2345"),
            (i64::MIN, 2, "-92233720368547758.08"),
            (i64::MAX, 3, "9223372036854775.807"),
            (7, 20, "0.00000000000000000007"),
        ] {
            assert_eq!(decimal(amount, exponent), text);
        }
    }

    proptest! {
        #[test]
        fn a_decimal_without_its_point_is_the_amount(amount: i64, exponent in 0..5_u8) {
            let text = decimal(amount, exponent);
            let places = text.split_once('.').map_or(0, |(_, places)| places.len());
            prop_assert_eq!(places, usize::from(exponent));
            prop_assert_eq!(text.replace('.', "").parse::<i64>(), Ok(amount));
        }
    }
}
