// Numbers, money and times as the reader's own language writes them.

/** The browser's own. */
const LOCALE = undefined;

/** Formatters cost more to make than to use. @type {Map<string, any>} */
const made = new Map();

/**
 * @template T
 * @param {new (locale: undefined, options: any) => T} Kind
 * @param {object} options
 * @returns {T}
 */
function formatter(Kind, options) {
  const key = Kind.name + JSON.stringify(options);
  let found = made.get(key);
  if (!found) made.set(key, found = new Kind(LOCALE, options));
  return found;
}

/**
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export const number = (value, options = {}) => formatter(Intl.NumberFormat, options).format(value);

/**
 * A share of one as a percentage: as many digits as tell something.
 * @param {number} share
 * @param {Intl.NumberFormatOptions} [options]
 */
export function percent(share, options = {}) {
  const digits = Math.abs(share) < 0.0995 ? 2 : 1;
  return formatter(Intl.NumberFormat, { style: "percent", maximumFractionDigits: digits, ...options }).format(share);
}

/**
 * An amount in the currency's smallest unit.
 * @param {number} minor
 * @param {string} currency ISO 4217
 * @param {Intl.NumberFormatOptions} [options]
 */
export function money(minor, currency, options = {}) {
  const digits = minorDigits(currency);
  const format = formatter(Intl.NumberFormat, { style: "currency", currency, trailingZeroDisplay: "stripIfInteger", ...options });
  return format.format(minor / 10 ** digits);
}

/** How many digits a currency's smallest unit has. @param {string} currency */
export function minorDigits(currency) {
  return formatter(Intl.NumberFormat, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** A day is no instant: it is read and written by UTC. @param {string} iso @param {string | undefined} zone */
const inZone = (iso, zone) => (iso.length === 10 ? "UTC" : zone);

/**
 * A day.
 * @param {string} iso a day, or an instant
 * @param {string} [zone] the program's; the reader's own without it
 * @param {Intl.DateTimeFormatOptions} [options]
 */
export const date = (iso, zone, options = { dateStyle: "medium" }) =>
  formatter(Intl.DateTimeFormat, { ...options, timeZone: inZone(iso, zone) }).format(new Date(iso));

/**
 * An instant.
 * @param {string} iso
 * @param {string} [zone]
 * @param {Intl.DateTimeFormatOptions} [options]
 */
export const dateTime = (iso, zone, options = { dateStyle: "medium", timeStyle: "short" }) => date(iso, zone, options);

/** From so many seconds on, in units of so many. @type {[number, Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  [31_536_000, "year", 31_536_000], [2_592_000, "month", 2_592_000], [1_209_600, "week", 604_800],
  [86_400, "day", 86_400], [3_600, "hour", 3_600], [60, "minute", 60],
];

/**
 * How long ago, or until.
 * @param {string} iso
 * @param {number} [now]
 */
export function relative(iso, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1_000;
  const [, unit, size] = UNITS.find(([from]) => Math.abs(seconds) >= from) ?? [0, /** @type {const} */ ("second"), Infinity];
  return formatter(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.round(seconds / size) || 0, unit);
}

/**
 * From one day or instant to another.
 * @param {string} from
 * @param {string} to
 * @param {string} [zone]
 */
export const range = (from, to, zone) =>
  formatter(Intl.DateTimeFormat, { dateStyle: "medium", timeZone: inZone(from, zone) }).formatRange(new Date(from), new Date(to));

/**
 * The word for a number of things; the number itself is `number`'s.
 * @param {number} count
 * @param {string} one
 * @param {string} other
 */
export const plural = (count, one, other) => (new Intl.PluralRules("en").select(count) === "one" ? one : other);
