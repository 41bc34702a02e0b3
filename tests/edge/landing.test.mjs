// The landing page and its pictures at the edge: past the links, through the API,
// with the headers that a browser gets.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, program, start } from "./worker.mjs";

/** The smallest PNG. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let worker, demo;

before(async () => {
  worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  demo = await program(worker);
  await worker.ok("PUT", "/v1/programs/demo/content", { content: { brand: { card: `data:image/png;base64,${PNG}` } } });
});
after(() => worker.stop());

const get = (path, headers = {}, method = "GET") => click(worker.base + path, headers, method);

test("the page is answered with its own policy, and nobody keeps it for others", async () => {
  for (const path of ["/l/demo", "/l/demo/", "/l/demo?gw=x&gw_click=y"]) {
    const response = await get(path);
    const html = await response.text();
    assert.equal(response.status, 200, path);
    const nonce = /<style nonce="([0-9a-f]{32})">/.exec(html)?.[1];
    assert.equal(response.headers.get("content-security-policy"),
      `default-src 'none'; style-src 'self' 'nonce-${nonce}'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`);
    assert.equal(response.headers.get("cache-control"), "private, no-cache");
    assert.match(response.headers.get("vary") ?? "", /cookie/i);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "same-origin");
    assert.equal(response.headers.get("x-robots-tag"), "noindex");
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.ok(html.includes(`property="og:image" content="${worker.base}/l/demo/card.png"`), html);
    const head = await get(path, {}, "HEAD");
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
  }
});

test("a link to the page carries its receipt into the form, and the cookie does without", async () => {
  await worker.ok("POST", "/v1/programs/demo/destinations", { slug: "page", url: `${worker.base}/l/demo` });
  await worker.db.prepare("UPDATE advocates SET name = 'Maya Okafor', shows_name = 1").run();
  const { url } = await worker.ok("POST", "/v1/links", { program: "demo", advocate: demo.advocate, channel: "email", destination: "page" });
  const followed = await click(url);
  const location = followed.headers.get("location") ?? "";
  assert.ok(location.startsWith(`${worker.base}/l/demo?gw=c1`), location);
  const cookie = followed.headers.getSetCookie()[0].split(";")[0];
  for (const answer of [await get(location.slice(worker.base.length)), await get("/l/demo", { cookie })]) {
    const html = await answer.text();
    assert.match(html, /<h1>Maya invited you<\/h1>/);
    assert.doesNotMatch(html, /Okafor/);
  }
  const receipt = new URL(location).searchParams.get("gw");
  assert.ok((await (await get(location.slice(worker.base.length))).text()).includes(`name="gw" value="${receipt}"`));
});

test("the card is the picture that was stored, and links show it", async () => {
  const response = await get("/l/demo/card.png");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "image/png");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(Buffer.from(await response.arrayBuffer()).toString("base64"), PNG);
  const head = await get("/l/demo/card.png", {}, "HEAD");
  assert.equal(head.headers.get("content-length"), String(Buffer.from(PNG, "base64").length));
  const { url } = await worker.ok("POST", "/v1/links", { program: "demo", advocate: demo.advocate, channel: "social" });
  const preview = await (await click(url, { "user-agent": "Twitterbot/1.0" })).text();
  assert.ok(preview.includes(`property="og:image" content="${worker.base}/l/demo/card.png"`), preview);
});

test("what is not there is the neutral page, without a word of why", async () => {
  for (const path of ["/l/nobody", "/l/nobody/card.png", "/l/demo/logo.png", "/l/demo/x", "/l/%22%3E%3Cscript%3E"]) {
    const response = await get(path);
    assert.equal(response.status, 404, path);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(await response.text(), /<h1>This link leads nowhere<\/h1>/);
  }
  assert.equal((await get("/l/demo", {}, "POST")).status, 405);
});

test("a database that fails is 503 with a page, and is logged", async () => {
  worker.log.length = 0;
  await worker.faults("DB");
  try {
    const response = await get("/l/demo");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.match(await response.text(), /leads nowhere/);
    assert.match(worker.log.map(({ message }) => message).join("\n"), /D1 was made to fail/);
  } finally {
    await worker.faults();
  }
});
