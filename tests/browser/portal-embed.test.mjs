// The portal in a page of another origin, whose policy lets through our scripts and
// our frames and nothing else.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { SIZES, begin, complaints } from "./console.mjs";
import { still, violations } from "./looks.mjs";
import { advocate, browser, program, shares } from "./portal.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let house;
/** @type {Awaited<ReturnType<typeof product>>} */
let host;
/** Id of the advocate. @type {string} */
let maya;

before(async () => {
  house = await begin();
  await program(house, "acme");
  ({ id: maya } = await advocate(house, "acme"));
  host = await product(house);
});
after(async () => {
  await host?.stop();
  await house?.stop();
});

const token = async (id = maya) => (await house.worker.ok("POST", `/v1/programs/acme/advocates/${id}/token`, {})).token;

/**
 * Somebody's product. Its server asks for a token whenever its page wants one.
 * @param {Console} house
 */
async function product(house) {
  /** What its server gives out. @type {(() => Promise<string>)[]} */
  const tokens = [];
  /** Every request that it got. @type {string[]} */
  const asked = [];
  const policy = [
    "default-src 'none'", "img-src data:", "connect-src 'self'", `script-src 'self' ${house.origin}`, `frame-src ${house.origin}`,
    "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].join("; ");
  const script = `
    const ask = async () => (await fetch("/token", { method: "POST" })).text();
    globalThis.expired = 0;
    document.addEventListener("goodword-expired", async ({ target }) => { expired += 1; target.token = await ask(); });
    document.querySelector("goodword-portal").token = await ask();`;
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-security-policy", policy);
    if (request.url === "/token") response.end(await (tokens.shift() ?? token)());
    else if (request.url === "/product.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (request.url === "/frame") response.setHeader("content-type", "text/html").end(`<!doctype html><title>x</title><iframe src="${house.origin}/me"></iframe>`);
    else {
      // Isolated from all that does not agree to be in it.
      response.setHeader("cross-origin-embedder-policy", "require-corp");
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("content-type", "text/html").end(`<!doctype html><html lang="en"><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>A product</title><main><h1>A product</h1>
        <goodword-portal label="Recommend us" theme="light"></goodword-portal><p id="below">What follows</p></main>
        <script src="${house.origin}/portal.js" defer></script><script type="module" src="/product.js"></script>`);
    }
  });
  await new Promise((resolve) => server.listen(0, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the product has no port");
  return {
    // Another site than the Worker's, at 127.0.0.1.
    origin: `http://localhost:${address.port}`,
    tokens,
    asked,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/** @param {Page} page */
const portal = (page) => page.frameLocator("goodword-portal iframe");

/** @param {keyof typeof SIZES} size */
async function visit(size) {
  const { context, opened } = await browser(house, size);
  const page = await context.newPage();
  // Both origins are asked, and nobody else.
  const wrong = complaints(page, host.origin);
  /** @type {string[]} */
  const urls = [];
  page.on("request", (request) => { urls.push(request.url()); });
  await page.goto(host.origin);
  return { context, page, opened, urls, wrong: () => wrong.filter((text) => !text.includes(`a request to ${house.origin}/`)) };
}

for (const size of /** @type {(keyof typeof SIZES)[]} */ (Object.keys(SIZES))) {
  test(`it works in a page of another origin under a strict policy: ${size}`, async () => {
    const { context, page, opened, urls, wrong } = await visit(size);
    await portal(page).getByRole("heading", { name: "Hello Maya" }).waitFor();
    // As high as its content, which scrolls with the page.
    const frame = page.locator("goodword-portal iframe");
    const inside = () => portal(page).locator("body > div").evaluate((element) => element.getBoundingClientRect().height);
    await until(async () => Math.abs((await frame.evaluate((element) => element.clientHeight)) - Math.max(480, await inside())) < 2, "the height");
    const shared = async () => Object.values(await shares(house, "acme")).reduce((sum, count) => sum + count, 0);
    const before = await shared();
    await portal(page).getByRole("link", { name: "WhatsApp" }).click();
    await until(() => opened.length === 1, "the composer");
    await page.bringToFront();
    await portal(page).getByRole("link", { name: "Email" }).click();
    await until(() => opened.length === 2, "the mail");
    // A mail is nothing that the host's policy lets into a frame.
    assert.match(opened[1] ?? "", /^_top mailto:\?subject=Maya/);
    await until(async () => (await shared()) === before + 2, "the shares");

    // A dialog opens in sight, however far one has scrolled.
    const button = portal(page).getByRole("button", { name: /Introduce a company/ });
    await button.scrollIntoViewIfNeeded();
    await button.click();
    const field = portal(page).getByLabel("Company", { exact: true });
    await field.fill(`Corp ${size}`);
    await until(async () => {
      const box = await portal(page).getByRole("dialog").boundingBox();
      return (box && box.y >= 0 && box.y + 40 < (SIZES[size].viewport?.height ?? 0)) || box;
    }, "the dialog");
    await portal(page).getByLabel(/How can you make/).fill("I know them.");
    await portal(page).getByRole("button", { name: "Offer the introduction" }).click();
    await portal(page).locator(".toast").first().waitFor();
    await portal(page).getByRole("link", { name: "Referrals" }).click();
    await portal(page).getByText(`Corp ${size}`).first().waitFor();

    assert.deepEqual([...urls, ...host.asked].filter((url) => url.includes("gwp_")), []);
    assert.deepEqual((await context.cookies()).filter(({ name }) => /gw_me/.test(name)), []);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    // Its data and the way out are for whoever shows that the mailbox is theirs.
    await portal(page).getByRole("link", { name: "You" }).click();
    await portal(page).getByRole("link", { name: "open your own page" }).waitFor();
    assert.equal(await portal(page).getByRole("button", { name: /Leave|Sign out|Download/ }).count(), 0);
    for (const one of page.frames()) {
      await still(/** @type {any} */ (one));
      assert.deepEqual(await violations(/** @type {any} */ (one)), [], one.url());
    }
    assert.deepEqual(wrong(), []);
    await context.close();
  });
}

test("when its token runs out it asks for another, and goes on where one was", async () => {
  const { context, page, wrong } = await visit("phone");
  await portal(page).getByRole("heading", { name: "Hello Maya" }).waitFor();
  await house.worker.db.prepare("DELETE FROM portal_sessions").run();
  await portal(page).getByRole("button", { name: /Name a person/ }).click();
  await portal(page).getByLabel("Their name").fill("Late Larry");
  await portal(page).getByLabel("Their email").fill("larry@late.example");
  await portal(page).getByRole("button", { name: "Name them" }).click();
  await portal(page).locator(".toast", { hasText: "Late Larry" }).first().waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).expired), 1);
  const { items } = await house.worker.ok("GET", "/v1/leads?program=acme");
  assert.equal(items.filter((/** @type {any} */ { name, prospect }) => (name ?? prospect?.name) === "Late Larry").length, 1);
  assert.deepEqual(wrong().filter((text) => !/status of 401/.test(text)), []);
  await context.close();
});

test("what one advocate had asked is not asked as another", async () => {
  const { id: jonas } = await advocate(house, "acme", { name: "Jonas Weber", email: "jonas@acme.example" });
  const { context, page } = await visit("desktop");
  await portal(page).getByRole("heading", { name: "Hello Maya" }).waitFor();
  await house.worker.db.prepare("DELETE FROM portal_sessions").run();
  host.tokens.push(() => token(jonas));
  await portal(page).getByRole("button", { name: /Name a person/ }).click();
  await portal(page).getByLabel("Their email").fill("mayas-friend@late.example");
  await portal(page).getByRole("button", { name: "Name them" }).click();
  await portal(page).getByRole("heading", { name: "Hello Jonas" }).waitFor();
  assert.equal(await portal(page).getByRole("dialog").count(), 0);
  const { items } = await house.worker.ok("GET", `/v1/leads?program=acme`);
  assert.ok(!JSON.stringify(items).includes("mayas-friend"));
  await context.close();
});

test("no other page of ours can be framed, and the one that can shows nothing by itself", async () => {
  const { context } = await browser(house, "desktop");
  const page = await context.newPage();
  const said = complaints(page, house.origin);
  await page.goto(`${host.origin}/frame`);
  await until(() => said.some((text) => /frame-ancestors/.test(text)) || said, "the refusal");
  for (const [path, ancestors] of [["/me", "'none'"], ["/console", "'none'"], ["/sign-in", "'none'"], ["/me/embed", "*"]]) {
    const { headers } = await fetch(`${house.origin}${path}`);
    const policy = headers.get("content-security-policy") ?? "";
    assert.ok(policy.includes(`frame-ancestors ${ancestors};`), `${path}: ${policy}`);
    assert.ok(policy.startsWith("default-src 'self'"), `${path}: ${policy}`);
    assert.equal(policy.split("frame-ancestors").length, 2, `${path}: ${policy}`);
  }
  await page.goto(`${house.origin}/me/embed`);
  await page.getByRole("heading", { name: "This belongs into another page" }).waitFor();
  await context.close();
});
