// What the advocate's portal says, without a browser: what goes out when one shares,
// which promises are one's own, and how far one has come.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accents } from "../../public/me/brand.js";
import { composer, sheet, wordsFor } from "../../public/me/compose.js";
import { goal, ladderOf, nextWords } from "../../public/me/progress.js";
import { lately, story } from "../../public/me/story.js";
import { promises } from "../../public/me/terms.js";
import { contrast } from "../../public/ui/color.js";

/** @import { Me } from "../../public/me/types.js" */

const LINK = "https://go.example/7kq4txmaya2v9n3cw8hd5rjb6z";

/**
 * @param {{ name?: string, kind?: any, segment?: string | null, messages?: any[], rules?: any[], earned?: any[] }} [of]
 * @returns {Me}
 */
const me = ({ name = "Maya Okafor", kind = "customer", segment = null, messages = [], rules = [], earned = [] } = {}) => ({
  program: { slug: "acme", name: "Acme & friends", zone: "Europe/Berlin", status: "active" },
  programs: [],
  advocate: { id: "a", name, email: null, kind, segment, status: "active", shows_name: true, created_at: "2026-11-01T00:00:00Z" },
  content: { messages },
  preview: { title: "", description: "", image: "" },
  links: ["email", "linkedin", "x", "facebook", "whatsapp", "copy", "sms", "share_sheet"].map((medium) => ({ channel: "", medium, url: `${LINK}-${medium}` })),
  code: null,
  terms: { version: 1, rules },
  earned,
  totals: { shares: 0, clicks: 0, leads: 0, accepted: 0, meetings: 0, won: 0 },
  balance: [],
  contact: null,
  team: { people: 0, parent: null },
  by_mail: true,
  expires_at: "2026-12-01T00:00:00Z",
});

/** @param {string} channel @param {string | null} medium @param {string} text */
const message = (channel, medium, text, subject = "") => ({ channel, medium, subject, text });

test("a medium's own words go before its channel's, and ours stand in for none", () => {
  const messages = [message("social", null, "To all: {link}"), message("social", "x", "To X: {link}"), message("social", "linkedin", "  ")];
  assert.equal(wordsFor(me({ messages }), "x").text, `To X: ${LINK}-x`);
  assert.equal(wordsFor(me({ messages }), "whatsapp").text, `To all: ${LINK}-whatsapp`);
  // What says nothing is no text of its own.
  assert.equal(wordsFor(me({ messages }), "linkedin").text, `To all: ${LINK}-linkedin`);
  for (const medium of ["email", "sms", "x", "copy"]) {
    const { text, subject } = wordsFor(me(), medium);
    assert.ok(text.includes(`${LINK}-${medium}`), text);
    assert.equal(subject, "An invitation from Maya");
    assert.doesNotMatch(text, /[{}]/);
  }
});

test("a text without its link gets it, and one with it has it once", () => {
  const without = wordsFor(me({ messages: [message("email", null, "Look at {program}, says {advocate}.")] }), "email");
  assert.equal(without.text, `Look at Acme & friends, says Maya Okafor.\n\n${LINK}-email`);
  const inside = wordsFor(me({ messages: [message("link", null, "See {link} for more.")] }), "share_sheet");
  assert.deepEqual(sheet(inside), { title: "An invitation from Maya", text: `See ${LINK}-share_sheet for more.` });
  const behind = wordsFor(me({ messages: [message("link", null, "See for yourself: {link}")] }), "share_sheet");
  assert.deepEqual(sheet(behind), { title: "An invitation from Maya", text: "See for yourself:", url: `${LINK}-share_sheet` });
});

