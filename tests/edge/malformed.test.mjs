// Malformed input: 500 bodies to every POST, PATCH and PUT route get a problem that
// says what is wrong, and nothing panics.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { ADMIN_KEY, program, start } from "./worker.mjs";

const BODIES = 500;

let worker;
/** What an advocate is signed in with. @type {string} */
let token;
/** What stands for each parameter of a path. */
const places = { program: "demo", destination: "home", rep: "lea", reward: "rw_0", payout: "po_0", member: "mem_0", run: "rc_0", webhook: "", connection: "crm_0", message: "moved", advocate: "", lead: "" };
before(async () => {
  worker = await start();
  places.advocate = (await program(worker)).advocate;
  await worker.ok("PUT", "/v1/reps/lea", { name: "Lea" });
  places.lead = (await worker.ok("POST", "/v1/leads", { program: "demo", prospect: { email: "sam@example.org" } })).id;
  places.webhook = (await worker.ok("POST", "/v1/webhooks", { url: "https://hooks.example.com/" })).id;
  ({ token } = await worker.ok("POST", `/v1/programs/demo/advocates/${places.advocate}/token`, {}));
});
after(() => worker.stop());

/** What signs in whoever a route is for. */
const as = (path) => (path.startsWith("/v1/me") ? { authorization: `Bearer ${token}` } : {});

