// What is being edited of a program, beside what is stored of it.
//
// Owns the drafts, which outlive the tabs that show them, how they are saved, and
// what happens where somebody else has saved meanwhile. Draws nothing.

import { computed, signal } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { cardOf, drawnOf } from "./card.js";
import { put, same } from "./check.js";
import { faultsOf } from "./faults.js";
import { parsed, written } from "./rules.js";
import { tidy } from "./words.js";

/** @import { Message } from "/ui/messages.js" */
/** @import { Content, Destination, Program, RulesVersion, Settings } from "./types.js" */

/** Somebody else has saved what is to be saved. */
export class Conflict extends Error {
  /**
   * @param {"settings" | "content" | "rules"} what
   * @param {unknown} mine
   * @param {unknown} theirs
   */
  constructor(what, mine, theirs) {
    super("somebody else saved meanwhile");
    this.what = what;
    this.mine = mine;
    this.theirs = theirs;
  }
}

/** The tab on which a field stands, by how its path begins. */
const TABS = /** @type {const} */ ([
  ["preview", "sharing"], ["messages", "sharing"], ["landing", "landing"], ["brand", "brand"], ["invitation", "invitation"],
]);

/** @param {string} path */
export const tabOf = (path) => /** @type {string} */ (TABS.find(([start]) => path.startsWith(start))?.[1] ?? "settings");

const SETTINGS = /** @type {const} */ (["name", "status", "zone", "touch", "window_days", "cookie", "pass_through", "preview"]);

/** @param {Program} program @returns {Settings} */
const settingsOf = (program) => /** @type {any} */ (Object.fromEntries(SETTINGS.map((key) => [key, program[key]])));

/** @param {Record<string, any>} settings @returns {Record<string, unknown>} */
function flat({ preview, ...rest }) {
  return { ...rest, ...Object.fromEntries(Object.entries(preview ?? {}).map(([key, value]) => [`preview.${key}`, value])) };
}

/** @param {Record<string, unknown>} fields */
function nested(fields) {
  return Object.entries(fields).reduce((whole, [key, value]) => put(whole, key.split("."), value), /** @type {Record<string, unknown>} */ ({}));
}

/**
 * What one has written, on what is stored now: what was left alone follows.
 * @template T
 * @param {T} mine
 * @param {T} base what was stored when it was begun
 * @param {T} theirs
 * @returns {T}
 */
