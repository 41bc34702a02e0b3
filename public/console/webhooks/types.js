// What an endpoint may listen to, in the words of whoever sets one up.

/**
 * Everything that happens, by what it happens to; the server has the same list, and a
 * test holds them against each other.
 * @type {readonly { title: string, of: string, types: readonly string[] }[]}
 */
export const GROUPS = [
  { title: "Leads", of: "lead", types: ["created", "credited", "stage_changed", "owner_changed", "joined", "refused", "flagged", "followed_up", "erased"] },
  { title: "Sales", of: "sale", types: ["recorded", "corrected", "matched", "claimed"] },
  { title: "Refunds", of: "refund", types: ["recorded"] },
  { title: "Rewards", of: "reward", types: ["granted", "adjusted", "restated", "reversed", "held", "released", "approved", "issued", "returned", "paid"] },
  { title: "Payouts", of: "payout", types: ["issued"] },
  { title: "Advocates", of: "advocate", types: ["created", "updated", "invited", "joined", "merged", "erased"] },
  { title: "Spoken codes", of: "code", types: ["issued", "revoked"] },
  { title: "Links", of: "link", types: ["revoked"] },
  { title: "Shares", of: "share", types: ["recorded"] },
  { title: "Good moments", of: "moment", types: ["recorded"] },
  { title: "Letters", of: "", types: ["letter.sent", "letter.failed", "messages.updated", "template.published"] },
  { title: "Who is not written to", of: "suppression", types: ["added", "lifted"] },
  { title: "Programs", of: "program", types: ["created", "updated"] },
  { title: "Texts and rules", of: "", types: ["content.published", "rules.published"] },
  { title: "Destinations", of: "destination", types: ["created", "updated"] },
  { title: "Labels", of: "label", types: ["created"] },
  { title: "Reps", of: "", types: ["rep.created", "rep.updated", "goals.set", "routing.changed"] },
  { title: "Reconciliation", of: "reconciliation", types: ["compared"] },
  { title: "Checks", of: "check", types: ["differs"] },
  { title: "Clicks", of: "clicks", types: ["archived"] },
  { title: "Team", of: "member", types: ["created", "updated"] },
  { title: "Keys", of: "key", types: ["created", "revoked"] },
  { title: "Audit log", of: "audit", types: ["recorded"] },
  { title: "Webhooks", of: "webhook", types: ["created", "updated", "deleted", "paused"] },
];

/** The types of a group, in full. @param {(typeof GROUPS)[number]} group */
export const typesOf = ({ of, types }) => types.map((type) => (of ? `${of}.${type}` : type));

/** All that may be chosen. */
export const TYPES = GROUPS.flatMap(typesOf);

/** A type as one says it: `lead.stage_changed`. @param {string} type */
export const typeName = (type) => (type[0]?.toUpperCase() ?? "") + type.slice(1).replaceAll(/[._]/g, " ");
