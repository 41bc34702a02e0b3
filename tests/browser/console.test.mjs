// The console in a real Chromium: signing in by a captured mail, a click that comes
// into view, and QR codes that an independent decoder reads.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { click } from "../edge/worker.mjs";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { decoded } from "./decoded.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let console;
/** @type {string} the cookie of an admin */
let cookie;
/** @type {any[]} */
let advocates;

before(async () => {
  console = await begin();
  ({ advocates } = await believable(console.worker));
  ({ cookie } = await console.session((await console.invite("admin")).link));
});
after(() => console?.stop());

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: somebody signs in by the link in a mail, which works once`, async () => {
    const email = `ada-${size}@team.example`;
    await console.invite("marketer", email);
    const context = await console.browser.newContext(options);
    const page = await context.newPage();
    const found = complaints(page, console.origin);
    await page.goto(`${console.origin}/console/links?program=acme`);
    await page.waitForURL("**/sign-in?next=*");
    await page.getByLabel(/email/i).fill(email);
    await page.keyboard.press("Enter");
    // The invitation is the first mail, this one the second.
    const [link] = await console.letters(email, 2);
    await page.goto(link);
    // A scanner that only opens links in mails uses none up.
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => url.pathname.startsWith("/console"));
    await page.getByRole("heading", { level: 1 }).waitFor();
    const [session] = (await context.cookies()).filter(({ name }) => name === "__Host-gw_session");
    assert.deepEqual([session.httpOnly, session.secure, session.sameSite, session.path], [true, true, "Strict", "/"]);
    // Chromium reports the 401 itself.
    assert.deepEqual(found.filter((text) => !/status of 401/.test(text)), []);

    const other = await console.browser.newContext(options);
    await refused(await other.newPage(), link);
    assert.deepEqual(await other.cookies(), []);
    await Promise.all([context.close(), other.close()]);
  });
}

/**
 * A link that signs nobody in, and says so.
 * @param {Page} page
 * @param {string} link
 */
async function refused(page, link) {
  await page.goto(link);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/v1/session")),
    page.getByRole("button", { name: "Sign in", exact: true }).click(),
  ]);
  assert.ok([401, 422].includes(answer.status()));
  await page.getByText(/used already|expired/i).first().waitFor();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
}

test("a link that has expired signs nobody in", async () => {
  const { email, link } = await console.invite("rep", "late@team.example");
  await console.worker.db.prepare(`UPDATE sign_in_links SET expires_at = ?
    WHERE member = (SELECT id FROM members WHERE email = ?)`).bind(Date.now() - 1, email).run();
  const context = await console.browser.newContext();
  await refused(await context.newPage(), link);
  await context.close();
});

test("the admin key signs in for the first time, and signing out ends it", async () => {
  const context = await console.browser.newContext(SIZES.desktop);
  const page = await context.newPage();
  await page.goto(`${console.origin}/sign-in`);
  assert.equal(await page.evaluate(async (key) => {
    const answer = await fetch("/v1/session", { method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ admin_key: key }) });
    return answer.status;
  }, console.worker.adminKey), 200);
  await visit(page, `/console/links`);
  await page.getByRole("button", { name: /Operator|account/i }).first().click();
  await page.getByText(/^sign out$/i).click();
  await page.waitForURL("**/sign-in*");
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test("signing out everywhere ends the sessions of every device", async () => {
  const email = "many@team.example";
  const first = await console.session((await console.invite("marketer", email)).link);
  await console.worker.ok("POST", "/v1/session/link", { email });
  const second = await console.session((await console.letters(email, 2))[0]);
  const read = (/** @type {string} */ session) => console.worker.api("GET", "/v1/session", undefined, { authorization: "", cookie: session });
  assert.deepEqual([(await read(first.cookie)).status, (await read(second.cookie)).status], [200, 200]);

  const context = await signedIn(console, first.cookie);
  const page = await context.newPage();
  await visit(page, `/console/links`);
  await page.getByRole("button", { name: /The marketer|account/i }).first().click();
  await page.getByText(/everywhere/i).click();
  await page.waitForURL("**/sign-in*");
  assert.deepEqual([(await read(first.cookie)).status, (await read(second.cookie)).status], [401, 401]);
  await context.close();
});

/** @type {(page: Page, path: string) => Promise<unknown>} */
const visit = (page, path) => open(page, console.origin + path);

/**
 * Picks an advocate on the page that makes links, by the keyboard.
 * @param {Page} page
 * @param {string} name
 */
async function pick(page, name) {
  const field = page.getByRole("combobox", { name: "Advocate" });
  await field.fill(name.slice(0, 4));
  await page.getByRole("option", { name }).waitFor();
  await field.press("Enter");
  await page.getByTestId("link").waitFor();
}

/**
 * The link that the page shows.
 * @param {Page} page
 */
const shown = async (page) => (await page.getByTestId("link").innerText()).trim();

/**
 * A file that the page hands over.
 * @param {Page} page
 * @param {string} button
 */
async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return { name: file.suggestedFilename(), body: readFileSync(await file.path()) };
}

/**
 * A picture to stand in for a logo.
 * @param {Page} page
 */
const picture = (page) => page.evaluate(() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#0a6653";
  context.fillRect(0, 0, 64, 64);
  return canvas.toDataURL("image/png");
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: a link, and QR codes of it that a decoder reads, with a logo and without`, async () => {
    const slug = `qr-${size}`;
    await console.worker.ok("POST", "/v1/programs", { slug, name: "<b>\"Qr\" & Söhne" });
    await console.worker.ok("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: "https://landing.example/hello" });
    const name = "Zoë </svg><script>alert(1)</script>";
    const { id } = await console.worker.ok("POST", `/v1/programs/${slug}/advocates`, { kind: "partner", name });
    const context = await signedIn(console, cookie, { ...options, acceptDownloads: true });
    const page = await context.newPage();
    const found = complaints(page, console.origin);
    for (const logo of [false, true]) {
      if (logo) {
        const { version } = await console.worker.ok("GET", `/v1/programs/${slug}/content`);
        await console.worker.ok("PUT", `/v1/programs/${slug}/content`, { version,
          content: { brand: { color: "#123a8c", logo: await picture(page) },
            messages: [{ channel: "print", medium: null, subject: "", text: "For you from {advocate}: {link}" }] } });
      }
      await visit(page, `/console/links?program=${slug}&medium=qr`);
      await pick(page, name);
      const link = await shown(page);
      const { body: explained } = await console.worker.api("POST", "/v1/links/verify", { code: link });
      assert.deepEqual([explained.works, explained.link.advocate, explained.link.medium], [true, id, "qr"]);
      if (logo) await page.getByText(`For you from ${name}: ${link}`).waitFor();

      const box = page.getByTestId("qr");
      await box.locator("svg path").waitFor();
      await page.waitForFunction((logo) => (document.querySelector("[data-testid=qr] svg image") !== null) === logo, logo);
      assert.equal(await decoded(page, await box.locator("svg").screenshot(), "image/png"), link, "as the page draws it");
      const svg = await download(page, "Download SVG");
      assert.equal(svg.name, "b-qr-sohne_zoe-svg-script-alert-1-script_qr.svg");
      assert.doesNotMatch(svg.body.toString(), /<script|<b>/);
      assert.equal(svg.body.toString().includes("<image"), logo);
      assert.equal(await decoded(page, svg.body, "image/svg+xml"), link, "SVG");
      const png = await download(page, "Download PNG");
      assert.equal(await decoded(page, png.body, "image/png"), link, "PNG");
      await page.getByLabel("Transparent background").check();
      assert.equal(await decoded(page, (await download(page, "Download PNG")).body, "image/png"), link, "transparent");
    }
    assert.deepEqual(found, []);
    await context.close();
  });
}

