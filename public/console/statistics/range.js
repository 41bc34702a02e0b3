// Ranges of days by the program's clock: the usual ones by name, others by
// their ends, and what each is compared with.

/**
 * @typedef {{ from: string, to: string, unit: import("/ui/chart.js").Unit, days: number }} Range
 */

/** @type {{ key: string, label: string }[]} */
export const PRESETS = [
  { key: "7d", label: "Last 7 days" },
  { key: "30d", label: "Last 30 days" },
  { key: "90d", label: "Last 90 days" },
  { key: "month", label: "This month" },
  { key: "last-month", label: "Last month" },
  { key: "quarter", label: "This quarter" },
  { key: "last-quarter", label: "Last quarter" },
  { key: "year", label: "Last 12 months" },
  { key: "custom", label: "Custom …" },
];

/** Days of a range at most: what the API answers. */
export const MOST_DAYS = 1_100;

const MS_A_DAY = 86_400_000;

/** @param {string} day */
const read = (day) => new Date(`${day}T00:00:00Z`);
/** @param {Date} date */
const write = (date) => date.toISOString().slice(0, 10);

/**
 * Some days later, or earlier.
 * @param {string} day
 * @param {number} days
 */
export const shift = (day, days) => write(new Date(read(day).getTime() + days * MS_A_DAY));

/**
 * How many days there are from one to another, both included.
 * @param {string} from
 * @param {string} to
 */
export const length = (from, to) => Math.round((read(to).getTime() - read(from).getTime()) / MS_A_DAY) + 1;

/**
 * Today by a zone's clock.
 * @param {string} zone
 * @param {Date} [now]
 */
export function today(zone, now = new Date()) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(now);
  const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** @param {string} day */
const isDay = (day) => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(read(day).getTime()) && write(read(day)) === day;

/**
 * @param {{ range: string, from: string, to: string }} query
 * @param {string} now today
 * @returns {Range}
 */
export function rangeOf(query, now) {
  const { from, to } = ends(query, now);
  const days = length(from, to);
  return { from, to, days, unit: days <= 2 ? "hour" : days <= 120 ? "day" : days <= 550 ? "week" : "month" };
}

/** @param {{ range: string, from: string, to: string }} query @param {string} now */
function ends({ range, from, to }, now) {
  const month = `${now.slice(0, 7)}-01`;
  const quarter = quarterOf(now);
  switch (range) {
    case "7d": return { from: shift(now, -6), to: now };
    case "90d": return { from: shift(now, -89), to: now };
    case "month": return { from: month, to: now };
    case "last-month": return { from: `${shift(month, -1).slice(0, 7)}-01`, to: shift(month, -1) };
    case "quarter": return { from: quarterStart(quarter), to: now };
    case "last-quarter": return { from: quarterStart(quarterBefore(quarter)), to: shift(quarterStart(quarter), -1) };
    case "year": return { from: shift(now, -364), to: now };
    case "custom":
      if (isDay(from) && isDay(to) && from <= to && length(from, to) <= MOST_DAYS) return { from, to };
      return { from: shift(now, -29), to: now };
    default: return { from: shift(now, -29), to: now };
  }
}

/**
 * As many days, directly before.
 * @param {Range} range
 * @returns {Range}
 */
export function before({ from, days, unit }) {
  return { from: shift(from, -days), to: shift(from, -1), unit, days };
}

/**
 * A quarter as the API calls it: `2026-Q4`.
 * @param {string} day
 */
export function quarterOf(day) {
  return `${day.slice(0, 4)}-Q${Math.floor((Number(day.slice(5, 7)) - 1) / 3) + 1}`;
}

/** @param {string} quarter */
export function quarterBefore(quarter) {
  return quarterOf(shift(quarterStart(quarter), -1));
}

/** @param {string} quarter */
function quarterStart(quarter) {
  return `${quarter.slice(0, 4)}-${String((Number(quarter.slice(6)) - 1) * 3 + 1).padStart(2, "0")}-01`;
}
