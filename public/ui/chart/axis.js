// Where a time axis has its marks, and what they say. Points are days or hours
// by the program's clock; the axis counts them, so that an hour more or less in
// the night the clocks change moves nothing.

/** @typedef {"hour" | "day" | "week" | "month"} Unit */

/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/**
 * Making one takes longer than drawing a line, so each is made once.
 * @param {Intl.DateTimeFormatOptions} options
 * @param {string} zone
 * @param {string} [locale]
 */
function formatter(options, zone, locale) {
  const key = JSON.stringify([options, zone, locale]);
  let found = made.get(key);
  if (!found) made.set(key, (found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })));
  return found;
}

/**
 * A point's beginning. A day is no instant, so it is read and written by UTC.
 * @param {string} start
 */
export function instant(start) {
  return new Date(start.length === 10 ? `${start}T00:00:00Z` : start);
}

/**
 * How points are named: in full for a reader, shortly on the axis.
 * @param {Unit} unit
 * @param {string} zone
 * @returns {{ full: (start: string) => string, short: (start: string) => string, above: (start: string) => string }}
 */
export function names(unit, zone) {
  if (unit === "hour") {
    const full = formatter({ weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }, zone);
    const hour = formatter({ hour: "numeric", minute: "2-digit" }, zone);
    const day = formatter({ day: "numeric", month: "short" }, zone);
    return {
      full: (start) => full.format(instant(start)),
      short: (start) => hour.format(instant(start)),
      above: (start) => day.format(instant(start)),
    };
  }
  const year = formatter({ year: "numeric" }, "UTC");
  if (unit === "month") {
    const full = formatter({ month: "long", year: "numeric" }, "UTC");
    const short = formatter({ month: "short" }, "UTC");
    return {
      full: (start) => full.format(instant(start)),
      short: (start) => short.format(instant(start)),
      above: (start) => year.format(instant(start)),
    };
  }
  const full = formatter({ weekday: "short", day: "numeric", month: "short", year: "numeric" }, "UTC");
  const range = formatter({ day: "numeric", month: "short", year: "numeric" }, "UTC");
  const short = formatter({ day: "numeric", month: "short" }, "UTC");
  return {
    full: unit === "week"
      ? (start) => range.formatRange(instant(start), new Date(instant(start).getTime() + 6 * 86_400_000))
      : (start) => full.format(instant(start)),
    short: (start) => short.format(instant(start)),
    above: (start) => year.format(instant(start)),
  };
}

/**
 * The day a week begins with here: 1 is Monday, 7 Sunday.
 * @returns {number}
 */
export function firstDay() {
  const locale = /** @type {any} */ (new Intl.Locale(navigator.language));
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

/**
 * The points that get a mark: as many as there is room for, at beginnings that
 * mean something.
 * @param {string[]} starts
 * @param {Unit} unit
 * @param {string} zone
 * @param {number} most
 * @returns {number[]}
 */
export function marks(starts, unit, zone, most) {
  const all = starts.map((_, index) => index);
  if (all.length <= most) return all;
  for (const rule of rules(starts, unit, zone)) {
    const chosen = all.filter(rule);
    if (chosen.length > 0 && chosen.length <= most) return chosen;
  }
  const step = Math.ceil(all.length / Math.max(1, most));
  return all.filter((index) => index % step === 0);
}

/**
 * @param {string[]} starts
 * @param {Unit} unit
 * @param {string} zone
 * @returns {((index: number) => boolean)[]}
 */
function rules(starts, unit, zone) {
  if (unit === "hour") {
    const hour = formatter({ hour: "2-digit", hourCycle: "h23" }, zone, "en-GB");
    const hours = starts.map((start) => Number(hour.format(instant(start))));
    return [2, 3, 4, 6, 12, 24].map((step) => (index) => hours[index] % step === 0);
  }
  const dates = starts.map(instant);
  const first = firstDay() % 7;
  /** @param {number} index */
  const monthBegins = (index) =>
    unit === "day" ? dates[index].getUTCDate() === 1 : index === 0 || dates[index].getUTCMonth() !== dates[index - 1].getUTCMonth();
  /** @param {number} months */
  const everyMonths = (months) => (/** @type {number} */ index) =>
    monthBegins(index) && dates[index].getUTCMonth() % months === 0;
  if (unit !== "day") return [1, 2, 3, 6].map(everyMonths);
  const weeks = dates.filter((date) => date.getUTCDay() === first);
  return [
    (index) => (starts.length - 1 - index) % 2 === 0,
    (index) => dates[index].getUTCDay() === first,
    (index) => dates[index].getUTCDay() === first && weeks.indexOf(dates[index]) % 2 === 0,
    everyMonths(1),
    everyMonths(3),
  ];
}

/**
 * Days made weeks or months, for ranges in which a day is too narrow to see.
 * @param {string[]} days
 * @param {Unit} unit
 * @returns {{ starts: string[], sum: (values: number[]) => number[] }}
 */
export function group(days, unit) {
  if (unit !== "week" && unit !== "month") return { starts: days, sum: (values) => values };
  const first = firstDay() % 7;
  /** @type {string[]} */
  const starts = [];
  const slots = days.map((day) => {
    const begin = instant(day);
    if (unit === "month") begin.setUTCDate(1);
    else begin.setUTCDate(begin.getUTCDate() - ((begin.getUTCDay() - first + 7) % 7));
    const start = begin.toISOString().slice(0, 10);
    if (starts.at(-1) !== start) starts.push(start);
    return starts.length - 1;
  });
  return {
    starts,
    sum: (values) => {
      const sums = starts.map(() => 0);
      values.forEach((value, index) => {
        if (slots[index] !== undefined) sums[slots[index]] += value;
      });
      return sums;
    },
  };
}

/**
 * A round number at or above, which leaves a little room over the highest bar.
 * @param {number} highest
 */
export function ceiling(highest) {
  if (!(highest > 0)) return 4;
  if (highest <= 4) return 4;
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  const step = steps.find((candidate) => candidate * magnitude >= highest * 1.02) ?? 10;
  return step * magnitude;
}
