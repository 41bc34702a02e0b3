// What a referral program brings in a year, from assumptions. Amounts are in the
// currency's smallest unit; nothing here is rounded.

/**
 * @typedef {"advocates" | "active" | "leads" | "won" | "revenue" | "margin" | "reward" | "cost"} Key
 * @typedef {Record<Key, number>} Values
 *
 * @typedef {object} Outcome
 * @property {number} referrals
 * @property {number} won
 * @property {number} revenue
 * @property {number} gain what the margin leaves of it
 * @property {number} rewards
 * @property {number} running
 * @property {number} costs
 * @property {number} net
 * @property {number | null} perUnit what comes back for each unit of money spent
 * @property {number | null} perWon what a won deal costs
 * @property {number | null} enough advocates with whom it pays for itself; null where no number does
 */

/** @param {Values} values @returns {Outcome} */
export function outcome({ advocates, active, leads, won, revenue, margin, reward, cost }) {
  const wonEach = active * leads * won;
  const deals = advocates * wonEach;
  const gain = deals * revenue * margin;
  const rewards = deals * reward;
  const running = cost * 12;
  const costs = rewards + running;
  const leftEach = wonEach * (revenue * margin - reward);
  return {
    referrals: advocates * active * leads,
    won: deals,
    revenue: deals * revenue,
    gain,
    rewards,
    running,
    costs,
    net: gain - costs,
    perUnit: costs > 0 ? gain / costs : null,
    perWon: deals > 0 ? costs / deals : null,
    enough: leftEach > 0 ? Math.max(0, Math.ceil(running / leftEach - 1e-9)) : null,
  };
}

/**
 * @typedef {{ low: number, value: number, high: number }} Spread
 */

/**
 * Every lower end at once, what is expected, and every upper end at once.
 * @param {Record<Key, Spread>} spreads
 */
export function scenarios(spreads) {
  const at = (/** @type {keyof Spread} */ end) =>
    outcome(/** @type {Values} */ (Object.fromEntries(Object.entries(spreads).map(([key, spread]) => [key, spread[end]]))));
  return { low: at("low"), expected: at("value"), high: at("high") };
}

/**
 * What each assumption alone would change: the net at its two ends, or at a
 * fifth less and more where nothing says how far it may be off.
 * @param {Record<Key, Spread>} spreads
 * @returns {{ key: Key, low: number, high: number, from: number, to: number }[]} those that matter most first
 */
export function sensitivity(spreads) {
  const values = /** @type {Values} */ (Object.fromEntries(Object.entries(spreads).map(([key, { value }]) => [key, value])));
  return /** @type {Key[]} */ (Object.keys(spreads))
    .map((key) => {
      const { low, value, high } = spreads[key];
      const known = low !== value || high !== value;
      const from = known ? low : value * 0.8;
      const to = known ? high : value * 1.2;
      return { key, from, to, low: outcome({ ...values, [key]: from }).net, high: outcome({ ...values, [key]: to }).net };
    })
    .filter(({ low, high }) => low !== high)
    .sort((one, other) => Math.abs(other.high - other.low) - Math.abs(one.high - one.low));
}

/**
 * Where the true mean of something counted lies with 95 % confidence, by
 * Anscombe's transformation of Poisson's law.
 * @param {number} count
 * @returns {{ low: number, high: number }}
 */
export function poisson(count) {
  const root = Math.sqrt(count + 0.375);
  return { low: Math.max(0, (root - 0.98) ** 2 * (root > 0.98 ? 1 : 0) - 0.375), high: (root + 0.98) ** 2 - 0.375 };
}
