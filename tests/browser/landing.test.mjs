// The landing page as prospects meet it, with JavaScript and without, and the card
// that the console draws for it.

import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { ADMIN_KEY, LINK_KEY, click } from "../edge/worker.mjs";
import { SIZES, complaints, open } from "./console.mjs";
import { launch } from "./chromium.mjs";
import { still, tooWide, violations } from "./looks.mjs";
import { startWithFiles } from "./worker-with-files.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */

/** All that the page takes. Texts are gzipped on their way; a logo is a PNG and goes as it is. */
const MOST_BYTES = 30 * 1024;
const CONSENT = "I agree that Acme contacts me about this offer.";
const DAY = 86_400_000;

/** @type {Awaited<ReturnType<typeof startWithFiles>>} */
let worker;
/** @type {Browser} */
let browser;
/** Maya's id, and her link. */
let maya = "", link = "";

before(async () => {
  worker = await startWithFiles({ vars: { CLICK_SINK: "direct", CLICK_WINDOW_MS: "0" }, limit: 1_000 });
  browser = await launch();
  const { ok, origin } = worker;
  for (const slug of ["acme", "other"]) {
    await ok("POST", "/v1/programs", { slug, name: slug === "acme" ? "Acme customers" : "Others" });
    await ok("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: `${origin}/l/${slug}` });
  }
  await ok("PUT", "/v1/programs/acme/content", { content: {
    brand: { color: "#ffd400" },
    landing: { headline: "Good tools deserve a good word", body: "{first_name} thinks that we should talk.\nTell us how to reach you.", button: "Call me", consent: CONSENT },
  } });
  ({ id: maya } = await ok("POST", "/v1/programs/acme/advocates", { external_id: "maya", kind: "customer", name: "Maya Okafor" }));
  await worker.db.exec("UPDATE advocates SET shows_name = 1");
  ({ url: link } = await ok("POST", "/v1/links", { program: "acme", advocate: maya, channel: "social" }));
});
after(() => Promise.all([browser?.close(), worker?.stop()]));

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @param {bigint} number @param {number} width */
function base62(number, width) {
  let text = "";
  for (let rest = number; rest > 0n; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text;
  return text.padStart(width, "0");
}

/** A receipt of a click of Maya's, as tests/vectors.py makes them. @param {number} at */
function receipt(at) {
  const [kid, key] = LINK_KEY.split(":");
  const advocate = [...maya].reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
  const body = (1n << 52n) | (advocate << 20n) | (1n << 16n);
  const id = (BigInt(at) << 80n) | (7n << 76n) | (2n << 62n) | randomBytes(7).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const hex = (/** @type {bigint} */ number, /** @type {number} */ bytes) => Buffer.from(number.toString(16).padStart(bytes * 2, "0"), "hex");
  const message = Buffer.concat([Buffer.from(`goodword receipt 1\0${kid}`), hex(body, 8), hex(id, 16)]);
  const tag = createHmac("sha256", Buffer.from(key, "hex")).update(message).digest().subarray(0, 10);
  return `c${kid}${base62(body, 11)}${base62(id, 22)}${base62(BigInt(`0x${tag.toString("hex")}`), 14)}`;
}

let people = 0;
/** An address that no lead has yet. */
const somebody = () => `prospect${people++}@example.org`;

/** The lead of an address. @param {string} email */
async function leadOf(email) {
  const id = await worker.db.prepare("SELECT id FROM leads WHERE email = ?").bind(email).first("id");
  assert.ok(id, `a lead of ${email}`);
  return worker.ok("GET", `/v1/leads/${id}`);
}

/**
 * A page of a prospect's, and what goes wrong on it.
 * @param {BrowserContextOptions} options
 */
async function visit(options) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  return { context, page, wrong: complaints(page, worker.origin), [Symbol.asyncDispose]: () => context.close() };
}

/** @param {Page} page @param {string} email */
async function send(page, email) {
  await page.getByLabel("Your name").fill("Sam Prospect");
  await page.getByLabel("E-mail").fill(email);
  const consent = page.getByLabel(CONSENT);
  if (await consent.count()) await consent.check();
  await page.locator("form button").click();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
}

const WAYS = Object.entries(SIZES).flatMap(([size, options]) => [true, false].map((javaScriptEnabled) => ({
  way: `${size}, ${javaScriptEnabled ? "with" : "without"} JavaScript`, options: { ...options, javaScriptEnabled }, javaScriptEnabled,
})));

for (const { way, options, javaScriptEnabled } of WAYS) {
  test(`${way}: who follows a link is welcomed by name, and their word is the advocate's`, async () => {
    await using visitor = await visit(options);
    const { page, wrong } = visitor;
    await page.goto(link);
    assert.equal(new URL(page.url()).pathname, "/l/acme");
    await page.getByText("Maya invited you", { exact: true }).waitFor();
    await page.getByRole("heading", { level: 1, name: "Good tools deserve a good word" }).waitFor();
    assert.match(await page.locator("body").innerText(), /Maya thinks that we should talk\./);
    assert.doesNotMatch(await page.content(), /Okafor/);
    assert.equal(await page.locator("form button").evaluate((button) => getComputedStyle(button).backgroundColor), "rgb(255, 212, 0)");
    assert.equal(await tooWide(page), 0);
    const email = somebody();
    await send(page, email);
    assert.equal(await tooWide(page), 0);
    const lead = await leadOf(email);
    assert.deepEqual([lead.advocate, lead.touch, lead.source, lead.consent.text, lead.prospect.name], [maya, "receipt", "form", CONSENT, "Sam Prospect"]);
    assert.equal(lead.suspected, false);
    // Who comes back is known by the cookie.
    await page.goto(`${worker.origin}/l/acme`);
    await page.getByText("Maya invited you", { exact: true }).waitFor();
    assert.deepEqual(wrong, []);
  });

  test(`${way}: an expired, a forged and a foreign receipt show the plain page and lose no lead`, async () => {
    const good = receipt(Date.now() - 60_000);
    const cases = {
      expired: [receipt(Date.now() - 91 * DAY), "acme"],
      forged: [good.slice(0, -1) + (good.endsWith("a") ? "b" : "a"), "acme"],
      foreign: [good, "other"],
    };
    for (const [what, [gw, program]] of Object.entries(cases)) {
      await using visitor = await visit(options);
      const { page, wrong } = visitor;
      await page.goto(`${worker.origin}/l/${program}?gw=${gw}`);
      await page.locator("h1").waitFor();
      assert.doesNotMatch(await page.content(), /Maya/, what);
      const email = somebody();
      await send(page, email);
      const lead = await leadOf(email);
      assert.equal(lead.advocate, null, what);
      assert.ok(lead.history.some((/** @type {any} */ event) => event.kind === "refused"), what);
      assert.deepEqual(wrong, [], what);
    }
    // The same receipt where it belongs.
    await using visitor = await visit(options);
    await visitor.page.goto(`${worker.origin}/l/acme?gw=${good}`);
    await visitor.page.getByText("Maya invited you", { exact: true }).waitFor();
  });

  test(`${way}: a code that was told is typed as it was heard`, async () => {
    const { code } = await worker.ok("POST", "/v1/codes", { program: "acme", advocate: maya });
    await using visitor = await visit(options);
    const { page, wrong } = visitor;
    await page.goto(`${worker.origin}/l/acme`);
    // Who comes without a link sees the field at once.
    await page.getByLabel(/The code/).fill(code.toLowerCase().replaceAll("-", " "));
    const email = somebody();
    await send(page, email);
    const lead = await leadOf(email);
    assert.deepEqual([lead.advocate, lead.touch], [maya, "code"]);
    assert.deepEqual(wrong, []);
  });

  test(`${way}: what is wrong is said, and what was typed stays`, async () => {
    await using visitor = await visit(options);
    const { page, wrong } = visitor;
    await page.goto(`${worker.origin}/l/acme`);
    await page.getByLabel("Your name").fill("Sam Prospect");
    await page.getByLabel("Company").fill("Prospect & Sons");
    if (javaScriptEnabled) {
      await page.getByLabel("E-mail").fill("nobody");
      await page.locator("form button").click();
      const field = page.getByLabel("E-mail");
      assert.equal(await field.evaluate((element) => element === document.activeElement), true);
      const described = await field.getAttribute("aria-describedby") ?? "";
      assert.match(await page.locator(`#${described.split(" ").at(-1)}`).innerText(), /nobody/);
      assert.equal(await page.locator(".error").count(), 2, "the consent is missing too");
      await page.getByLabel(CONSENT).check();
      await field.fill("");
      await page.locator("form button").click();
      await page.getByText("Please give an e-mail address or a phone number.").waitFor();
      // What only the server knows stands beside its field too.
      await field.fill("a@b");
      await page.locator("form button").click();
      await page.getByText("This must be an e-mail address, like maya@example.com.").waitFor();
      assert.equal(await page.locator("[aria-invalid]").count(), 1);
    } else {
      await page.getByLabel(CONSENT).check();
      await page.locator("form button").click();
      await page.getByRole("heading", { name: "This was not sent" }).waitFor();
      await page.getByText("email: is missing: give an address or a telephone number").waitFor();
      assert.equal(await tooWide(page), 0);
      await page.goBack();
    }
    assert.equal(await page.getByLabel("Your name").inputValue(), "Sam Prospect");
    assert.equal(await page.getByLabel("Company").inputValue(), "Prospect & Sons");
    assert.equal(await page.getByLabel(CONSENT).isChecked(), true);
    const email = somebody();
    await send(page, email);
    assert.equal((await leadOf(email)).prospect.company, "Prospect & Sons");
    // Chromium complains of the 422 itself.
    assert.deepEqual(wrong.filter((text) => !/status of 422/.test(text)), []);
  });
}

test("without a connection nothing that was typed is lost, and one lead arrives when it is back", async () => {
  await using visitor = await visit(SIZES.phone);
  const { page, context } = visitor;
  await page.goto(`${worker.origin}/l/other`);
  const email = somebody();
  await page.getByLabel("E-mail").fill(email);
  await context.setOffline(true);
  await page.locator("form button").click();
  await page.getByRole("alert").getByText(/no connection/).waitFor();
  assert.equal(await page.getByLabel("E-mail").inputValue(), email);
  await context.setOffline(false);
  await page.locator("form button").dblclick();
  await page.getByRole("heading", { name: "Thank you" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
  const { n } = await worker.db.prepare("SELECT count(*) AS n FROM leads WHERE email = ?").bind(email).first() ?? {};
  assert.equal(n, 1);
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: axe finds nothing in either theme, with text at 200 % nothing is cut off`, async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await using visitor = await visit({ ...options, colorScheme, reducedMotion: "reduce" });
      const { page } = visitor;
      await page.goto(`${worker.origin}/l/acme?gw=${receipt(Date.now() - 1_000)}`);
      assert.deepEqual(await violations(page), [], `${colorScheme}, the page`);
      await page.locator("summary").click();
      await page.locator("form button").click();
      await page.locator(".error").first().waitFor();
      await still(page);
      assert.deepEqual(await violations(page), [], `${colorScheme}, with errors`);
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      assert.equal(await tooWide(page), 0, "at 200 %");
      await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
      await page.getByLabel(CONSENT).check();
      await page.getByLabel("Phone").fill("+49 30 123456");
      await page.locator("form button").click();
      await page.getByRole("heading", { name: "Thank you" }).waitFor();
      assert.deepEqual(await violations(page), [], `${colorScheme}, thanks`);
    }
  });

  test(`${size}: the pages that a plain form ends at pass axe too`, async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const program of ["acme", "nobody"]) {
        // axe needs scripts; the form is sent as a browser without them does.
        await using visitor = await visit({ ...options, colorScheme });
        const { page } = visitor;
        await page.route("**/landing.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
        await page.goto(`${worker.origin}/l/acme`);
        await page.locator("input[name=program]").evaluate((field, slug) => { /** @type {HTMLInputElement} */ (field).value = slug; }, program);
        await page.getByLabel("Phone").fill("1");
        await page.getByLabel(CONSENT).check();
        await page.locator("form button").click();
        await page.getByRole("heading", { name: program === "acme" ? "Thank you" : "This was not sent" }).waitFor();
        assert.deepEqual(await violations(page), [], `${colorScheme}, ${program}`);
        assert.equal(await tooWide(page), 0);
      }
    }
  });
}

test("hostile texts, names and receipts stay texts", async () => {
  const hostile = "\"'><img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>";
  const { ok } = worker;
  await ok("POST", "/v1/programs", { slug: "hostile", name: hostile });
  await ok("PUT", "/v1/programs/hostile/content", { content: {
    brand: { color: "#ffffff" }, landing: { headline: hostile, body: hostile.repeat(5), button: hostile, consent: hostile },
  } });
  for (const { way, options } of WAYS) {
    await using visitor = await visit(options);
    const { page, wrong } = visitor;
    const query = encodeURIComponent(hostile);
    await page.goto(`${worker.origin}/l/hostile?gw=${query}&gw_click=${query}#${query}`);
    assert.equal(await page.locator("h1").innerText(), hostile, way);
    assert.equal(await page.locator("main img, main script").count(), 0, way);
    assert.equal(await page.title(), hostile, way);
    assert.equal(await tooWide(page), 0, way);
    assert.equal(await page.locator("input[name=gw]").inputValue(), hostile, way);
    assert.deepEqual(wrong, [], way);
    await page.getByLabel("Phone").fill(hostile);
    await page.getByLabel(hostile).check();
    await page.locator("form button").click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    assert.deepEqual(wrong, [], way);
  }
});

test("the page weighs less than 30 KB with the largest logo", async (t) => {
  const { ok } = worker;
  // What the head of every PNG is, and noise.
  const head = Buffer.from("iVBORw0KGgoAAAANSUhEUgAA", "base64");
  const most = Math.floor((32 * 1_024 - "data:image/png;base64,".length) / 4) * 3;
  const logo = `data:image/png;base64,${Buffer.concat([head, randomBytes(most - head.length)]).toString("base64")}`;
  await ok("POST", "/v1/programs", { slug: "heavy", name: "Heavy" });
  /** @type {Record<string, number>} */
  const weights = {};
  for (const [what, brand] of Object.entries({ plain: {}, logo: { logo } })) {
    await ok("PUT", "/v1/programs/heavy/content", { content: { brand, landing: { headline: "Good tools deserve a good word", body: "Tell us how to reach you, and we will be in touch.", consent: CONSENT } } });
    await using visitor = await visit(SIZES.phone);
    /** @type {Promise<[string, number]>[]} */
    const bodies = [];
    visitor.page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      bodies.push(response.body().then((body) => [pathname, /** @type {number} */ (pathname.endsWith(".png") ? body.length : gzipSync(body).length)]));
    });
    await visitor.page.goto(`${worker.origin}/l/heavy?gw=${receipt(Date.now())}`, { waitUntil: "networkidle" });
    const sizes = Object.fromEntries(await Promise.all(bodies));
    assert.ok("/l/heavy" in sizes && "/landing.css" in sizes && "/landing.js" in sizes, Object.keys(sizes).join());
    // Chromium asks for the icon where it has a tab to show it in.
    sizes["/favicon.svg"] ??= gzipSync(await (await fetch(`${worker.origin}/favicon.svg`)).text()).length;
    weights[what] = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${what}: ${weights[what]} bytes, ${JSON.stringify(sizes)}`);
  }
  assert.ok(weights.logo <= MOST_BYTES, `${weights.logo} bytes`);
  assert.ok(weights.plain <= MOST_BYTES / 6, `${weights.plain} bytes`);
});

test("the console draws a card of brand and words, and networks show it of the page and of links", async () => {
  await using visitor = await visit(SIZES.desktop);
  const { page, context } = visitor;
  await page.goto(`${worker.origin}/sign-in`);
  await page.evaluate((key) => fetch("/v1/session", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ admin_key: key }),
  }).then(({ status }) => status), ADMIN_KEY);
  await open(page, `${worker.origin}/console/programs?program=acme&tab=brand`);
  const logo = await noise(page);
  await page.getByLabel("Logo").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: logo });
  await page.getByAltText("The logo as it is stored").waitFor();
  // What is not saved yet is in the preview.
  await page.getByRole("tab", { name: "Sharing" }).or(page.getByRole("link", { name: "Sharing" })).first().click();
  const shown = page.getByRole("group", { name: "Preview of the social card" }).locator("img");
  await shown.waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator(".toast").first().waitFor();
  const { content } = await worker.ok("GET", "/v1/programs/acme/content");
  assert.match(content.brand.card, /^data:image\/png;base64,/);
  assert.ok(content.brand.card.length <= 64 * 1_024, `${content.brand.card.length} bytes`);
  assert.equal(await shown.getAttribute("src"), content.brand.card);
  const html = await (await fetch(`${worker.origin}/l/acme`)).text();
  const url = /property="og:image" content="([^"]*)"/.exec(html)?.[1];
  assert.equal(url, `${worker.origin}/l/acme/card.png`);
  const card = Buffer.from(await (await fetch(String(url))).arrayBuffer());
  assert.equal(`data:image/png;base64,${card.toString("base64")}`, content.brand.card);
  assert.deepEqual([card.readUInt32BE(16), card.readUInt32BE(20)], [1_200, 630]);
  const crawled = await (await click(link, { "user-agent": "facebookexternalhit/1.1" })).text();
  assert.ok(crawled.includes(`property="og:image" content="${url}"`), crawled);
  // The logo on the page is what is stored.
  const visitorPage = await context.newPage();
  await visitorPage.goto(`${worker.origin}/l/acme`);
  const width = await visitorPage.getByAltText("Acme customers").evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth);
  assert.ok(width > 0);
});

/** A picture with as much detail as there can be. @param {Page} page */
async function noise(page) {
  const text = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [256, 256];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const pixels = context.createImageData(256, 256);
    for (let at = 0; at < pixels.data.length; at += 65_536) crypto.getRandomValues(pixels.data.subarray(at, at + 65_536));
    context.putImageData(pixels, 0, 0);
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(text.split(",")[1], "base64");
}