test("with the default switched off a link names the first destination that is in use", async () => {
  const { ok } = console.worker;
  await ok("POST", "/v1/programs", { slug: "moved", name: "Moved" });
  for (const slug of ["old", "new", "more"]) await ok("POST", "/v1/programs/moved/destinations", { slug, url: `https://landing.example/${slug}` });
  await ok("PATCH", "/v1/programs/moved/destinations/old", { status: "disabled" });
  const advocate = await ok("POST", "/v1/programs/moved/advocates", { external_id: "m-1", kind: "customer", name: "Mo Moved" });
  const context = await signedIn(console, cookie);
  const page = await context.newPage();
  const found = complaints(page, console.origin);
  const shown = async () => new URL(await page.getByTestId("link").innerText()).pathname.slice(1);
  const to = async () => (await ok("POST", "/v1/links/verify", { code: await shown() })).link.destination_url;
  await open(page, `${console.origin}/console/links?program=moved&advocate=${advocate.id}`);
  const select = page.getByLabel("Leads to");
  await page.getByTestId("link").waitFor();
  assert.deepEqual(await select.locator("option").evaluateAll((all) => all.map((one) => /** @type {HTMLOptionElement} */ (one).value)), ["new", "more"]);
  assert.equal(await select.inputValue(), "new");
  assert.equal(await to(), "https://landing.example/new");
  const before = await page.getByTestId("link").innerText();
  await select.selectOption("more");
  await page.getByTestId("link").filter({ hasNotText: before }).waitFor();
  assert.equal(await to(), "https://landing.example/more");
  assert.deepEqual(found, []);
  await context.close();
});

