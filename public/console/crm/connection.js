// A connection to a CRM as the API has it, and what there is to map.

import { stageName } from "../leads/stages.js";

/** @typedef {import("/ui/components/shown.js").Tone} Tone */

/**
 * @typedef {object} Connection
 * @property {string} id
 * @property {Kind} kind
 * @property {string} program
 * @property {string} url
 * @property {string} object
 * @property {string} key their field that holds our id
 * @property {string} credential the name of a secret of the Worker
 * @property {string | null} signing that of HubSpot's app, likewise
 * @property {string | null} currency of amounts that come without one
 * @property {Record<string, string>} fields theirs: ours
 * @property {Record<string, string>} owners rep: theirs
 * @property {Record<string, string>} stages ours: theirs
 * @property {"active" | "paused"} status
 * @property {string | null} why what keeps it from sending
 * @property {number} waiting
 * @property {number} failed
 * @property {string | null} last_sent_at
 * @property {string | null} last_received_at
 */

/** @typedef {"salesforce" | "hubspot"} Kind */

/** @typedef {{ lead: string, remote_id: string | null, state: "waiting" | "sent" | "failed", error: string | null, attempts: number, sent_at: string | null }} Linked */
/** @typedef {{ id: string, lead: string | null, remote_id: string | null, at: string, received_at: string, changes: any, outcome: "applied" | "unchanged" | "older" | "refused", why: string | null }} Came */

/** @type {Record<Kind, { name: string, objects: readonly (readonly [object: string, label: string])[], where: string, credential: string, theirs: string }>} */
export const KINDS = {
  salesforce: {
    name: "Salesforce", objects: [["Opportunity", "Opportunities"], ["Lead", "Leads"]], where: "https://your-company.my.salesforce.com",
    credential: "A secret of the Worker that holds client_id:client_secret of an app with the client credentials flow.", theirs: "Their id, such as 005…",
  },
  hubspot: {
    name: "HubSpot", objects: [["deals", "Deals"], ["contacts", "Contacts"]], where: "https://api.hubapi.com",
    credential: "A secret of the Worker that holds the token of a private app.", theirs: "Their id, a number",
  },
};

/** What of a lead there is to send. @type {readonly (readonly [field: string, label: string])[]} */
export const FIELDS = [
  ["id", "Our id of the lead"], ["first_name", "First name"], ["last_name", "Last name"], ["name", "Whole name"], ["title", "Company, or the name"], ["email", "Email"], ["phone", "Telephone"],
  ["company", "Company"], ["stage", "Stage"], ["reason", "Why it was lost"], ["owner", "Rep"], ["amount", "Amount"], ["currency", "Currency"],
  ["advocate", "Id of the advocate"], ["advocate_name", "Name of the advocate"], ["channel", "Channel"], ["medium", "Medium"], ["program", "Program"],
  ["at", "When it came in"], ["won_at", "When it was won"], ["closes", "Day of closing, or the one expected"],
];

export const STAGES = /** @type {const} */ (["new", "accepted", "meeting", "opportunity", "won", "lost"]).map((stage) => /** @type {const} */ ([stage, stageName(stage)]));

/** @type {Record<Linked["state"], [name: string, tone: Tone | undefined]>} */
export const STATES = { waiting: ["Waiting", "info"], sent: ["Sent", "good"], failed: ["Failed", "bad"] };

/** @type {Record<Came["outcome"], [name: string, tone: Tone | undefined]>} */
export const OUTCOMES = { applied: ["Taken over", "good"], unchanged: ["Was so already", undefined], older: ["Older than what is here", undefined], refused: ["Not taken", "bad"] };

/** @param {string} id */
export const pathOf = (id) => `/v1/crm/${encodeURIComponent(id)}`;

/** @param {Connection} connection */
export const titleOf = ({ kind, object }) => `${KINDS[kind]?.name ?? kind}: ${KINDS[kind]?.objects.find(([key]) => key === object)?.[1] ?? object}`;
