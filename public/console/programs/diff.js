// What changed from one version to the next, for people to read.

import { channelName, mediumName } from "/ui/media.js";
import { same } from "./check.js";
import { ruleText } from "./rules.js";

/**
 * @typedef {{ label: string, before: unknown, after: unknown }} Change
 * @typedef {{ kind: "same" | "gone" | "new", text: string }} Part
 */

/** @type {Record<string, string>} */
const LABELS = {
  name: "Name", status: "Status", zone: "Time zone", touch: "Which touch wins", window_days: "Days a touch counts",
  cookie: "Cookie", pass_through: "Pass-through", preview: "Social card", title: "Title", description: "Description",
  image: "Image", url: "URL", brand: "Brand", color: "Colour", logo: "Logo", card: "Card", messages: "Messages", landing: "Landing page",
  headline: "Headline", body: "Body", button: "Button", consent: "Consent", invitation: "Invitation", subject: "Subject",
  text: "Text", rules: "Rules", who: "Who", when: "When", pay: "How much", cap: "Cap", hold_days: "Holding", approval: "Approval",
  only: "Only for", instead: "Other amounts",
};

/**
 * What a list's elements are known by, so that one put in between moves no other.
 * @param {any} item
 */
function identity(item) {
  if (typeof item?.id === "string") return item.id;
  if (typeof item?.channel === "string") {
    return [channelName(item.channel), mediumName(item.medium)].filter(Boolean).join(" · ");
  }
  return undefined;
}

/**
 * @param {any} list
 * @returns {Record<string, unknown> | undefined}
 */
function byIdentity(list) {
  if (!Array.isArray(list)) return undefined;
  const names = list.map(identity);
  if (names.includes(undefined) || new Set(names).size < names.length) return undefined;
  return Object.fromEntries(list.map((item, at) => [names[at], withoutIdentity(item)]));
}

/** @param {any} item */
function withoutIdentity(item) {
  const { id, channel: _channel, medium: _medium, ...rest } = item;
  // A rule is read best as what it says.
  return typeof id === "string" ? ruleText(item) : rest;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The changes, outermost first, each with the names on the way to it.
 * @param {unknown} before
 * @param {unknown} after
 * @param {string[]} path
 * @returns {Change[]}
 */
export function changes(before, after, path = []) {
  if (same(before, after)) return [];
  const [one, other] = [byIdentity(before ?? []), byIdentity(after ?? [])];
  if (one && other && (Array.isArray(before) || Array.isArray(after))) {
    const found = entries(one, other, path);
    // Otherwise they are in another order, or differ in what no sentence says.
    if (found.length > 0) return found;
  }
  const objects = (isObject(before) || before === undefined || before === null) && (isObject(after) || after === undefined || after === null);
  if (objects && path.length < 3 && (isObject(before) || isObject(after))) {
    return entries(/** @type {any} */ (before ?? {}), /** @type {any} */ (after ?? {}), path);
  }
  if (valueText(before) === "" && valueText(after) === "") return [];
  // What stands within the rules or the messages is told by its own name.
  const label = path.length > 1 && (path[0] === LABELS.rules || path[0] === LABELS.messages) ? path.slice(1) : path;
  return [{ label: label.join(" · "), before, after }];
}

/**
 * @param {Record<string, unknown>} before
 * @param {Record<string, unknown>} after
 * @param {string[]} path
 */
function entries(before, after, path) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changes(before[key], after[key], [...path, LABELS[key] ?? key]));
}

/** @param {unknown} value */
export function valueText(value) {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") {
    return value.startsWith("data:image/") ? `a picture of ${Math.ceil(value.length / 1_024)} KB` : value;
  }
  if (typeof value === "object" && Object.keys(value).length === 0) return "";
  return typeof value === "number" ? String(value) : JSON.stringify(value, null, 2);
}

/** Words at most that are compared with each other: the table is their product. */
const MOST_WORDS = 400;

/**
 * Two texts as one, with what went and what came, word by word.
 * @param {string} before
 * @param {string} after
 * @returns {Part[]}
 */
export function wordChanges(before, after) {
  const [old, now] = [before, after].map((text) => text.match(/\s+|[^\s]+/g) ?? []);
  if (old.length > MOST_WORDS || now.length > MOST_WORDS) {
    return [...(before ? [part("gone", before)] : []), ...(after ? [part("new", after)] : [])];
  }
  // Lengths of the longest common subsequences of what follows.
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i][j] = old[i] === now[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  /** @type {Part[]} */
  const parts = [];
  const add = (/** @type {Part["kind"]} */ kind, /** @type {string} */ text) => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += text;
    else parts.push(part(kind, text));
  };
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      add("same", old[i]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= now.length || (i < old.length && common[i + 1][j] >= common[i][j + 1])) {
      add("gone", old[i]);
      i += 1;
    } else {
      add("new", now[j]);
      j += 1;
    }
  }
  return parts;
}

/** @param {Part["kind"]} kind @param {string} text @returns {Part} */
const part = (kind, text) => ({ kind, text });