test("a sheet has as many cards as asked for, on paper of the size that was chosen", async () => {
  const context = await signedIn(console, cookie);
  const page = await context.newPage();
  await visit(page, `/console/links?program=acme&medium=qr`);
  await pick(page, "Maya Schmidt");
  await page.getByRole("button", { name: "Print cards" }).click();
  await page.getByLabel("Copies").fill("12");
  await page.getByLabel("Spoken code").check();
  await page.locator(".sheet-preview .paper-code").first().waitFor();
  assert.equal(await page.locator(".sheet-preview .paper-card").count(), 12);
  for (const [paper, [width, height]] of Object.entries({ a4: [210, 297], letter: [215.9, 279.4] })) {
    await page.getByLabel("Paper").selectOption(paper);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    const boxes = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)];
    assert.equal(boxes.length, 2, "two pages");
    const [, w, h] = boxes[0].map(Number);
    assert.ok(Math.abs(w - width / 25.4 * 72) < 2 && Math.abs(h - height / 25.4 * 72) < 2, `${w} × ${h} points`);
  }
  await context.close();
});

test("many links from a list: each row has its link or its error, and all of them are handed over", async () => {
  const context = await signedIn(console, cookie, { ...SIZES.desktop, acceptDownloads: true });
  const page = await context.newPage();
  await visit(page, `/console/links?program=acme&tab=many`);
  await page.getByLabel("A list as CSV").fill("Advocate;Medium;Label;Note\next:crm-0;linkedin;;x\next:nobody;qr;;\next:crm-1;;spring;=1+1");
  await page.getByText("Left aside").waitFor();
  await page.getByRole("button", { name: "Make 3 links" }).click();
  await page.getByText("2 of 3 made, 1 not.").waitFor();
  await page.getByText("there is no `ext:nobody` in the program").waitFor();
  const { body, name } = await download(page, "Download CSV");
  assert.equal(name, "acme-customers_links.csv");
  const lines = body.toString().trim().split(/\r?\n/);
  assert.equal(lines.length, 4);
  assert.match(lines[1], /ext:crm-0,.*linkedin.*https?:\/\/.*\/[0-9A-Za-z]{26}/);
  await page.getByRole("button", { name: "QR cards" }).click();
  await page.locator(".sheet-preview").getByText("Maya Schmidt", { exact: true }).waitFor();
  assert.equal(await page.locator(".sheet-preview .paper-card").count(), 2);
  await context.close();
});

