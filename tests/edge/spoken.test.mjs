// Spoken codes as links, and the public form that a followed link leads to.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { click, clicksByChannel, program, start, until } from "./worker.mjs";

let worker, demo;

before(async () => {
  worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  demo = await program(worker);
});
after(() => worker.stop());

let addresses = 0;
/** An address that asked for nothing yet. */
const fresh = () => ({ "cf-connecting-ip": `192.0.2.${++addresses}` });

/**
 * Follows a spoken code.
 * @param {string} path
 * @param {Record<string, string>} headers
 */
const say = (path, headers = fresh(), base = worker.base) => click(`${base}/s/${path}`, headers);

/** @param {Record<string, unknown>} fields */
const issue = (fields = {}) =>
  worker.ok("POST", "/v1/codes", { program: "demo", advocate: demo.advocate, ...fields });

const landing = (response) => new URL(response.headers.get("location") ?? "");
const neutral = async (response, status) => {
  assert.equal(response.status, status);
  assert.match(await response.text(), /leads nowhere/);
  assert.equal(response.headers.get("set-cookie"), null);
};

test("a code is followed like its link, in every spelling, and each counts once", async () => {
  const { code, url } = await issue({ medium: "phone" });
  assert.equal(url, `${worker.base}/s/${code}`);
  const [name, three, last] = code.split("-");
  const spellings = [
    code, code.toLowerCase(), name + three + last, `${name}%20${three}%20${last}`, `${name}+${three}+${last}`,
    `%20${code}%20`, `${name}.${three}_${last}`, `${name}%E2%80%94${three}%2D${last}`, `${code}.`, `${code}).`, `${code}/`,
    `${code}%22`, `${code}?utm_source=card`,
  ];
  for (const path of spellings) {
    const response = await say(path);
    assert.equal(response.status, 302, path);
    const receipt = landing(response).searchParams.get("gw");
    assert.match(receipt ?? "", /^c1[0-9A-Za-z]{47}$/);
    assert.match(response.headers.get("set-cookie") ?? "", new RegExp(`^gw_1=${receipt}; Path=/`));
    assert.equal(response.headers.get("cache-control"), "no-store");
  }
  const head = await click(`${worker.base}/s/${code}`, fresh(), "HEAD");
  assert.equal(head.status, 302);
  const bot = await say(code, { ...fresh(), "user-agent": "Twitterbot/1.0" });
  assert.equal(bot.status, 200);
  assert.ok((await bot.text()).includes(`<meta property="og:url" content="${url}">`));
  await until(async () => {
    const { verbal } = await clicksByChannel(worker);
    return (verbal?.human === spellings.length && verbal.suspected === 1 && verbal.bot === 1) || verbal;
  }, "counted");
  const { rows } = await worker.ok("GET", "/v1/stats?program=demo&by=medium");
  assert.equal(rows.find(({ key }) => key === "phone").clicks.human, spellings.length);
});

test("what is no code gets the neutral page, and other methods are refused", async () => {
  for (const path of ["", "x", "MAYA", "MAYA-000-000", "MAYA-7KQ-4TX/x", "%ff", "%2e%2e", "a".repeat(2_000)]) {
    await neutral(await say(path), 404);
  }
  for (const method of ["POST", "OPTIONS"]) {
    const response = await click(`${worker.base}/s/MAYA-000-000`, fresh(), method);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
  }
});

test("a revoked code and a disabled advocate lead nowhere at once", async () => {
  const { code } = await issue({ medium: "in_person" });
  assert.equal((await say(code)).status, 302);
  const kv = await worker.mf.getKVNamespace("CONFIG");
  const key = `spoken:${code.replaceAll("-", "").replaceAll("O", "0").replaceAll(/[IL]/g, "1")}`;
  await until(async () => (await kv.get(key)) !== null, "kept");
  for (const { expiration } of (await kv.list({ prefix: "spoken:" })).keys) {
    assert.ok(Number(expiration) - Date.now() / 1_000 <= 300);
  }
  const advocate = `/v1/programs/demo/advocates/${demo.advocate}`;
  await worker.ok("PATCH", advocate, { status: "disabled" });
  await neutral(await say(code), 404);
  await worker.ok("PATCH", advocate, { status: "active" });
  assert.equal((await say(code)).status, 302);
  await worker.ok("POST", `/v1/codes/${code.toLowerCase()}/revoke`);
  await neutral(await say(code), 404);
  assert.equal(await kv.get(key), null);
});

test("guesses fill neither KV nor the log, and the eleventh in a minute is refused", async () => {
  const kv = await worker.mf.getKVNamespace("CONFIG");
  const before = (await kv.list({ prefix: "spoken:" })).keys.length;
  const guesser = fresh();
  // The minute is the clock's, so a new one may begin in between.
  let passed = 0, response;
  for (; passed < 21; passed += 1) {
    response = await say(`MAYA-000-${String(passed).padStart(3, "0")}`, guesser);
    if (response.status === 429) break;
    await neutral(response, 404);
  }
  assert.ok(passed >= 10 && passed <= 20, String(passed));
  await neutral(response, 429);
  assert.equal(response?.headers.get("retry-after"), "60");
  const { code } = await issue();
  assert.equal((await say(code, guesser)).status, 429);
  assert.equal((await say(code)).status, 302);
  assert.ok((await kv.list({ prefix: "spoken:" })).keys.length <= before + 1);
});

