// What a link answers, over HTTP.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, clicksByChannel, program, start, until } from "./worker.mjs";

let worker, demo, code;

before(async () => {
  worker = await start({ vars: { CLICK_WINDOW_MS: "20" } });
  demo = await program(worker, "demo", {
    pass_through: "all",
    preview: { title: "A <good> word", description: "\"Said\" & done", image: "https://img.example/a.png" },
  });
  code = demo.links.email.split("/").pop();
});
after(() => worker.stop());

const landing = (response) => new URL(response.headers.get("location") ?? "");

test("a click is redirected with receipt and cookie, and nobody may keep the answer", async () => {
  const response = await click(demo.links.email);
  assert.equal(response.status, 302);
  const { headers } = response;
  const receipt = landing(response).searchParams.get("gw");
  assert.match(receipt ?? "", /^c1[0-9A-Za-z]{47}$/);
  assert.equal(headers.get("location"), `https://landing.example/hello?x=1&gw=${receipt}#top`);
  assert.equal(headers.get("set-cookie"),
    `gw_1=${receipt}; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax`);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-robots-tag"), "noindex");
  assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin");
});

test("HEAD answers as GET does, without a body", async () => {
  const response = await click(demo.links.email, {}, "HEAD");
  assert.equal(response.status, 302);
  assert.equal(landing(response).origin, "https://landing.example");
});

test("other methods are told which ones there are", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await click(demo.links.email, {}, method);
    assert.equal(response.status, 405, method);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
  }
});

test("punctuation that a mail program took for a part of the link does no harm", async () => {
  for (const tail of ["/", ".", ",", ")", ").", "!", "*", ";"]) {
    assert.equal((await click(demo.links.email + tail)).status, 302, tail);
  }
});

test("bad codes get the neutral page, which runs nothing and is not indexed", async () => {
  const flipped = code.slice(0, -1) + (code.endsWith("a") ? "b" : "a");
  for (const path of [flipped, "a".repeat(26), code.slice(0, 25), code + "x", code.toLowerCase(),
    `${code}%2F..`, `${code}/../x`, `%2F/${code}`, "é".repeat(13), "nothing", "wp-login.php"]) {
    const response = await click(`${worker.base}/${path}`);
    assert.equal(response.status, 404, path);
    assert.match(await response.text(), /leads nowhere/);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(response.headers.get("x-robots-tag"), "noindex");
    assert.equal(response.headers.get("set-cookie"), null);
  }
});

test("no query changes where the destination is, and none is answered with 5xx", async () => {
  const queries = [
    "gw=forged", "GW=forged", "gw_click=forged", "gw_click=a&gw_click=b", "%67w=forged", "%2567w=x", "gw[]=x",
    "gw.click=x", "gw%00=x", "a=1;gw=x", "//evil.example", "@evil.example", "\\\\evil.example", "#@evil.example",
    "a=%0d%0aset-cookie:%20x=y", "a=%0D%0A%0D%0A<script>", "a=ü€😀", "a=%ff%fe", "%", "%%%", "a=%zz", "?", "&&&", "=",
    "x=9", "q=" + "x".repeat(8_000), "a&".repeat(3_000), "redirect=https://evil.example",
    "url=//evil.example", "a=<>\"'`{}|^", "a b", "a+b",
  ];
  for (const query of queries) {
    const response = await click(`${demo.links.email}?${query}`);
    assert.equal(response.status, 302, query);
    const url = landing(response);
    assert.equal(url.origin + url.pathname, "https://landing.example/hello", query);
    assert.equal(url.hash, "#top");
    assert.deepEqual(url.searchParams.getAll("x"), ["1"], query);
    assert.equal(url.searchParams.getAll("gw").length, 1);
    assert.match(url.searchParams.get("gw") ?? "", /^c1/);
    assert.deepEqual(url.searchParams.getAll("gw_click"), []);
    assert.equal([...response.headers].filter(([name]) => name === "set-cookie").length, 1);
  }
  // workerd itself refuses a request line of 100 KB, as Cloudflare's edge does
  // from 16 KB on; src/domain/redirect.rs has the test of what we would make of it.
  const long = `${demo.links.email}?a=1&q=${"x".repeat(100_000)}`;
  assert.equal((await click(long)).status, 414);
});

test("paths with tricks never leave the destination either", async () => {
  for (const path of [`//evil.example/${code}`, `/${code}//evil.example`, `/${code}/%0d%0aLocation:x`,
    `/${code}\\evil.example`, `/./${code}`, `/x/../${code}`, `/%31${code.slice(1)}`]) {
    const response = await click(worker.base + path);
    assert.ok(response.status === 404 || landing(response).origin === "https://landing.example", path);
  }
});

test("a program lets through what it chose", async () => {
  const query = "utm_source=mail&plan=pro";
  /** @type {[string, Record<string, string>][]} */
  const policies = [["none", {}], ["utm", { utm_source: "mail" }], ["all", { utm_source: "mail", plan: "pro" }]];
  for (const [pass, expected] of policies) {
    await worker.ok("PATCH", "/v1/programs/demo", { pass_through: pass });
    const { gw, x, ...rest } = Object.fromEntries(landing(await click(`${demo.links.email}?${query}`)).searchParams);
    assert.deepEqual(rest, expected, pass);
  }
});