function rebased(mine, base, theirs) {
  if (same(mine, base)) return theirs;
  const [one, two, three] = /** @type {any[]} */ ([mine, base, theirs]);
  if (![one, three].every((value) => typeof value === "object" && value !== null && !Array.isArray(value))) return mine;
  const keys = new Set([...Object.keys(one), ...Object.keys(three)]);
  const entries = [...keys].map((key) => [key, rebased(one[key], two?.[key], three[key])]);
  return /** @type {T} */ (Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}

/**
 * `rebased` for content, where each message is on its own: that one was written
 * says nothing of the others.
 * @param {Content} mine
 * @param {Content} base
 * @param {Content} theirs
 * @returns {Content}
 */
export function rebasedContent(mine, base, theirs) {
  const [one, two, three] = [mine, base, theirs].map(({ messages, ...rest }) => ({
    ...rest,
    messages: Object.fromEntries(messages.map((message) => [messagePath(message.channel, message.medium), message])),
  }));
  const { messages, ...rest } = rebased(one, two, three);
  return { ...rest, messages: Object.values(messages) };
}

/** A text in one line, as the server takes names and sentences. @param {string} text */
const line = (text) => text.replace(/\s+/g, " ").trim();

/** @param {Settings} settings @returns {Settings} */
const cleaned = (settings) => ({
  ...settings,
  name: line(settings.name),
  preview: { title: line(settings.preview.title), description: line(settings.preview.description), image: settings.preview.image.trim() },
});

/** @param {Partial<Content>} content @returns {Content} */
export const whole = (content) => ({
  brand: { color: "", logo: "", card: "", ...content.brand },
  messages: (content.messages ?? []).map((message) => ({ ...message, medium: message.medium ?? null, subject: message.subject ?? "" })),
  landing: { headline: "", body: "", button: "", consent: "", ...content.landing },
  invitation: { subject: "", text: "", ...content.invitation },
});

/**
 * The editor of one program.
 * @param {string} slug
 */
function createEditor(slug) {
  const path = `/v1/programs/${encodeURIComponent(slug)}`;
  /** @type {import("@preact/signals").Signal<Program | undefined>} */
  const program = signal(undefined);
  /** @type {import("@preact/signals").Signal<Settings | undefined>} */
  const settings = signal(undefined);
  /** @type {import("@preact/signals").Signal<{ version: number, content: Content } | undefined>} */
  const stored = signal(undefined);
  /** @type {import("@preact/signals").Signal<Content | undefined>} */
  const content = signal(undefined);
  /** @type {import("@preact/signals").Signal<RulesVersion | null | undefined>} */
  const rulesInForce = signal(undefined);
  const rulesText = signal("");
  /** @type {import("@preact/signals").Signal<Destination[] | undefined>} */
  const destinations = signal(undefined);
  /** URLs of destinations that are not saved yet, and a new one's under the key "". */
  const urls = signal(/** @type {Record<string, string>} */ ({}));
  const newSlug = signal("");
  /** What the server refused, by the path of the field. */
  const refused = signal(/** @type {Record<string, string>} */ ({}));
  const busy = signal(false);
  /** Raised by everything that is stored, for those who show what was. */
  const saved = signal(0);

  const settingsDirty = computed(() => program.value !== undefined && settings.value !== undefined && !same(cleaned(settings.value), settingsOf(program.value)));
  const contentDirty = computed(() => stored.value !== undefined && content.value !== undefined && !same(tidy(content.value), tidy(stored.value.content)));
  const rules = computed(() => parsed(rulesText.value));
  const rulesDirty = computed(() => {
    if (rulesInForce.value === undefined) return false;
    return !("rules" in rules.value) || !same(rules.value.rules, rulesInForce.value?.rules ?? []);
  });
  const destinationsDirty = computed(() => {
    const known = new Map((destinations.value ?? []).map(({ slug: name, url }) => [name, url]));
    return newSlug.value !== "" || Object.entries(urls.value).some(([name, url]) => url !== (known.get(name) ?? ""));
  });

  /** The tabs on which something is not saved. */
  const unsaved = computed(() => {
    const tabs = new Set();
    if (settingsDirty.value && program.value && settings.value) {
      const [before, after] = [flat(settingsOf(program.value)), flat(cleaned(settings.value))];
      for (const key of Object.keys(after)) if (!same(before[key], after[key])) tabs.add(tabOf(key));
    }
    if (contentDirty.value && stored.value && content.value) {
      const [before, after] = /** @type {any[]} */ ([tidy(stored.value.content), tidy(content.value)]);
      for (const key of Object.keys(after)) if (!same(before[key], after[key])) tabs.add(tabOf(key));
    }
    if (rulesDirty.value) tabs.add("rewards");
    if (destinationsDirty.value) tabs.add("destinations");
    return /** @type {Set<string>} */ (tabs);
  });

  /** What is wrong, by field: what can be told here, and what the server said. */
  const errors = computed(() => ({
    ...(settings.value && content.value && (settingsDirty.value || contentDirty.value) ? faultsOf(cleaned(settings.value), content.value) : {}),
    ...refused.value,
  }));

  function forget(/** @type {(string | number)[]} */ at) {
    const start = at.join(".");
    const left = Object.entries(refused.value).filter(([key]) => !key.startsWith(start));
    if (left.length < Object.keys(refused.value).length) refused.value = Object.fromEntries(left);
  }

  function takeProgram(/** @type {Program} */ now) {
    const [base, mine] = [program.value, settings.value];
    settings.value = base && mine ? rebased(mine, settingsOf(base), settingsOf(now)) : settingsOf(now);
    program.value = now;
  }

  function takeContent(/** @type {{ version: number, content: Partial<Content> }} */ now) {
    const [base, mine, theirs] = [stored.value, content.value, whole(now.content)];
    content.value = base && mine ? rebasedContent(mine, base.content, theirs) : theirs;
    stored.value = { version: now.version, content: theirs };
  }

  function takeRules(/** @type {RulesVersion | null} */ now) {
    const keep = rulesDirty.value;
    rulesInForce.value = now;
    if (!keep) rulesText.value = written(now?.rules ?? []);
  }

  /** The rules in force; asked for as a list, which may be empty. */
  const readRules = async () => /** @type {RulesVersion | null} */ ((await api.get(`${path}/rules/versions`, { limit: 1 })).items[0] ?? null);

  /** Reads all that is stored; drafts stay. */
  async function load() {
    const [theProgram, theContent, theRules, theDestinations] = await Promise.all([
      api.get(path), api.get(`${path}/content`), readRules(), api.pages(`${path}/destinations`),
    ]);
    takeProgram(theProgram);
    takeContent(theContent);
    takeRules(theRules);
    destinations.value = theDestinations;
  }

  /** @param {boolean} force */
  async function saveSettings(force) {
    if (!settingsDirty.value || !program.value || !settings.value) return;
    const mine = cleaned(settings.value);
    const [base, wanted] = [flat(settingsOf(program.value)), flat(mine)];
    const changed = Object.keys(wanted).filter((key) => !same(wanted[key], base[key]));
    // A PATCH names no version, so what others changed is looked for here.
    const theirs = flat(settingsOf(await api.get(path)));
    const both = changed.filter((key) => !same(theirs[key], base[key]) && !same(theirs[key], wanted[key]));
    if (both.length > 0 && !force) {
      const only = (/** @type {Record<string, unknown>} */ all) => nested(Object.fromEntries(both.map((key) => [key, all[key]])));
      throw new Conflict("settings", only(wanted), only(theirs));
    }
    const answer = await api.patch(path, nested(Object.fromEntries(changed.map((key) => [key, wanted[key]]))));
    program.value = answer;
    settings.value = settingsOf(answer);
  }

  /** The card as it has to be now; nothing, where the one that is stored still is. */
  async function newCard() {
    if (!program.value || !settings.value || !stored.value || !content.value) return undefined;
    const [before, now] = [drawnOf(program.value.name, stored.value.content), drawnOf(cleaned(settings.value).name, content.value)];
    const isDue = !same(before, now) || (contentDirty.value && stored.value.content.brand.card === "");
    return isDue ? cardOf(now) : undefined;
  }

  /** @param {boolean} force */
  async function saveContent(force) {
    if (!contentDirty.value || !stored.value || !content.value) return;
    const mine = tidy(content.value);
    try {
      const answer = await api.put(`${path}/content`, { ...(force ? {} : { version: stored.value.version }), content: mine });
      stored.value = { version: answer.version, content: whole(answer.content) };
      content.value = stored.value.content;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 409) throw new Conflict("content", mine, whole((await api.get(`${path}/content`)).content));
      error.fields = Object.fromEntries(Object.entries(error.fields).map(([field, detail]) => [fieldOf(field, mine), detail]));
      throw error;
    }
  }

  return {
    slug, path, program, settings, stored, content, rules, rulesText, rulesInForce, destinations, urls, newSlug,
    busy, saved, errors, refused, unsaved, settingsDirty, contentDirty, rulesDirty, load,
    takeProgram, takeContent, takeRules, readRules,

    /** @param {(string | number)[]} at @param {unknown} to */
    set(at, to) {
      settings.value = put(settings.value, at, to);
      forget(at);
    },
    /** @param {(string | number)[]} at @param {unknown} to */
    setContent(at, to) {
      content.value = put(content.value, at, to);
      forget(at);
    },

    /**
     * Writes into the message of a channel or a medium; nothing takes it away.
     * @param {string} channel
     * @param {string | null} medium
     * @param {Partial<Message> | undefined} to
     */
    setMessage(channel, medium, to) {
      if (!content.value) return;
      const { messages } = content.value;
      const at = messages.findIndex((message) => message.channel === channel && message.medium === medium);
      const message = { ...(messages[at] ?? { channel, medium, subject: "", text: "" }), ...to };
      const others = messages.filter((_, index) => index !== at);
      const now = to === undefined ? others : at < 0 ? [...messages, message] : messages.with(at, message);
      content.value = { ...content.value, messages: now };
      forget([messagePath(channel, medium)]);
    },

    /**
     * Saves what is changed of the settings and of the content.
     * @param {{ force?: "settings" | "content" }} how what is written over whatever
     *   others have saved; of the rest nobody was shown what they did
     */
    async save({ force } = {}) {
      busy.value = true;
      refused.value = {};
      try {
        const card = await newCard();
        await saveSettings(force === "settings");
        if (card !== undefined) content.value = put(content.value, ["brand", "card"], card);
        await saveContent(force === "content");
      } catch (error) {
        if (error instanceof ApiError) refused.value = error.fields;
        throw error;
      } finally {
        busy.value = false;
        saved.value += 1;
      }
    },

    /** Takes what is stored, and throws the drafts of settings and content away. */
    discard() {
      if (program.value) settings.value = settingsOf(program.value);
      content.value = stored.value?.content;
      refused.value = {};
    },
  };
}

/**
 * The path of a field in the editor: messages are known by where they are sent,
 * since the ones that say nothing are left out of what is stored.
 * @param {string} field
 * @param {Content} sent
 */
function fieldOf(field, sent) {
  const path = field.replace(/^content\./, "");
  const [, index, rest] = /^messages\[(\d+)\](.*)$/.exec(path) ?? [];
  const message = index === undefined ? undefined : sent.messages[Number(index)];
  return message ? messagePath(message.channel, message.medium) + rest : path;
}

/** @param {string} channel @param {string | null} medium */
export const messagePath = (channel, medium) => `messages.${channel}.${medium ?? ""}`;

/** @typedef {ReturnType<typeof createEditor>} Editor */

/** Drafts outlive a look at another program. @type {Map<string, Editor>} */
const editors = new Map();

/**
 * The editor of a program, with what was written in it before.
 * @param {string} slug
 */
export function editorOf(slug) {
  const known = editors.get(slug);
  if (known) return known;
  const made = createEditor(slug);
  editors.set(slug, made);
  return made;
}

addEventListener("beforeunload", (event) => {
  if ([...editors.values()].some(({ unsaved }) => unsaved.value.size > 0)) event.preventDefault();
});