test("a known code is followed while D1 is down, an unknown one is told to come again", async () => {
  const persist = mkdtempSync(join(tmpdir(), "goodword-"));
  try {
    const first = await start({ persist });
    const { advocate } = await program(first);
    const body = { program: "demo", advocate };
    const codes = [];
    for (const medium of ["phone", "video"]) {
      codes.push((await first.ok("POST", "/v1/codes", { ...body, medium })).code);
    }
    const [warm, cold] = codes;
    assert.equal((await say(warm, fresh(), first.base)).status, 302);
    const kv = await first.mf.getKVNamespace("CONFIG");
    await until(async () => (await kv.list({ prefix: "spoken:" })).keys.length === 1, "kept");
    await first.stop();

    const dark = await start({ persist, vars: { FAULTS: "DB" } });
    try {
      assert.equal((await say(warm, fresh(), dark.base)).status, 302);
      const response = await say(cold, fresh(), dark.base);
      assert.equal(response.headers.get("retry-after"), "1");
      await neutral(response, 503);
      await dark.faults("DB", "CONFIG");
      // The isolate has it in its memory.
      assert.equal((await say(warm, fresh(), dark.base)).status, 302);
      await dark.faults("CONFIG", "LIMITS");
      assert.equal((await say(cold, fresh(), dark.base)).status, 302);
      const logged = dark.log.map(({ message }) => JSON.parse(message).message);
      assert.equal(logged.filter((message) => message.startsWith("spoken codes are not limited")).length, 1);
      await dark.faults();
    } finally {
      await dark.stop();
    }
  } finally {
    rmSync(persist, { recursive: true, force: true });
  }
});

/**
 * Sends the public form.
 * @param {Record<string, string>} headers
 */
const send = (body, headers = {}) => fetch(`${worker.base}/v1/public/leads?program=demo`, {
  method: "POST",
  redirect: "manual",
  headers: { ...fresh(), ...headers },
  body: body instanceof URLSearchParams ? body : JSON.stringify(body),
});
const JSON_TYPE = { "content-type": "application/json" };

test("a followed link's cookie and receipt earn the lead of the public form", async () => {
  const followed = await click(demo.links.social);
  const cookie = (followed.headers.get("set-cookie") ?? "").split(";")[0];
  const gw = landing(followed).searchParams.get("gw") ?? "";
  const page = await send(new URLSearchParams({ program: "demo", email: "form@example.org", consent: "Call me." }), {
    cookie, accept: "text/html", origin: "https://landing.example",
  });
  assert.equal(page.status, 202);
  assert.match(await page.text(), /<h1>Thank you<\/h1>/);
  assert.equal(page.headers.get("access-control-allow-origin"), "https://landing.example");
  assert.equal(page.headers.get("x-content-type-options"), "nosniff");
  const json = await send({ program: "demo", prospect: { email: "json@example.org" }, receipts: [gw] }, JSON_TYPE);
  assert.deepEqual([json.status, await json.json()], [202, { received: true }]);
  const { items } = await worker.ok("GET", "/v1/leads?program=demo");
  const leads = Object.fromEntries(items.map((item) => [item.prospect.email, item]));
  assert.equal(leads["form@example.org"].touch, "cookie");
  assert.equal(leads["json@example.org"].touch, "receipt");
  for (const lead of items) {
    assert.deepEqual([lead.advocate, lead.channel, lead.source], [demo.advocate, "social", "form"]);
  }
  const rows = await worker.db.prepare("SELECT lower(hex(visitor)) AS visitor FROM leads").all();
  for (const { visitor } of rows.results) assert.match(visitor, /^[0-9a-f]{16}$/);
});

test("a foreign page brings no cookie, and a preflight lets the program's pages alone", async () => {
  const followed = await click(demo.links.social);
  const cookie = (followed.headers.get("set-cookie") ?? "").split(";")[0];
  const planted = await send({ program: "demo", prospect: { email: "planted@example.org" } },
    { ...JSON_TYPE, cookie, origin: "https://evil.example" });
  assert.equal(planted.status, 202);
  assert.equal(planted.headers.get("access-control-allow-origin"), null);
  const { items } = await worker.ok("GET", "/v1/leads?program=demo");
  const lead = await worker.ok("GET", `/v1/leads/${items.find(({ prospect }) => prospect.email === "planted@example.org").id}`);
  assert.equal(lead.advocate, null);
  assert.equal(lead.history.find(({ kind }) => kind === "refused").why, "came from another site");
  for (const [origin, allowed] of [["https://landing.example", "https://landing.example"], ["https://evil.example", null]]) {
    const preflight = await fetch(`${worker.base}/v1/public/leads?program=demo`, {
      method: "OPTIONS",
      headers: { origin: String(origin), "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), allowed);
  }
});

test("the eleventh form in a minute is refused, and none is without a limiter", async () => {
  const address = fresh();
  const ask = () => send({ program: "demo", prospect: { email: "many@example.org" } }, { ...JSON_TYPE, ...address });
  let passed = 0, response;
  for (; passed < 21; passed += 1) {
    response = await ask();
    if (response.status === 429) break;
    assert.equal(response.status, 202);
  }
  assert.ok(passed >= 10 && passed <= 20, String(passed));
  assert.equal(response?.headers.get("retry-after"), "60");
  assert.equal((await response?.json()).type, "urn:goodword:problem:too-many-requests");
  assert.deepEqual(worker.log, [], "nothing was logged so far, and nothing panicked");
  await worker.faults("LIMITS");
  assert.equal((await ask()).status, 202);
  await worker.faults();
  assert.match(worker.log[0].message, /strangers are not limited/);
  assert.ok(!worker.log[0].message.includes(address["cf-connecting-ip"]));
});
