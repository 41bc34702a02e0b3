// A message as the API has it, in words, and whom its texts are for.

import { capital } from "../people/words.js";

/** @typedef {{ name: string, about: string, example: string }} Placeholder */
/** @typedef {{ kind: string | null, subject: string, text: string, is_default: boolean, version: number, changed_at: string | null }} Template */

/**
 * @typedef {object} Message
 * @property {string} message
 * @property {"advocate" | "rep"} for
 * @property {string} about
 * @property {boolean} enabled
 * @property {Placeholder[]} placeholders
 * @property {Template[]} templates
 */

/**
 * @typedef {object} Settings
 * @property {number} per_week
 * @property {string} quiet_from HH:MM of the program's clock
 * @property {string} quiet_to
 * @property {number} quiet_days
 * @property {number} stale_days
 * @property {string} weekly_on
 */

/** @typedef {{ settings: Settings, messages: Message[] }} Messages */

/** @type {Record<string, string>} */
const NAMES = {
  invitation: "Invitation", sign_in: "Link that signs in", moved: "Your referral moved on", thanks: "Thank you, who else?",
  quiet: "We have not heard from you", payout: "Your reward was paid", follow_up: "Leads that stand still", ask: "A good moment to ask",
  weekly: "The week",
};

/** Whether somebody just asked for it: then it is always sent. @param {string} message */
export const isAskedFor = (message) => message === "invitation" || message === "sign_in";

/** @param {string} message */
export const messageName = (message) => NAMES[message] ?? capital(message.replaceAll("_", " "));

/** Whose texts there are; `""` is for all who have none of their own. @type {readonly (readonly [kind: string, label: string, whom: string])[]} */
export const KINDS = [["", "Everybody", "everybody"], ["customer", "Customers", "customers"], ["partner", "Partners", "partners"], ["employee", "Employees", "employees"]];

/** @param {string} program */
export const pathOf = (program) => `/v1/programs/${encodeURIComponent(program)}/messages`;

/**
 * The words of a kind: its own, else everybody's.
 * @param {Message} message
 * @param {string} kind
 */
export function templateOf({ templates }, kind) {
  const of = (/** @type {string} */ wanted) => templates.find((one) => (one.kind ?? "") === wanted);
  const own = of(kind);
  return { own: own && !own.is_default ? own : undefined, shown: own ?? of("") };
}

/** How many kinds have words of the program's own. @param {Message} message */
export const ownCount = ({ templates }) => templates.filter(({ is_default: isDefault }) => !isDefault).length;
