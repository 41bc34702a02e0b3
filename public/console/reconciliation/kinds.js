// What a comparison can find, in words: what it means, and what mending it does.

/** @typedef {import("/ui/components/shown.js").Tone} Tone */

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} about
 * @property {Tone} [tone]
 */

/** In the order in which one looks at them. @type {Record<string, Kind>} */
export const KINDS = {
  missing_here: { name: "Missing here", about: "They say won, and we have no such sale or no such lead.", tone: "bad" },
  missing_there: { name: "Missing there", about: "Our sale or won lead of this period that no row is about.", tone: "bad" },
  amount_differs: { name: "Amount differs", about: "The same sale with another amount, refund or currency.", tone: "bad" },
  stage_differs: { name: "Stage differs", about: "The lead is at another stage with them than with us.", tone: "warn" },
  rewarded_but_not_won: { name: "Rewarded but not won", about: "A reward stands for what they say is not won.", tone: "bad" },
  won_but_not_rewarded: { name: "Won but not rewarded", about: "They say won, the rules reward that, and nobody was.", tone: "warn" },
  refunded_but_not_reversed: { name: "Refunded but not reversed", about: "They gave money back, and the reward still stands.", tone: "bad" },
  other_owner: { name: "Other owner", about: "Somebody else follows it up with them than with us.", tone: "warn" },
  duplicate: { name: "Duplicate", about: "The row repeats an earlier one, and counts once.", tone: "info" },
  unreadable: { name: "Unreadable", about: "The row could not be read; each says why.", tone: "warn" },
  matched: { name: "Matched", about: "All that the row says is so with us, too.", tone: "good" },
  unrelated: { name: "Left out", about: "Rows about nobody we know, and payments that were not made." },
};

/** @param {string} kind @returns {Kind} */
export const kindOf = (kind) => KINDS[kind] ?? { name: kind.replaceAll("_", " "), about: "" };

/** Nothing that we could write here mends these. */
const NEVER = ["missing_there", "duplicate", "unreadable", "matched", "unrelated"];

/** Whether some of a kind can be mended from here. @param {string} kind */
export const isMendable = (kind) => !NEVER.includes(kind);

/** What is no difference. @param {string} kind */
export const isQuiet = (kind) => kind === "matched" || kind === "unrelated";

/**
 * A run of the API.
 * @typedef {object} Total
 * @property {number} sales
 * @property {{ currency: string, amount: number | null }[]} amount_by_currency null for rows that do not say how much
 *
 * @typedef {object} ChannelTotal
 * @property {string | null} channel
 * @property {Total} ours
 * @property {Total} theirs
 * @property {number} matched
 * @property {number} differing
 *
 * @typedef {object} Run
 * @property {string} id
 * @property {string} program
 * @property {string} name
 * @property {string} preset
 * @property {"reading" | "compared"} status
 * @property {number} rows
 * @property {number} unreadable
 * @property {string | null} since
 * @property {string | null} until
 * @property {string} created_at
 * @property {string} created_by
 * @property {string | null} compared_at
 * @property {{ kind: string, count: number, open: number }[]} kinds
 * @property {ChannelTotal[]} channels
 * @property {string[]} [unmapped_columns]
 *
 * @typedef {object} Finding
 * @property {number} n
 * @property {string} kind
 * @property {number | null} line
 * @property {string | null} lead
 * @property {string | null} order_id
 * @property {string | null} channel
 * @property {string | null} ours
 * @property {string | null} theirs
 * @property {string | null} fix in words; null where nothing can be mended from here
 * @property {string | null} applied_at
 * @property {string | null} applied_by
 * @property {string | null} outcome
 */

/** How many differences a run has. @param {Run} run */
export const differences = (run) => run.kinds.reduce((sum, { kind, count }) => (isQuiet(kind) ? sum : sum + count), 0);

/** How many of them nothing was done about. @param {Run} run */
export const open = (run) => run.kinds.reduce((sum, one) => (isQuiet(one.kind) ? sum : sum + one.open), 0);