test("a link is explained, and revoked once that is confirmed", async () => {
  const link = await console.worker.ok("POST", "/v1/links", { program: "acme", advocate: advocates[5].id, medium: "sms" });
  const context = await signedIn(console, cookie);
  const page = await context.newPage();
  await visit(page, `/console/links?program=acme&tab=check`);
  await page.getByLabel("Link or code").fill(`see ${link.url}?x=1`.slice(4));
  await page.keyboard.press("Enter");
  await page.getByText("It works").waitFor();
  await page.getByText("Wei Zhang").first().waitFor();
  await page.getByRole("button", { name: "Revoke the link" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  assert.equal((await click(link.url)).status, 302);
  await page.getByRole("button", { name: "Revoke the link" }).click();
  await dialog.getByRole("button", { name: "Revoke the link" }).click();
  await page.getByText("It does not work").waitFor();
  assert.equal((await click(link.url)).status, 404);
  await context.close();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: a click appears in the live view and in the chart of its channel`, async () => {
    const slug = `seen-${size}`;
    const put = console.worker.ok;
    await put("POST", "/v1/programs", { slug, name: slug });
    await put("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: "https://landing.example/hello" });
    const { id } = await put("POST", `/v1/programs/${slug}/advocates`, { kind: "customer", name: "Maya" });
    const { url } = await put("POST", "/v1/links", { program: slug, advocate: id, medium: "linkedin" });
    const context = await signedIn(console, cookie, options);
    const page = await context.newPage();
    const live = page.locator(".live");
    await visit(page, `/console?program=${slug}`);
    await live.getByText("Quiet at the moment").waitFor();
    await click(url);
    // It asks again by itself.
    await live.getByText("Social").waitFor();
    await live.getByText("1 click by people").waitFor();

    await page.reload();
    await page.getByRole("button", { name: "Table", exact: true }).first().click();
    const table = page.getByRole("region", { name: /per channel as a table/ });
    const heads = await table.locator("thead th").allInnerTexts();
    const today = await table.locator("tbody tr").first().locator("td").allInnerTexts();
    const counted = Object.fromEntries(heads.slice(1).map((name, n) => [name, today[n]]));
    assert.deepEqual([counted.Social, counted.Email], ["1", "0"]);
    // And there is something of its colour on the canvas.
    await page.waitForFunction(painted, "--channel-social");
    await context.close();
  });
}

/**
 * Whether a chart has anything in the colour of a token.
 * @param {string} token
 */
function painted(token) {
  const canvas = document.querySelector(".chart canvas");
  if (!(canvas instanceof HTMLCanvasElement) || canvas.width === 0) return false;
  const color = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  const wanted = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
  for (let n = 0; n < data.length; n += 4) {
    if (wanted.every((part, i) => Math.abs(data[n + i] - part) < 4) && data[n + 3] === 255) return true;
  }
  return false;
}

test("ninety days over six channels are drawn by some hundred calls of the canvas", async (t) => {
  const context = await signedIn(console, cookie);
  const page = await context.newPage();
  await visit(page, "/console?program=acme");
  const { calls, points, ms } = await page.evaluate(async () => {
    const { draw } = await import(/** @type {any} */ ("/ui/chart.js"));
    const starts = Array.from({ length: 90 }, (_, n) => new Date(Date.UTC(2026, 7, 1 + n)).toISOString().slice(0, 10));
    const group = (/** @type {string} */ key, /** @type {number} */ n) =>
      ({ key, label: key, token: `--channel-${key}`, values: starts.map((_, day) => (day * 7 + n * 13) % 40) });
    const groups = ["email", "social", "verbal", "print", "link", "form"].map(group);
    const bands = ["suspected", "bot"].map((key, n) => ({ ...group(key, n), token: `--class-${key}` }));
    const into = document.createElement("div");
    document.body.append(into);
    let calls = 0;
    for (const name of /** @type {const} */ (["fill", "stroke", "fillText", "fillRect", "drawImage"])) {
      const was = CanvasRenderingContext2D.prototype[name];
      /** @type {any} */ (CanvasRenderingContext2D.prototype)[name] = function (/** @type {any[]} */ ...args) {
        calls += 1;
        return /** @type {any} */ (was).apply(this, args);
      };
    }
    const drawing = { starts, unit: "day", zone: "Europe/Berlin", groups, bands, mode: "bars", short: String };
    const times = [];
    for (let n = 0; n < 5; n += 1) {
      into.replaceChildren();
      calls = 0;
      const began = performance.now();
      const plot = draw(into, drawing, { width: 1_000, height: 300, onPoint: () => {} });
      // It draws once the script is over.
      await new Promise((resolve) => requestAnimationFrame(() => resolve(undefined)));
      times.push(performance.now() - began);
      if (n === 4) return { calls, points: plot.data.length * plot.data[0].length, ms: times };
      plot.destroy();
    }
    throw new Error("not drawn");
  });
  t.diagnostic(`drawn in ${ms.map((one) => one.toFixed(1)).join(", ")} ms, by ${calls} calls`);
  assert.equal(points, 9 * 90);
  assert.ok(calls > 8 && calls < 400, `${calls} calls`);
  await context.close();
});