test("whatever is written stays within the composer's text", () => {
  const hostile = "Buy & win?\r\n#1 100% &subject=x&bcc=victim@example.com \u{1F600} {link}";
  const who = me({ name: "Maya\u202e {link}\r\nBcc: x@example.com", messages: ["email", "social", "link"].map((channel) => message(channel, null, `${hostile} {first_name}`, "One\nTwo & {advocate}")) });
  const mail = new URL(composer("email", wordsFor(who, "email")));
  assert.equal(mail.protocol, "mailto:");
  assert.deepEqual([...mail.searchParams.keys()], ["subject", "body"]);
  // One line, with nothing in it that turns the text about, and no name is a template.
  assert.equal(mail.searchParams.get("subject"), "One Two & Maya {link} Bcc: x@example.com");
  assert.equal(mail.searchParams.get("body"), `Buy & win?\r\n#1 100% &subject=x&bcc=victim@example.com \u{1F600} ${LINK}-email Maya`);
  assert.doesNotMatch(mail.href, /[\s<>"]/);
  for (const [medium, host, keys] of /** @type {const} */ ([
    ["x", "x.com", ["text"]], ["whatsapp", "wa.me", ["text"]], ["linkedin", "www.linkedin.com", ["url"]], ["facebook", "www.facebook.com", ["u"]],
  ])) {
    const url = new URL(composer(medium, wordsFor(who, medium)));
    assert.equal(url.protocol, "https:");
    assert.equal(url.host, host);
    assert.deepEqual([...url.searchParams.keys()], keys);
    assert.equal(url.hash, "");
  }
  assert.match(composer("sms", wordsFor(who, "sms")), /^sms:\?&body=[^&#]*$/);
});

const USD = (/** @type {number} */ amount) => ({ fixed: { amount, unit: "USD", form: "credit" } });
const LADDER = (/** @type {string} */ after) => ({ ladder: { rungs: [
  { times: 3, amount: 10_000, unit: "USD", form: "credit" },
  { times: 1, amount: 12, unit: "months", form: "free_service" },
], after } });

test("a ladder says where one stands, whatever comes after its last step", () => {
  const at = (/** @type {string} */ after, /** @type {number} */ count) => {
    const { steps, now, then, left, round } = ladderOf(LADDER(after), count);
    return [steps.map(({ done, state }) => `${done} ${state}`).join(", "), now?.unit, then?.unit, left, round];
  };
  assert.deepEqual(at("nothing", 0), ["0 now, 0 later", "USD", "months", 3, 0]);
  assert.deepEqual(at("nothing", 3), ["3 done, 0 now", "months", undefined, 1, 0]);
  assert.deepEqual(at("nothing", 9), ["3 done, 1 done", undefined, undefined, 0, 0]);
  assert.deepEqual(at("last", 5), ["3 done, 2 now", "months", undefined, Infinity, 0]);
  assert.deepEqual(at("restart", 4), ["0 now, 0 later", "USD", "months", 3, 1]);
  assert.deepEqual(at("restart", 7), ["3 done, 0 now", "months", "USD", 1, 1]);
});

test("the next reward is said in words", () => {
  const rules = [{ id: "meet", who: "advocate", when: "meeting", pay: USD(2_500) }, { id: "ladder", who: "advocate", when: "won", pay: LADDER("nothing") }];
  const said = (/** @type {any[]} */ earned) => {
    const who = me({ rules, earned });
    return nextWords(who, /** @type {any} */ (goal(who))).join(" | ").replaceAll(/US\$|\u00a0/g, (c) => (c === "\u00a0" ? " " : "$"));
  };
  assert.equal(said([]), "Next: $100 as a credit | 3 more, then 12 months free");
  assert.equal(said([{ rule: "ladder", count: 2, amount: 20_000, unit: "USD" }, { rule: "meet", count: 9, amount: 1, unit: "USD" }]), "Next: $100 as a credit | After that: 12 months free");
  assert.equal(said([{ rule: "ladder", count: 3, amount: 30_000, unit: "USD" }, { rule: "ladder", count: 1, amount: 12, unit: "months" }]),
    "You have earned all of it | Thank you. What you share still counts.");
  assert.equal(goal(me()), undefined);
});

test("one reads what is promised to oneself and to whom one refers, and nobody else's share", () => {
  const rules = [
    { id: "seller", who: "owner", when: "won", pay: USD(5_000) },
    { id: "partners", who: "advocate", when: "won", only: { kinds: ["partner"] }, pay: USD(50_000) },
    { id: "gold", who: "advocate", when: "won", only: { segments: ["gold"], channels: ["verbal"] }, pay: USD(20_000) },
    { id: "all", who: "advocate", when: "won", pay: USD(10_000), cap: { amount: 100_000, per: "advocate" }, hold_days: 30, approval: "manual",
      instead: [{ only: { products: ["pos"] }, pay: USD(30_000) }, { only: { kinds: ["customer"] }, pay: USD(15_000) }, { only: { products: ["never"] }, pay: USD(1) }] },
    { id: "welcome", who: "prospect", when: "won", pay: USD(10_000) },
  ];
  const gold = promises(me({ rules, segment: "gold" }));
  assert.deepEqual(gold.map(({ rule, only }) => [rule, only]), [["gold", "verbal"], ["all", ""], ["welcome", ""]]);
  assert.deepEqual(gold[1].pay, USD(15_000));
  assert.deepEqual(gold[1].others, [{ only: "“pos”", pay: USD(30_000) }]);
  assert.equal(gold[1].print.length, 3);
  assert.deepEqual(promises(me({ rules, kind: "partner" })).map(({ rule }) => rule), ["partners", "all", "welcome"]);
  assert.deepEqual(promises(me({ rules, kind: "partner" }))[1].pay, USD(10_000));
});

test("a referral is told from its first day, with what may come", () => {
  /** @type {import("../../public/me/types.js").Referred} */
  const referred = { id: "1", name: "J. W.", company: null, named: false, medium: "whatsapp", stage: "meeting", at: "2026-11-10T10:00:00Z",
    timeline: [{ stage: "new", at: "2026-11-10T10:00:00Z" }, { stage: "meeting", at: "2026-11-12T10:00:00Z" }], rewards: [] };
  assert.deepEqual(story(referred).map(({ text, state }) => [text, state]), [
    ["They came by WhatsApp", "done"], ["They have met", "now"], ["An offer", "later"], ["They become a customer", "later"],
  ]);
  assert.equal(lately({ ...referred, stage: "new", named: true }), "You named them");
  // What is over has nothing to come.
  assert.deepEqual(story({ ...referred, stage: "lost" }).filter(({ state }) => state === "later"), []);
});

test("whatever colour a program has, its accent is read in both themes", () => {
  const grounds = [["#faf9f6", "#ffffff", "#e7eff9"], ["#121517", "#191d20", "#1a2d45"]];
  const colors = ["#000000", "#ffffff", "#ffff00", "#0000ff", "#ff0000", "#808080", "#777777", "#00ff00",
    ...Array.from({ length: 500 }, (_, n) => `#${((n * 2_654_435_761) % 0x1000000).toString(16).padStart(6, "0")}`)];
  for (const color of colors) {
    const found = accents(color);
    const of = (/** @type {string} */ name) => [...(found[name] ?? "").matchAll(/#[0-9a-f]{6}/g)].map(([hex]) => hex);
    for (const theme of [0, 1]) {
      const [accent, hover, soft, on] = ["--accent", "--accent-hover", "--accent-soft", "--on-accent"].map((name) => of(name)[theme]);
      for (const ground of [...grounds[theme], soft, on]) assert.ok(contrast(accent, ground) >= 4.5, `${color}: ${accent} on ${ground}`);
      assert.ok(contrast(hover, on) >= 4.5, `${color}: ${on} on ${hover}`);
    }
  }
  for (const none of [undefined, "", "red", "#12345", "#123456;} *{display:none", "url(x)"]) assert.deepEqual(accents(none), {});
});
