// Letters from the event to the file that a mail program reads: in the running Worker,
// to the capture of development, with the way out and what the provider tells.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import PostalMime from "postal-mime";
import { capture } from "../../xtask/js/mail.mjs";
import { program, start, until } from "./worker.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

const folder = mkdtempSync(join(tmpdir(), "goodword-letters-"));
/** @type {Awaited<ReturnType<typeof start>>} */
let worker;
/** @type {Awaited<ReturnType<typeof capture>>} */
let mail;
let maya = "";

before(async () => {
  mail = await capture({ folder });
  worker = await start({ vars: {
    MAIL_URL: `${mail.url}emails`, MAIL_FROM: "Goodword <hello@example.com>", MAIL_WEBHOOK_SECRET: SECRET,
    MAIL_PAGE: mail.url,
  } });
  maya = (await program(worker)).advocate;
  await worker.ok("PATCH", `/v1/programs/demo/advocates/${maya}`, { email: "maya@example.com" });
  await worker.ok("PATCH", "/v1/programs/demo/messages", { quiet_from: "00:00", quiet_to: "00:00", per_week: 50 });
});
after(async () => {
  await worker?.stop();
  await mail?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A lead of Maya's. @param {string} email */
async function refer(email) {
  const code = await worker.ok("POST", "/v1/codes", { program: "demo", advocate: maya, channel: "verbal" });
  const lead = await worker.ok("POST", "/v1/leads", { program: "demo", code: code.code, prospect: { email, name: "Sam Keller" } });
  return lead.id;
}

/** @param {string} lead @param {string} stage */
const step = (lead, stage) => worker.ok("POST", `/v1/leads/${lead}/stage`, { stage });

/** The letters to somebody with a subject, as a mail program reads them. @param {string} to @param {RegExp} subject */
async function letters(to, subject) {
  const all = await Promise.all(readdirSync(folder).filter((name) => name.endsWith(".eml")).sort()
    .map((name) => PostalMime.parse(readFileSync(join(folder, name)))));
  return all.filter((one) => one.to?.[0]?.address === to && subject.test(one.subject ?? ""));
}

/** @param {import("postal-mime").Email} letter @param {string} name */
const header = (letter, name) => letter.headers.find(({ key }) => key === name)?.value ?? "";

test("news of a referral becomes a letter with two parts, and is ended by one click", async () => {
  const lead = await refer("sam@example.org");
  await step(lead, "accepted");
  await until(async () => (await letters("maya@example.com", /^News of/)).length === 1, "the letter");
  const [letter] = await letters("maya@example.com", /^News of/);
  const url = header(letter, "list-unsubscribe").replace(/^<|>$/g, "");
  assert.ok(url.startsWith(`${worker.base}/u/`), url);
  assert.equal(header(letter, "list-unsubscribe-post"), "List-Unsubscribe=One-Click");
  assert.match(letter.text ?? "", /We are in touch with them\./);
  assert.match(letter.html ?? "", /We are in touch with them\./);
  for (const part of [letter.text, letter.html]) assert.ok(part?.includes(url), part);

  // Whoever looks into mailboxes follows links; that changes nothing.
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy") ?? "", /form-action 'self'/);
  assert.deepEqual((await worker.ok("GET", "/v1/suppressions")).items, []);
  const ended = await fetch(url, { method: "POST", headers: FORM, body: "List-Unsubscribe=One-Click" });
  assert.equal(ended.status, 200);
  assert.equal((await worker.ok("GET", "/v1/suppressions")).items[0].reason, "unsubscribed");
  await step(lead, "meeting");
  const skipped = async () => (await worker.ok("GET", "/v1/letters?state=skipped")).items.map((/** @type {any} */ one) => one.why);
  await until(async () => (await skipped()).includes("the person wants no letters") || skipped(), "the letter that is not sent");
  assert.equal((await letters("maya@example.com", /^News of/)).length, 1);
  await fetch(url, { method: "POST", headers: FORM, body: "back=1" });
  assert.deepEqual((await worker.ok("GET", "/v1/suppressions")).items, []);
});

test("each message is read by a mail program, in both parts", async () => {
  await worker.ok("POST", "/v1/team", { email: "ops@example.com", name: "Ops", role: "admin" });
  const [invitation] = await letters("ops@example.com", /./);
  const [, token] = /#token=(\S+)/.exec(invitation.text ?? "") ?? [];
  const session = await fetch(`${worker.base}/v1/session`, {
    method: "POST", headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" }, body: JSON.stringify({ token }),
  });
  const cookie = (session.headers.get("set-cookie") ?? "").split(";")[0];
  const { messages } = await worker.ok("GET", "/v1/programs/demo/messages");
  assert.equal(messages.length, 9);
  for (const { message } of messages) {
    const tried = await fetch(`${worker.base}/v1/programs/demo/messages/${message}/test`, {
      method: "POST", headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", cookie }, body: "{}",
    });
    assert.equal(tried.status, 202, await tried.text());
    const preview = await worker.ok("POST", `/v1/programs/demo/messages/${message}/preview`, {});
    const read = (await letters("ops@example.com", /./)).filter((one) => one.subject === preview.subject);
    assert.equal(read.length, 1, message);
    const [letter] = read;
    assert.equal(letter.text?.trim().replaceAll("\r\n", "\n"), preview.text.trim());
    assert.equal(letter.html?.trim().replaceAll("\r\n", "\n"), preview.html.trim());
    assert.equal(header(letter, "list-unsubscribe") !== "", message !== "sign_in", message);
    assert.doesNotMatch(preview.html, /<script|javascript:|\son\w+=/i);
  }
});

test("what time brings about is sent by cron once a base URL is known", async () => {
  await worker.ok("PUT", "/v1/reps/lea", { name: "Lea Brandt", email: "lea@example.com" });
  const lead = await refer("kim@example.org");
  await worker.ok("POST", `/v1/leads/${lead}/owner`, { owner: "lea", why: "she knows them" });
  await worker.db.prepare("UPDATE letters SET state = 'skipped' WHERE state = 'queued'").run();
  await worker.db.prepare("INSERT INTO letters (program, message, rep, cause, queued_at, due_at) SELECT 1, 'weekly', number, 'w', ?1, ?1 FROM reps WHERE slug = 'lea'").bind(Date.now()).run();
  const runner = await worker.mf.getWorker();
  await runner.scheduled({ cron: "* * * * *" });
  assert.equal((await letters("lea@example.com", /^Your week/)).length, 0, "no link may be wrong");
  // A call knows where it was called.
  await worker.ok("POST", "/v1/suppressions/lift", { email: "nobody@example.com" });
  await until(async () => (await letters("lea@example.com", /^Your week/)).length === 1, "the summary");
  const [letter] = await letters("lea@example.com", /^Your week/);
  assert.match(letter.text ?? "", /- Meetings this quarter: 0\n/);
});

test("who bounces gets none, and an event is heard once", async () => {
  const body = JSON.stringify({ type: "email.bounced", data: { email_id: "x", to: ["maya@example.com"], bounce: { type: "Permanent", message: "no such user" } } });
  const tell = () => {
    const at = String(Math.floor(Date.now() / 1_000));
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const signature = createHmac("sha256", key).update(`evt_1.${at}.${body}`).digest("base64");
    return worker.api("POST", "/v1/mail/events", body, { authorization: "", "svix-id": "evt_1", "svix-timestamp": at, "svix-signature": `v1,${signature}` });
  };
  assert.equal((await tell()).status, 204);
  const { items } = await worker.ok("GET", "/v1/suppressions");
  assert.deepEqual(items.map((/** @type {any} */ one) => [one.reason, one.by]), [["bounced", "provider"]]);
  const invited = await worker.api("POST", `/v1/programs/demo/advocates/${maya}/invite`, {});
  assert.equal(invited.status, 409);
  await worker.ok("POST", "/v1/suppressions/lift", { email: "maya@example.com" });
  assert.equal((await tell()).status, 204);
  assert.deepEqual((await worker.ok("GET", "/v1/suppressions")).items, []);
  const forged = await worker.api("POST", "/v1/mail/events", body, { "svix-id": "e", "svix-timestamp": "1", "svix-signature": "v1,x" });
  assert.equal(forged.status, 422);
});
