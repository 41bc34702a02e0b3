// The rep's page as a page: installed, opened without a connection, left, looked at.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { SIZES, complaints, signedIn } from "./console.mjs";
import { still, tooWide, violations, weigh } from "./looks.mjs";
import { browser, console, enter, entry, keeps, leads, open, pick, register, start, stop } from "./rep.mjs";

/** What a first load may weigh: every body that it takes, gzipped. */
const BUDGET = 150 * 1024;

before(start);
after(stop);

test("the page can be installed", async () => {
  const { context } = await browser();
  const { page, found } = await open(context);
  await keeps(page);
  const devtools = await context.newCDPSession(page);
  const { errors } = await devtools.send("Page.getAppManifest");
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A context of a test is a private window, into which nothing is installed.
  assert.deepEqual([errors, installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")], [[], []]);
  for (const name of ["rep", "me"]) {
    const sizes = await page.evaluate(async (name) => {
      const { icons } = await (await fetch(`/${name}.webmanifest`)).json();
      return Promise.all(icons.map(async (/** @type {any} */ { src, sizes }) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return sizes === "any" || sizes === `${image.naturalWidth}x${image.naturalHeight}`;
      }));
    }, name);
    assert.ok(sizes.length >= 3 && sizes.every(Boolean), name);
  }
  assert.deepEqual(found, []);
  await context.close();
});

test("the page opens without a connection; nothing of the API is kept by its worker", async () => {
  const { context } = await browser();
  const { page, found } = await open(context, "&view=leads");
  await page.getByText("Prospect 1").first().waitFor();
  await keeps(page);
  const kept = await page.evaluate(async () => {
    const caches = globalThis.caches;
    const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  assert.ok(kept.includes("/rep/main.js") && kept.includes("/vendor/ui.js"), kept.join());
  assert.deepEqual(kept.filter((path) => path.startsWith("/v1") || path.startsWith("/console.")), []);
  assert.deepEqual(found, []);
  // No other page is the worker's.
  await page.goto(`${console.origin}/console/leads?program=acme`);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
  await page.goto(`${console.origin}/rep?program=acme&view=leads`);
  await page.getByText("Prospect 1").first().waitFor();

  await context.setOffline(true);
  const fresh = await context.newPage();
  await fresh.goto(`${console.origin}/rep?program=acme&view=leads`);
  await fresh.getByText("Prospect 1").first().waitFor();
  await fresh.getByText("As of").waitFor();
  await context.setOffline(false);
  await fresh.getByText("No connection.").waitFor({ state: "detached" });
  // With a connection, what is kept is of no use: a deployment shows at once.
  await fresh.evaluate(async () => {
    const cache = await caches.open("goodword /rep");
    await cache.put("/rep", new Response("<h1>Of yesterday</h1>", { headers: { "content-type": "text/html" } }));
  });
  await fresh.reload();
  await fresh.getByText("Prospect 1").first().waitFor();
  // And then it is what is kept.
  await fresh.waitForFunction(async () => (await (await caches.match("/rep"))?.text())?.includes("Of yesterday") === false);
  await context.setOffline(true);
  await fresh.reload();
  await fresh.getByText("Prospect 1").first().waitFor();
  await context.close();
});

/**
 * A line to the server; nothing comes over it that it holds back.
 * @param {import("node:test").TestContext} t
 * @param {(path: string) => boolean} holds
 */
async function line(t, holds) {
  const { hostname: host, port } = new URL(console.origin);
  const between = createServer((asked, answer) => {
    const { url: path = "/", method, headers } = asked;
    if (holds(path)) return;
    asked.pipe(request({ host, port, path, method, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    }));
  });
  t.after(() => {
    between.closeAllConnections();
    between.close();
  });
  await new Promise((resolve) => between.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = between.address();
  return { between, url: `http://127.0.0.1:${typeof address === "object" && address?.port}/rep?program=acme` };
}

test("a page that is not the kept one is given no kept file", async (t) => {
  const held = { path: "" };
  const { between, url } = await line(t, (path) => path === held.path);
  const { context } = await browser();
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(".refer-send").waitFor();
  await keeps(page);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
  const older = (/** @type {string} */ mark) => page.evaluate(async (mark) => {
    const cache = await caches.open("goodword /rep");
    const kept = await cache.match("/rep");
    const headers = { "content-type": "text/html", "goodword-kept": String(Date.now()) };
    await cache.put("/rep", new Response(await kept?.text() + mark, { headers }));
    const module = await (await cache.match("/rep/goals.js"))?.text();
    await cache.put("/rep/goals.js", new Response(`${module}\nglobalThis.older = true;`, { headers: { "content-type": "text/javascript" } }));
  }, mark);
  const isOlder = () => page.evaluate(() => Boolean(/** @type {any} */ (globalThis).older));
  // The page is the kept one: what does not come in time is taken from what is kept.
  await older("");
  held.path = "/rep/goals.js";
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(".refer-send").waitFor();
  assert.equal(await isOlder(), true);
  // It is another: it waits, and is whole.
  await older("<!-- of the release before -->");
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForTimeout(4_000);
  assert.equal(await page.locator(".refer-send").count(), 0);
  held.path = "";
  between.closeAllConnections();
  await page.goto(url);
  await page.locator(".refer-send").waitFor();
  assert.equal(await isOlder(), false);
  await context.close();
});

test("a connection that is there and says nothing does not keep the page from opening", async (t) => {
  let silent = false;
  const { between, url } = await line(t, () => silent);
  const { context } = await browser();
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(".refer-send").waitFor();
  await keeps(page);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
  silent = true;
  const began = Date.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(".refer-send").waitFor();
  t.diagnostic(`drawn after ${Date.now() - began} ms`);
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Silent Line", contact: "silent@kept.example" });
  await entry(page, "Silent Line").waitFor();
  silent = false;
  between.closeAllConnections();
  await page.reload();
  await entry(page, "Silent Line").getByText("A new lead, and yours.").waitFor();
  assert.equal((await leads("silent@kept.example"))[0].words, 1);
  await context.close();
});

test("whoever signs out takes along what the page has kept of advocates and leads", async () => {
  const { link } = await console.invite("rep", "leaving@team.example");
  const { cookie } = await console.session(link);
  const context = await signedIn(console, cookie, SIZES.phone);
  const { page } = await open(context);
  await keeps(page);
  await page.getByRole("button", { name: /account and theme/ }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await page.waitForURL("**/sign-in*");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("gw-own:"))), []);
  await page.goto(`${console.origin}/rep`);
  await page.waitForURL((url) => url.pathname === "/sign-in" && url.searchParams.get("next") === "/rep");
  await context.close();
});

test("whoever signs in again finds what they had begun; nobody else does", async () => {
  const email = "again@team.example";
  const { link } = await console.invite("rep", email);
  const { cookie } = await console.session(link);
  const context = await signedIn(console, cookie, SIZES.phone);
  const { page } = await open(context, "&view=leads");
  await page.getByText("Prospect 1").first().waitFor();
  await keeps(page);
  const owned = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("gw-own:")).map((key) => key.slice(7)));
  assert.ok((await owned()).some((key) => key.startsWith("answer:")));
  await page.getByRole("navigation", { name: "Parts" }).getByRole("link", { name: "Refer" }).click();
  await page.getByLabel("Whom do they recommend?").fill("Half Typed");
  await console.worker.api("DELETE", "/v1/session", undefined, { ...console.worker.sameOrigin, authorization: "", cookie });
  await pick(page, "jonas w", "Jonas Weber");
  await page.getByText("You are signed out").waitFor();
  assert.deepEqual((await owned()).filter((key) => key.startsWith("answer:")), []);
  const hashOf = (/** @type {string} */ link) => new URL(link).hash;
  await console.worker.ok("POST", "/v1/session/link", { email });
  await page.goto(`${console.origin}/sign-in?next=%2Frep%3Fprogram%3Dacme${hashOf((await console.letters(email, 2))[0])}`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/rep?program=acme");
  await page.locator(".refer-send").waitFor();
  assert.equal(await page.getByLabel("Whom do they recommend?").inputValue(), "Half Typed");
  const another = (await console.invite("rep", "another@team.example")).link;
  await page.goto(`${console.origin}/sign-in?next=%2Frep%3Fprogram%3Dacme${hashOf(another)}`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/rep?program=acme");
  await page.locator(".refer-send").waitFor();
  assert.equal(await page.getByLabel("Whom do they recommend?").inputValue(), "");
  await context.close();
});

test("an answer that is too old is not kept, nor an advocate who is the rep's no more", async () => {
  const { context } = await browser();
  const { page } = await open(context, "&view=leads");
  await page.getByText("Prospect 1").first().waitFor();
  await keeps(page);
  await page.evaluate(() => {
    const mine = JSON.parse(localStorage.getItem("gw-own:session") ?? "").rep;
    const known = JSON.parse(localStorage.getItem("gw-own:known:acme") ?? "");
    known.push({ id: "adv_gone", name: "Gone Person", email: "gone@person.example", kind: "customer", owner: mine });
    localStorage.setItem("gw-own:known:acme", JSON.stringify(known));
    localStorage.setItem("gw-own:answer:old", JSON.stringify({ value: 1, at: new Date(Date.now() - 15 * 86_400_000) }));
    localStorage.setItem("gw-own:answer:new", JSON.stringify({ value: 1, at: new Date(Date.now() - 13 * 86_400_000) }));
  });
  await page.reload();
  await page.waitForFunction(() => !localStorage.getItem("gw-own:known:acme")?.includes("Gone Person"));
  assert.deepEqual(await page.evaluate(() => ["old", "new"].map((name) => localStorage.getItem(`gw-own:answer:${name}`) !== null)), [false, true]);
  assert.ok(await page.evaluate(() => JSON.parse(localStorage.getItem("gw-own:known:acme") ?? "[]").length > 0));
  await context.close();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: axe finds nothing in either theme, with a connection and without; nothing is wider than the window`, async (t) => {
    const { context } = await browser({ ...options, colorScheme: "light", reducedMotion: "reduce" });
    const page = await context.newPage();
    const found = complaints(page, console.origin);
    const weight = weigh(page);
    for (const view of ["refer", "ask", "advocates", "leads"]) {
      await page.goto(`${console.origin}/rep?program=acme&view=${view}`, { waitUntil: "networkidle" });
      await page.waitForFunction(() => !document.querySelector(".skeleton"));
      if (view === "refer") {
        const bytes = await weight();
        t.diagnostic(`first load: ${(bytes / 1024).toFixed(1)} KB gzipped`);
        assert.ok(bytes <= BUDGET, `${bytes} bytes`);
        await keeps(page);
        await context.setOffline(true);
        await register(page, "Somebody New");
        await enter(page, { name: "Axe Prospect", contact: `axe-${size}@kept.example` });
        await entry(page, "Axe Prospect").waitFor();
        await register(page, "Somebody Else");
        await page.getByRole("button", { name: "Enter the referral" }).click();
        await page.getByText("how can they be reached?").waitFor();
      }
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await still(page);
      assert.deepEqual(await violations(page), [], `${view}, light`);
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await still(page);
      assert.deepEqual(await violations(page, { runOnly: ["color-contrast"] }), [], `${view}, dark`);
      assert.equal(await tooWide(page), 0, view);
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      assert.equal(await tooWide(page), 0, `${view}, text of twice the size`);
      await context.setOffline(false);
    }
    assert.deepEqual(found.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text)), []);
    await context.close();
  });
}

test("somebody who is no rep chooses one; a role that may not enter anything is told so", async () => {
  const admin = await console.session((await console.invite("admin")).link);
  const context = await signedIn(console, admin.cookie, SIZES.phone);
  const page = await context.newPage();
  await page.goto(`${console.origin}/rep?program=acme`);
  await page.getByLabel("Rep", { exact: true }).selectOption("jonas");
  await pick(page, "maya", "Maya Schmidt");
  await enter(page, { name: "For Jonas", contact: "jonas@kept.example" });
  await entry(page, "For Jonas").getByText("A new lead").waitFor();
  const { results } = await console.worker.db.prepare("SELECT proof FROM touches t JOIN leads l ON l.id = t.lead WHERE l.email = ?").bind("jonas@kept.example").all();
  assert.deepEqual(results, [{ proof: "jonas" }]);
  await context.close();

  const reader = await console.session((await console.invite("read-only")).link);
  const other = await signedIn(console, reader.cookie, SIZES.phone);
  const barred = await other.newPage();
  await barred.goto(`${console.origin}/rep?program=acme`);
  await barred.getByText("Your role cannot enter referrals").waitFor();
  await other.close();
});
