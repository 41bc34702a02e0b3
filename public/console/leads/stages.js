// The stages of a lead, and the steps between them that the API takes
// (`domain::lead::Stage::next`).

/** @typedef {"new" | "accepted" | "meeting" | "opportunity" | "won" | "lost"} Stage */

/** @type {readonly { key: Stage, name: string, about: string, tone?: import("/ui/components/shown.js").Tone }[]} */
export const STAGES = [
  { key: "new", name: "New", about: "Came in, and waits for somebody to take it on.", tone: "info" },
  { key: "accepted", name: "Accepted", about: "Sales takes it on." },
  { key: "meeting", name: "Meeting", about: "There was a meeting." },
  { key: "opportunity", name: "Opportunity", about: "There is something to be sold.", tone: "accent" },
  { key: "won", name: "Won", about: "Sold.", tone: "good" },
  { key: "lost", name: "Lost", about: "Not followed up, for a reason." },
];

/** @type {Record<Stage, readonly Stage[]>} */
const NEXT = {
  new: ["accepted", "lost"],
  accepted: ["meeting", "opportunity", "lost"],
  meeting: ["opportunity", "lost"],
  opportunity: ["won", "lost"],
  won: [],
  lost: ["accepted"],
};

/** Where a lead may go. @param {Stage} stage */
export const nextOf = (stage) => NEXT[stage] ?? [];

/** @param {string | null | undefined} stage */
export const stageName = (stage) => STAGES.find(({ key }) => key === stage)?.name ?? stage ?? "";

/** @param {string} stage */
export const stageTone = (stage) => STAGES.find(({ key }) => key === stage)?.tone;

/**
 * @typedef {object} Lead
 * @property {string} id
 * @property {string} program
 * @property {string} source
 * @property {string} at
 * @property {Stage} stage
 * @property {{ name?: string | null, email?: string | null, phone?: string | null, company?: string | null, customer?: string | null }} prospect
 * @property {string | null} [advocate]
 * @property {string | null} [advocate_name]
 * @property {string | null} [owner]
 * @property {string | null} [medium]
 * @property {string | null} [channel]
 * @property {string | null} [label]
 * @property {string | null} [reason]
 * @property {string | null} [touch]
 * @property {boolean} suspected
 * @property {string[]} flags
 * @property {string | null} [accepted_at]
 * @property {string | null} [meeting_at]
 * @property {string | null} [opportunity_at]
 * @property {string | null} [won_at]
 * @property {string | null} [lost_at]
 */

/** What to call a prospect of whom not everything is known. @param {Lead} lead */
export const leadName = ({ prospect, id }) => prospect.name || prospect.email || prospect.company || prospect.phone || prospect.customer || id;

/** Since when a lead is where it is. @param {Lead} lead */
export const since = (lead) => lead[/** @type {"won_at"} */ (`${lead.stage}_at`)] ?? lead.at;