test("Sec-GPC means no cookie, and the click still counts", async () => {
  const gpc = await program(worker, "gpc");
  const response = await click(gpc.links.social, { "sec-gpc": "1" });
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("set-cookie"), null);
  await until(async () => (await worker.ok("GET", "/v1/stats?program=gpc")).total.clicks.human === 1, "counted");
  const { total } = await worker.ok("GET", "/v1/stats?program=gpc");
  assert.equal(total.uniques, 0);
  const row = await worker.db.prepare("SELECT hex(visitor) AS visitor FROM clicks WHERE program = 2").first();
  assert.equal(row.visitor, "");
});

test("the first touch keeps its cookie, and the landing URL tells both", async () => {
  const first = await program(worker, "first", { touch: "first" });
  const one = await click(first.links.email);
  const cookie = (one.headers.get("set-cookie") ?? "").split(";")[0];
  const receipt = cookie.split("=")[1];
  const two = await click(first.links.social, { cookie: `a=b; ${cookie}` });
  assert.equal(two.headers.get("set-cookie"), null);
  assert.equal(landing(two).searchParams.get("gw"), receipt);
  assert.match(landing(two).searchParams.get("gw_click") ?? "", /^c1/);
  assert.notEqual(landing(two).searchParams.get("gw_click"), receipt);
  const forged = await click(first.links.social, { cookie: `${cookie.slice(0, -1)}-` });
  assert.equal(landing(forged).searchParams.get("gw_click"), null);
  assert.ok(forged.headers.get("set-cookie"));
});

test("preview agents get a page with the program's Open Graph tags", async () => {
  for (const agent of ["facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "TelegramBot (like TwitterBot)"]) {
    const response = await click(`${demo.links.email}?q=1`, { "user-agent": agent });
    assert.equal(response.status, 200, agent);
    const html = await response.text();
    assert.match(html, /<meta property="og:title" content="A &#60;good&#62; word">/);
    assert.match(html, /<meta property="og:description" content="&#34;Said&#34; &#38; done">/);
    assert.match(html, /<meta property="og:image" content="https:\/\/img.example\/a.png">/);
    assert.ok(html.includes(`<meta property="og:url" content="${demo.links.email}">`));
  }
});

test("a prefetch, a HEAD, an image and a crawler's GET change the other classes alone", async () => {
  const classes = await program(worker, "classes");
  const link = classes.links.verbal;
  const counts = async () => (await clicksByChannel(worker, "classes")).verbal ?? { human: 0, suspected: 0, bot: 0 };
  /** @type {[Record<string, string>, string, number, "human" | "suspected" | "bot" | null][]} */
  const steps = [
    [{ "sec-purpose": "prefetch" }, "GET", 503, "suspected"],
    [{ "sec-purpose": "prefetch;prerender" }, "GET", 503, "suspected"],
    [{ purpose: "prefetch" }, "GET", 503, "suspected"],
    [{ "x-moz": "prefetch" }, "GET", 503, "suspected"],
    [{}, "HEAD", 302, "suspected"],
    [{ "sec-fetch-dest": "image" }, "GET", 302, "suspected"],
    [{ "user-agent": "" }, "GET", 302, "suspected"],
    [{ "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" }, "GET", 302, "bot"],
    [{ "user-agent": "curl/8.5.0" }, "GET", 302, null],
    [{}, "GET", 302, "human"],
  ];
  for (const [headers, method, status, rises] of steps) {
    const before = await counts();
    assert.equal((await click(link, headers, method)).status, status);
    await until(async () => {
      const now = await counts();
      return now.human + now.suspected + now.bot === before.human + before.suspected + before.bot + 1;
    }, "counted");
    const now = await counts();
    if (rises) assert.equal(now[rises], before[rises] + 1, JSON.stringify([headers, method, now]));
    else assert.equal(now.human, before.human, JSON.stringify([headers, now]));
  }
});

test("what is revoked or disabled leads nowhere, and comes back", async () => {
  const off = await program(worker, "off");
  const expect = async (link, status, why) => assert.equal((await click(link)).status, status, why);
  await expect(off.links.email, 302, "new");
  await worker.ok("POST", "/v1/links/revoke", { code: off.links.email });
  await expect(off.links.email, 404, "revoked");
  await expect(off.links.social, 302, "another link of the advocate");
  for (const path of ["/v1/programs/off/advocates/ext:crm-1", "/v1/programs/off/destinations/home", "/v1/programs/off"]) {
    await worker.ok("PATCH", path, { status: "disabled" });
    await expect(off.links.social, 404, path);
    await worker.ok("PATCH", path, { status: "active" });
    await expect(off.links.social, 302, path);
  }
  const { links } = off;
  const verified = await worker.ok("POST", "/v1/links/verify", { code: links.email });
  assert.deepEqual([verified.valid, verified.works, verified.reason], [true, false, "it was revoked"]);
});

test("nothing was logged, and nothing panicked", () => {
  assert.deepEqual(worker.log, []);
});
