// Captured mail (xtask/js/mail.mjs): what the Worker would send by Resend is a
// file that a mail program reads, and a page that a message cannot take over.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import PostalMime from "postal-mime";
import { mail } from "../../src/cloudflare/edge.js";
import { capture } from "../../xtask/js/mail.mjs";

const folder = mkdtempSync(join(tmpdir(), "goodword-mail-"));
const { url, stop } = await capture({ folder });
after(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const MAIL = { from: "Goodword <goodword@localhost>", to: "maya@example.com", subject: "Sign in", text: "Here: https://x.example/#a=1." };

/**
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
const send = (body, headers) => fetch(new URL("/emails", url), {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer re_x", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** @param {string} path */
const text = async (path) => (await fetch(new URL(path, url))).text();

test("a message is a file of real MIME, and read back as it was sent", async () => {
  const sent = {
    ...MAIL,
    to: ["Zoë Müller <zoe@example.com>", "li@example.com"],
    subject: "Grüße — 你好",
    text: "Zoë,\n\nsee https://x.example/sign-in#token=a_b-c\n",
    html: "<p>Zoë</p>",
    reply_to: "team@example.com",
    headers: { "X-Entity-Ref-ID": "1" },
  };
  const answer = await send(sent);
  assert.equal(answer.status, 200);
  const { id } = /** @type {any} */ (await answer.json());
  const file = join(folder, `${id}.eml`);
  assert.equal(statSync(file).mode & 0o777, 0o600, "sign-in links are in it");
  const mail = await PostalMime.parse(readFileSync(file));
  assert.equal(mail.from?.address, "goodword@localhost");
  assert.deepEqual(mail.to?.map(({ name, address }) => [name, address]), [["Zoë Müller", "zoe@example.com"], ["", "li@example.com"]]);
  assert.equal(mail.replyTo?.[0]?.address, "team@example.com");
  assert.equal(mail.subject, sent.subject);
  assert.equal(mail.text?.trim(), sent.text.trim());
  assert.equal(mail.html?.trim(), sent.html);
  assert.ok(mail.headers.some(({ key, value }) => key === "x-entity-ref-id" && value === "1"));
  const [first] = /** @type {any} */ (await (await fetch(new URL("/messages?to=zoe@example.com", url))).json());
  assert.deepEqual(Object.keys(first).sort(), ["at", "from", "id", "subject", "text", "to"]);
  assert.equal(first.id, id);
  assert.ok(Math.abs(Date.parse(first.at) - Date.now()) < 60_000);
  assert.ok(readdirSync(folder).every((name) => name.endsWith(".eml")), "nothing half-written is left");
});

test("what Resend would refuse is refused", async () => {
  for (const [body, named] of /** @type {[unknown, string][]} */ ([
    ["{", "JSON"],
    [[], "object"],
    [{ ...MAIL, to: [] }, "to"],
    [{ ...MAIL, to: "maya" }, "to"],
    [{ ...MAIL, to: "a@b.example\r\nBcc: c@d.example" }, "to"],
    [{ ...MAIL, from: undefined }, "from"],
    [{ ...MAIL, subject: undefined }, "subject"],
    [{ ...MAIL, text: undefined }, "text"],
    [{ ...MAIL, text: 1 }, "text"],
    [{ ...MAIL, headers: { "X-A": "b\r\nc: d" } }, "X-A"],
    [{ ...MAIL, attachment: "x" }, "attachment"],
  ])) {
    const answer = await send(body);
    assert.equal(answer.status, 422, JSON.stringify(body));
    const { name, message } = /** @type {any} */ (await answer.json());
    assert.equal(name, "validation_error");
    assert.ok(message.includes(named), message);
  }
  assert.equal((await send(MAIL, { "content-type": "text/plain" })).status, 415);
  assert.equal((await fetch(new URL("/emails", url))).status, 405);
});

test("a message is shown escaped, its links made links, its HTML in a frame without rights", async () => {
  const hostile = "<script>alert(1)</script>";
  const answer = await send({
    ...MAIL,
    subject: hostile,
    text: `${hostile} (https://x.example/a?b=1&c="d"), javascript:alert(1) https://x.example/sign-in#token=1.`,
    html: hostile,
  });
  const { id } = /** @type {any} */ (await answer.json());
  for (const path of ["/", `/mail/${id}`]) {
    const shown = await fetch(new URL(path, url));
    const page = await shown.text();
    assert.ok(!page.includes("<script>"), path);
    assert.ok(page.includes("&lt;script&gt;"), path);
    const policy = shown.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(page, /<style|style=|<script(?! type="module" src="\/mail\.js"><)/);
  }
  const page = await text(`/mail/${id}`);
  assert.ok(page.includes('<a href="https://x.example/sign-in#token=1" rel="noopener noreferrer">'), page);
  assert.ok(page.includes('<a href="https://x.example/a?b=1&amp;c=" rel='), page);
  assert.ok(!page.includes('href="javascript'));
  assert.match(page, /<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" /);
  const frame = await fetch(new URL(`/mail/${id}/html`, url));
  assert.match(frame.headers.get("content-security-policy") ?? "", /^sandbox allow-popups .*default-src 'none'/);
  const raw = await fetch(new URL(`/mail/${id}.eml`, url));
  assert.equal(raw.headers.get("content-type"), "message/rfc822");
  assert.ok((await raw.text()).includes("MIME-Version: 1.0"));
});

test("it knows no other files, and answers to no other name", async () => {
  for (const path of ["/mail/20260101T000000000Z-1", "/mail/..%2f..%2fetc", "/etc/passwd", "/mail/x/html"]) {
    assert.equal((await fetch(new URL(path, url))).status, 404, path);
  }
  const status = await new Promise((resolve, reject) => {
    request(new URL("/messages", url), { headers: { host: "evil.example" } }, (answer) => resolve(answer.statusCode))
      .on("error", reject).end();
  });
  assert.equal(status, 421);
});

test("whoever looks at the list is told of what comes", async () => {
  const abort = new AbortController();
  const news = await fetch(new URL("/news", url), { signal: abort.signal });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (news.body).getReader();
  const { id } = /** @type {any} */ (await (await send(MAIL)).json());
  let said = "";
  while (!said.includes(id)) said += new TextDecoder().decode((await reader.read()).value);
  abort.abort();
  const ids = JSON.parse(await text("/messages")).map((/** @type {any} */ message) => message.id);
  assert.equal(ids[0], id, "newest first");
});

test("a taken port is an error", async () => {
  await assert.rejects(capture({ folder, port: Number(new URL(url).port) }), /EADDRINUSE/);
});

test("Cloudflare's binding gets what a provider would, and its id is kept", async () => {
  /** @type {any[]} */
  const sent = [];
  const EMAIL = { send: async (/** @type {object} */ letter) => (sent.push(letter), { messageId: "cf-1" }) };
  const letter = { id: "let_1", to: MAIL.to, subject: "Your referral moved on", text: "T", html: "<p>T</p>" };
  const way = "https://go.example.com/u/0";
  const answer = await mail({ EMAIL, MAIL_FROM: MAIL.from }, JSON.stringify({ ...letter, unsubscribe: way }));
  assert.deepEqual(answer.split("\n"), ["200", "", "0", '{"id":"cf-1"}']);
  const { id: _, ...said } = letter;
  const headers = { "List-Unsubscribe": `<${way}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
  assert.deepEqual(sent, [{ from: MAIL.from, ...said, headers }]);
  await mail({ EMAIL, MAIL_FROM: MAIL.from }, JSON.stringify({ ...letter, unsubscribe: "" }));
  assert.deepEqual(sent[1].headers, {});
  await assert.rejects(mail({ EMAIL }, JSON.stringify(letter)), /MAIL_FROM/);
});
