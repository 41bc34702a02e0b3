// A referral's story, in plain words for whoever made it.

import { mediumName } from "../ui/media.js";
import { spoken } from "../ui/money.js";

/** @import { Referred } from "./types.js" */

/** The way of a referral that goes well. */
const WAY = ["new", "accepted", "meeting", "opportunity", "won"];

/** What has happened. @type {Record<string, string>} */
const HAPPENED = {
  new: "They got in touch",
  accepted: "The team has taken it up",
  meeting: "They have met",
  opportunity: "An offer is being talked about",
  won: "They became a customer",
  lost: "It did not work out this time",
};

/** What may come. @type {Record<string, string>} */
const TO_COME = {
  accepted: "The team looks at it",
  meeting: "A meeting",
  opportunity: "An offer",
  won: "They become a customer",
};

/** Media whose name is no word for a way. @type {Record<string, string>} */
const BY = {
  email: "your email", social: "a network", in_person: "what you said", phone: "your call", video: "your call", qr: "your QR code",
  print: "your card", copy: "your link", sms: "your message", share_sheet: "your link",
};

/** @type {Record<string, [word: string, tone: import("/ui/components/shown.js").Tone | undefined]>} */
const BADGES = {
  new: ["new", undefined],
  accepted: ["taken up", "info"],
  meeting: ["met", "info"],
  opportunity: ["offer", "accent"],
  won: ["customer", "good"],
  lost: ["closed", undefined],
};

/** @param {string} stage */
export const stageBadge = (stage) => BADGES[stage] ?? [stage, undefined];

/** Whom it is about, as far as the advocate may know. @param {Referred} referred */
export const whose = ({ name, company }) => name ?? company ?? "Somebody";

/** @param {Referred} referred */
export function lately({ stage, named, medium }) {
  if (stage !== "new") return HAPPENED[stage] ?? stage;
  if (named) return "You named them";
  return medium && medium !== "form" ? `They came by ${BY[medium] ?? mediumName(medium)}` : HAPPENED.new;
}

/** @typedef {{ text: string, at?: string, state: "done" | "now" | "later" }} Told */

/**
 * The story: what has happened, then what may come.
 * @param {Referred} referred
 * @returns {Told[]}
 */
export function story(referred) {
  const { timeline, stage } = referred;
  /** @type {Told[]} */
  const past = timeline.map((entry, index) => ({
    text: lately({ ...referred, stage: entry.stage }),
    at: entry.at,
    state: index === timeline.length - 1 ? "now" : "done",
  }));
  const at = WAY.indexOf(stage);
  /** @type {Told[]} */
  const future = stage === "lost" || at < 0 ? [] : WAY.slice(at + 1).map((one) => ({ text: TO_COME[one], state: "later" }));
  return [...past, ...future];
}

/** What a reward's state means to whoever gets it. @type {Record<string, string>} */
const STATES = {
  pending: "on its way",
  held: "on hold, somebody looks at it",
  approved: "approved",
  issued: "sent to you",
  paid: "paid",
  reversed: "taken back",
};

/** @param {{ amount: number, unit: string, state: string }} reward */
export const rewardWords = ({ amount, unit, state }) => `${spoken(amount, unit)}, ${STATES[state] ?? state}`;