/** A small generator with a seed (mulberry32), so that a failure comes again. */
function randomness(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ODD = [
  null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, "", " ", "\u0000", "a".repeat(300), "é", "💥", "=1+1", "../..", "%00",
  "javascript:alert(1)", "https://user@example.com", "2026-13-45", "'; DROP TABLE programs; --", [], [[]], {}, { a: 1 },
  ["email"], { channel: "email" }, "__proto__", "9".repeat(400),
];

/** A valid body of each route, from which bad ones are made. */
const VALID = {
  "POST /v1/programs": { slug: "x", name: "X", zone: "UTC", touch: "last", window_days: 30, cookie: true, pass_through: "none", preview: { title: "T", description: "D", image: "https://e.example/i.png" } },
  "PATCH /v1/programs/{program}": { name: "X", status: "active", zone: "UTC", window_days: 30, preview: { title: "T" } },
  "POST /v1/programs/{program}/destinations": { slug: "x", url: "https://e.example/" },
  "PATCH /v1/programs/{program}/destinations/{destination}": { url: "https://e.example/", status: "active" },
  "POST /v1/programs/{program}/labels": { slug: "x" },
  "POST /v1/programs/{program}/advocates": { external_id: "e", kind: "customer", name: "N", email: "a@b.example" },
  "PATCH /v1/programs/{program}/advocates/{advocate}": { kind: "partner", name: "N", status: "active" },
  "POST /v1/programs/{program}/advocates/{advocate}/invite": {},
  "POST /v1/programs/{program}/advocates/{advocate}/merge": { into: "ext:crm-2" },
  "PUT /v1/programs/{program}/content": { version: 0, content: { brand: { color: "#0a6653", logo: "" }, messages: [{ channel: "social", medium: "x", subject: "S", text: "T {link}" }], landing: { headline: "H", body: "B", button: "B", consent: "C" }, invitation: { subject: "S", text: "T {link}" } } },
  "POST /v1/links": { program: "demo", advocate: "ext:crm-1", channel: "email", medium: "email", destination: "home" },
  "POST /v1/links/verify": { code: "x" },
  "POST /v1/links/revoke": { code: "x" },
  "POST /v1/moments": { program: "demo", advocate: "ext:crm-1", event_id: "e", kind: "rated", score: 9, at: "2026-01-01T00:00:00Z" },
  "POST /v1/shares": { program: "demo", advocate: "ext:crm-1", channel: "email", kind: "sent", event_id: "e", at: "2026-01-01T00:00:00Z" },
  "POST /v1/codes": { program: "demo", advocate: "ext:crm-1", channel: "verbal", medium: "phone", destination: "home" },
  "PUT /v1/reps/{rep}": { name: "Lea", email: "lea@example.com", status: "active" },
  "PUT /v1/programs/{program}/routing": { reps: ["lea"] },
  "POST /v1/leads": { program: "demo", prospect: { name: "N", email: "a@b.example", phone: "1", company: "C", customer: "cus_1" }, at: "2026-01-01T00:00:00Z", rep: "lea", consent: { text: "T", at: "2026-01-01T00:00:00Z" }, note: "N" },
  "POST /v1/leads/{lead}/stage": { stage: "accepted", why: "W", at: "2026-01-01T00:00:00Z" },
  "POST /v1/leads/{lead}/followed-up": {},
  "POST /v1/leads/{lead}/owner": { owner: "lea", why: "W" },
  "POST /v1/public/leads": { program: "demo", prospect: { name: "N", email: "a@b.example", phone: "1", company: "C" }, code: "MAYA-7KQ-4TX", consent: { text: "T" }, note: "N", website: "" },
  "POST /v1/referrals/verbal": { program: "demo", advocate: { name: "N", email: "a@b.example", kind: "customer" }, prospect: { name: "N", phone: "1" }, medium: "phone", rep: "lea", at: "2026-01-01T00:00:00Z", place: "P", note: "N" },
  "POST /v1/conversions": { program: "demo", kind: "sale", order_id: "o", amount: 4999, currency: "USD", product: "P", at: "2026-01-01T00:00:00Z", customer: "cus_1", email: "a@b.example" },
  "POST /v1/attribution/what-if": { program: "demo", from: "2026-01-01", to: "2026-01-31", policy: { touch: "last", window_days: 30 } },
  "PUT /v1/programs/{program}/rules": { rules: [{ id: "a", who: "advocate", when: "won", pay: { fixed: { amount: 1, unit: "USD", form: "credit" } } }] },
  "POST /v1/programs/{program}/rules/dry-run": { rules: [{ id: "a", who: "advocate", when: "won", pay: { fixed: { amount: 1, unit: "USD", form: "credit" } } }] },
  "POST /v1/rewards/{reward}/approve": { why: "W" },
  "POST /v1/rewards/{reward}/hold": { why: "W" },
  "POST /v1/rewards/{reward}/release": { why: "W" },
  "POST /v1/payouts": { program: "demo" },
  "POST /v1/payouts/{payout}/paid": { reference: "R" },
  "POST /v1/people/export": { email: "nobody@example.org" },
  "POST /v1/people/erase": { email: "nobody@example.org" },
  "POST /v1/session/link": { email: "a@b.example" },
  "POST /v1/session": { admin_key: "x" },
  "POST /v1/team": { email: "a@b.example", name: "N", role: "rep", rep: "lea" },
  "PATCH /v1/team/{member}": { name: "N", role: "rep", status: "active", rep: "lea" },
  "POST /v1/team/{member}/invite": {},
  "POST /v1/programs/{program}/advocates/{advocate}/token": {},
  "POST /v1/me/link": { email: "a@b.example", program: "demo" },
  "POST /v1/me/session": { token: "x" },
  "PATCH /v1/me": { name: "N", shows_name: true },
  "PUT /v1/me/program": { program: "demo" },
  "POST /v1/me/code": {},
  "POST /v1/me/shares": { medium: "copy", event_id: "e" },
  "POST /v1/me/referrals": { prospect: { name: "N", email: "a@b.example", phone: "1", company: "C" }, note: "N" },
  "POST /v1/me/team": { name: "N", email: "a@b.example", is_member: true },
  "POST /v1/me/export": {},
  "POST /v1/me/leave": {},
  "PUT /v1/reps/{rep}/goals": { quarter: "2026-Q4", asked: 1, meetings: 1, won: 1 },
  "POST /v1/public/conversions": { program: "demo", order_id: "o", receipts: [] },
  "POST /v1/checks": { checks: ["clicks"] },
  "POST /v1/checks/repair": { check: "clicks" },
  "POST /v1/reconciliations/{run}/apply": { findings: [1] },
  "POST /v1/webhooks": { url: "https://hooks.example.com/", description: "D", types: ["lead.created"], program: "demo" },
  "PATCH /v1/webhooks/{webhook}": { url: "https://hooks.example.com/", description: "D", types: ["lead.created"], status: "active" },
  "POST /v1/webhooks/{webhook}/rotate": { overlap_hours: 24 },
  "POST /v1/webhooks/{webhook}/test": { type: "lead.created" },
  "POST /v1/webhooks/{webhook}/replay": { since: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:00Z", types: ["lead.created"], failed: true },
  "PATCH /v1/programs/{program}/messages": { per_week: 3, quiet_from: "20:00", quiet_to: "08:00", quiet_days: 30, stale_days: 7, weekly_on: "monday", enabled: { moved: true } },
  "PUT /v1/programs/{program}/messages/{message}": { kind: "partner", subject: "S", text: "T {news}" },
  "POST /v1/programs/{program}/messages/{message}/preview": { kind: "partner", subject: "S", text: "T" },
  "POST /v1/programs/{program}/messages/{message}/test": { kind: "partner" },
  "POST /v1/suppressions": { email: "a@b.example", reason: "manual" },
  "POST /v1/suppressions/lift": { email: "a@b.example" },
  "POST /v1/crm": { kind: "hubspot", program: "demo", url: "https://api.hubapi.com", object: "contacts", credential: "CRM_TOKEN", signing: "CRM_APP", currency: "EUR" },
  "PATCH /v1/crm/{connection}": { credential: "CRM_TOKEN", signing: "CRM_APP", currency: "EUR", status: "paused" },
  "POST /v1/crm/{connection}/rotate": { overlap_hours: 24 },
  "POST /v1/crm/{connection}/sync": {},
  "POST /v1/crm/{connection}/events": { events: [{ id: "e", occurred_at: "2026-01-01T00:00:00Z", lead: "ld_0", stage: "OPEN", owner: "1", amount: "1.00", currency: "EUR", reason: "R" }] },
  "POST /v1/keys": { name: "K", scopes: ["links:write"] },
};

/** Spoils a body so that it cannot be valid. */
function spoil(valid, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const fields = Object.keys(valid);
  const text = JSON.stringify(valid);
  const kinds = [
    () => text.slice(0, 1 + Math.floor(random() * (text.length - 1))),
    () => JSON.stringify({ ...valid, [`x${Math.floor(random() * 1e6)}`]: pick(ODD) }),
    () => {
      const field = pick(fields);
      // A list may be empty where it may be anything.
      const empty = Array.isArray(valid[field]) ? [] : [[]];
      return JSON.stringify({ ...valid, [field]: pick([...empty, [[]], { a: 1 }, { "": {} }, 1e308, -1.5]) });
    },
    () => JSON.stringify(pick([null, true, 7, "text", [valid], [], [null]])),
    () => text.replace("{", pick(["{{", "{,", "{\"a\":}", "{\"\\ud800\":1,", "{\u0000"])),
    () => "[".repeat(1 + Math.floor(random() * 5_000)),
    () => "{\"a\":".repeat(1 + Math.floor(random() * 2_000)) + "1",
    () => String.fromCharCode(...Array.from({ length: 60 }, () => Math.floor(random() * 0xffff))),
    () => "",
    () => " ".repeat(170_000) + text,
    () => text + text,
    // What has no field cannot have it twice.
    () => (fields.length ? text.replace(/"[^"]*":/, (key) => `${key}1,${key}`) : "{}{}"),
  ];
  return pick(kinds)();
}

/** Routes that stream their body: what is wrong with a row is told in its place. */
const STREAMED = ["links/bulk", "reconciliations", "replays", "imports", "restore"].map((path) => `POST /v1/${path}`);

/** Routes that look at a signature before they look at a body (tests/edge/messages.test.mjs). */
const SIGNED = ["POST /v1/mail/events"];

test("there is a valid body for every route that takes one", () => {
  const document = JSON.parse(readFileSync(new URL("../../public/openapi.json", import.meta.url)).toString());
  const taking = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([, operation]) => operation.requestBody).map(([method]) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual(taking.filter((route) => ![...STREAMED, ...SIGNED].includes(route)).sort(), Object.keys(VALID).sort());
});

for (const [route, valid] of Object.entries(VALID)) {
  test(`${route}: ${BODIES} malformed bodies get problems`, async () => {
    const [method, pattern] = route.split(" ");
    const path = pattern.replace(/\{(\w+)\}/g, (_, name) => places[name]);
    const random = randomness(route.length * 7_919);
    const other = randomness(1);
    const seen = {};
    for (let round = 0; round < BODIES; round += 20) {
      await Promise.all(Array.from({ length: 20 }, async () => {
        const body = spoil(valid, random);
        // The public form counts what an address sends.
        const address = Array.from({ length: 3 }, () => Math.floor(other() * 256)).join(".");
        const answer = await worker.api(method, path, body, { "cf-connecting-ip": `10.${address}`, ...as(path) });
        const shown = `${body.slice(0, 200)} → ${answer.status} ${JSON.stringify(answer.body)}`;
        assert.ok(answer.status >= 400 && answer.status < 500, shown);
        assert.equal(answer.headers.get("content-type"), "application/problem+json", shown);
        assert.ok(answer.body.detail.length > 10, shown);
        assert.ok([400, 413].includes(answer.status) || answer.body.errors?.[0].field, shown);
        seen[answer.status] = (seen[answer.status] ?? 0) + 1;
      }));
    }
    assert.ok(seen[400] > 0 && seen[413] > 0 && seen[422] > 0, JSON.stringify(seen));
  });
}

test("POST /v1/links/bulk reports each malformed row and answers the rest", async () => {
  const random = randomness(7);
  const rows = Array.from({ length: BODIES }, () => spoil(VALID["POST /v1/links"], random).replace(/[\r\n]/g, "") || "x")
    .map((row) => (row.trim() ? row : "x"));
  const good = JSON.stringify({ advocate: "ext:crm-1", channel: "email" });
  const response = await fetch(`${worker.base}/v1/links/bulk?program=demo`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/x-ndjson" },
    body: rows.flatMap((row) => [row, good]).join("\n"),
  });
  assert.equal(response.status, 200);
  const lines = (await response.text()).trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 2 * BODIES);
  lines.forEach(({ line, error, url }, index) => {
    assert.equal(line, index + 1);
    if (index % 2) assert.ok(url.startsWith(worker.base) && !error);
    else assert.ok(error && !url, rows[index / 2].slice(0, 100));
  });
});

test("queries and media types that are wrong say so too", async () => {
  for (const path of ["/v1/stats", "/v1/stats?program=none", "/v1/stats?program=demo&by=colour", "/v1/stats?program=demo&from=1",
    "/v1/stats?program=demo&from=2026-02-30", "/v1/stats?program=demo&from=2026-02-02&to=2026-02-01", "/v1/stats?program=demo&x=1",
    "/v1/programs?limit=0", "/v1/programs?limit=x", "/v1/programs?cursor=%00", "/v1/programs/demo/advocates?cursor=1"]) {
    const { status, body } = await worker.api("GET", path);
    assert.equal(status, 422, path);
    assert.ok(body.errors[0].field && body.errors[0].detail, path);
  }
  const { status } = await worker.api("POST", "/v1/links", "{}", { "content-type": "text/plain" });
  assert.equal(status, 415);
});

test("the log shows no panic and no fault", () => {
  assert.deepEqual(worker.log, []);
});
