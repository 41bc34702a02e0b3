// Amounts as people type them: whole minor units inside, a decimal number outside.
//
// The decimal places are ISO 4217's, as the server has them; a browser's own
// differ for some currencies, and would move an amount by a thousand.

const CODES =
  "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

export const CURRENCIES = CODES.split(" ");
/** What most programs pay in, to stand first. */
export const COMMON = ["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY"];

const PLACES = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];

/** @param {string} currency */
export function places(currency) {
  const found = PLACES.find(([, codes]) => String(codes).includes(currency));
  return found ? Number(found[0]) : 2;
}

/**
 * An amount for a field: `10000` of USD is `100`, `1050` is `10.50`.
 * @param {unknown} amount
 * @param {string} unit a currency, or `months`
 */
export function typed(amount, unit) {
  if (typeof amount !== "number" || !Number.isSafeInteger(amount)) return amount === undefined ? "" : String(amount);
  const digits = unit === "months" ? 0 : places(unit);
  if (digits === 0) return String(amount);
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  const [whole, part] = [text.slice(0, -digits), text.slice(-digits)];
  return (amount < 0 ? "-" : "") + (/^0+$/.test(part) ? whole : `${whole}.${part}`);
}

/**
 * What was typed, in minor units; nothing where it is no such number. A comma is
 * read as a point: `10,50` is what half the world types.
 * @param {string} text
 * @param {string} unit
 * @returns {number | undefined}
 */
export function amountOf(text, unit) {
  const digits = unit === "months" ? 0 : places(unit);
  const found = /^(\d{1,13})(?:[.,](\d*))?$/.exec(text.trim());
  if (!found) return undefined;
  const part = found[2] ?? "";
  if (part.length > digits) return undefined;
  const amount = Number(found[1] + part.padEnd(digits, "0"));
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/**
 * An amount for people: `$100.00`, `12 months`.
 * @param {unknown} amount
 * @param {unknown} unit
 */
export function spoken(amount, unit) {
  if (typeof amount !== "number" || typeof unit !== "string") return "…";
  if (unit === "months") {
    return new Intl.NumberFormat(undefined, { style: "unit", unit: "month", unitDisplay: "long" }).format(amount);
  }
  if (!CURRENCIES.includes(unit)) return `${amount} ${unit}`;
  const digits = places(unit);
  const whole = Number.isInteger(amount / 10 ** digits);
  return new Intl.NumberFormat(undefined, {
    style: "currency", currency: unit, minimumFractionDigits: whole ? 0 : digits, maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}
