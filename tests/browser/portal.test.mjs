// The advocate's portal: signing in, sharing by every medium, naming people, and what
// becomes of it, on a desktop and on a telephone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { SIZES, begin, complaints } from "./console.mjs";
import { advocate, browser, enter, program, said, shares, tab } from "./portal.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let house;

before(async () => { house = await begin(); });
after(() => house?.stop());

const sizes = /** @type {(keyof typeof SIZES)[]} */ (Object.keys(SIZES));

/**
 * What a page of an advocate knows of them.
 * @param {Page} page
 * @returns {Promise<import("../../public/me/types.js").Me>}
 */
const whoIs = (page) => page.evaluate(async () => (await fetch("/v1/me")).json());

/** @param {Page} page */
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

test("a link in a mail signs in after a button was pressed, and once", async () => {
  await program(house, "door");
  await advocate(house, "door");
  const { context } = await browser(house, "phone");
  const page = await context.newPage();
  const wrong = complaints(page, house.origin);
  await page.goto(`${house.origin}/me`);
  await page.getByLabel("Email").fill("nobody@door.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  // Nobody is told who is one.
  await page.getByText("If nobody@door.example is one that was invited, a link is on its way there.").waitFor();
  await page.getByRole("button", { name: /another address/ }).click();
  await page.getByLabel("Email").fill("Maya@Door.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  const [link] = await house.letters("maya@door.example", 1, "me");

  // Opened and not pressed, as scanners do, it stays good.
  const scanner = await context.newPage();
  await scanner.goto(/** @type {string} */ (link), { waitUntil: "networkidle" });
  await scanner.close();
  await page.goto(/** @type {string} */ (link));
  await page.waitForURL(({ hash }) => hash === "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Hello Maya" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Hello Maya" }).waitFor();

  const other = await browser(house, "phone");
  const late = await other.context.newPage();
  await late.goto(/** @type {string} */ (link));
  await late.getByRole("button", { name: "Sign in" }).click();
  await late.getByRole("heading", { name: "This link no longer works" }).waitFor();
  await late.getByRole("button", { name: "Get a new link" }).click();
  await late.getByLabel("Email").waitFor();

  await tab(page, "You");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Email").waitFor();
  assert.deepEqual((await context.cookies()).filter(({ name }) => name === "__Host-gw_me"), []);
  // Chromium tells of the 401 itself.
  assert.deepEqual(wrong.filter((text) => !/status of 401/.test(text)), []);
  await Promise.all([context.close(), other.context.close()]);
});

for (const size of sizes) {
  test(`every medium opens its composer with its own words and link, and is counted: ${size}`, async () => {
    const slug = `media-${size}`;
    await program(house, slug);
    await advocate(house, slug);
    const { context, opened } = await browser(house, size);
    const { page, wrong } = await enter(house, context, `maya@${slug}.example`);
    const { links } = await whoIs(page);
    const link = (/** @type {string} */ medium) => links.find((one) => one.medium === medium)?.url ?? "";
    // No two media have the same link.
    assert.equal(new Set(links.map(({ url }) => url)).size, 16);
    const open = async (/** @type {string} */ name) => {
      const before = opened.length;
      await page.getByRole("group", { name: "Share by" }).getByRole("link", { name, exact: true }).click();
      await until(() => opened.length > before || opened, `what ${name} opens`);
      assert.equal(opened.length, before + 1);
      return new URL(opened[before]);
    };

    const mail = await open("Email");
    assert.equal(mail.protocol, "mailto:");
    assert.deepEqual(Object.fromEntries(mail.searchParams), {
      subject: "Maya thought of you",
      body: `Hi,\r\n\r\nsee what Acme friends does & how:\r\n${link("email")}\r\n\r\nMaya Okafor`,
    });
    const whatsapp = await open("WhatsApp");
    assert.equal(whatsapp.origin + whatsapp.pathname, "https://wa.me/");
    assert.equal(whatsapp.searchParams.get("text"), `I like Acme friends.\n\n${link("whatsapp")}`);
    const x = await open("X");
    assert.equal(x.origin + x.pathname, "https://x.com/intent/post");
    assert.equal(x.searchParams.get("text"), `Short & to the point: ${link("x")} #really`);
    for (const [name, medium, address, key] of [
      ["LinkedIn", "linkedin", "https://www.linkedin.com/sharing/share-offsite/", "url"],
      ["Facebook", "facebook", "https://www.facebook.com/sharer/sharer.php", "u"],
    ]) {
      const composer = await open(name);
      assert.equal(composer.origin + composer.pathname, address);
      assert.deepEqual(Object.fromEntries(composer.searchParams), { [key]: link(medium) });
      await said(page, `as ${name} takes none`);
      await page.bringToFront();
      assert.equal(await clipboard(page), `I like Acme friends.\n\n${link(medium)}`);
    }
    if (size === "phone") {
      const sms = await open("Text message");
      assert.match(sms.href, /^sms:\?&body=/);
      assert.equal(sms.searchParams.get("body"), `Have a look: ${link("sms")}`);
    }
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await said(page, "Your link is copied.");
    assert.equal(await clipboard(page), link("copy"));
    await page.getByRole("button", { name: "Copy text" }).click();
    await said(page, "Your text is copied, with the link in it.");
    assert.equal(await clipboard(page), `Have a look: ${link("copy")}`);

    await page.getByRole("button", { name: "QR code" }).click();
    const dialog = page.getByRole("dialog", { name: "Your QR code" });
    assert.equal(await dialog.locator("svg[role=img]").getAttribute("aria-label"), "QR code of Maya Okafor, Acme friends");
    const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Save the picture" }).click()]);
    assert.equal(file.suggestedFilename(), "acme-friends_maya-okafor_qr.png");
    assert.deepEqual(readFileSync(await file.path()).subarray(1, 4).toString(), "PNG");
    await dialog.getByRole("button", { name: "Done" }).click();

    await page.getByRole("button", { name: "Get my code" }).click();
    assert.match(await page.locator(".me-code").innerText(), /^MAYA-[0-9A-Z-]+$/);

    const expected = { email: 1, whatsapp: 1, x: 1, linkedin: 1, facebook: 1, copy: 2, qr: 1, ...(size === "phone" ? { sms: 1 } : {}) };
    await until(async () => {
      const counted = await shares(house, slug);
      return Object.keys(expected).every((medium) => counted[medium] === /** @type {any} */ (expected)[medium]) || counted;
    }, "the shares");
    assert.deepEqual(await shares(house, slug), expected);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test("the device's own share sheet is given text and link, and dismissed it counts nothing", async () => {
  await program(house, "sheet");
  await advocate(house, "sheet");
  const { context } = await browser(house, "phone");
  await context.addInitScript(() => {
    const given = /** @type {any[]} */ ([]);
    Object.assign(globalThis, { given, dismiss: true });
    navigator.share = async (data) => {
      given.push(data);
      if (/** @type {any} */ (globalThis).dismiss) throw new DOMException("dismissed", "AbortError");
    };
  });
  const { page, wrong } = await enter(house, context, "maya@sheet.example");
  const button = page.getByRole("button", { name: "Share", exact: true });
  await button.click();
  await page.evaluate(() => { /** @type {any} */ (globalThis).dismiss = false; });
  await button.click();
  await until(async () => (await shares(house, "sheet")).share_sheet === 1, "the share");
  const { links } = await whoIs(page);
  const url = links.find(({ medium }) => medium === "share_sheet")?.url;
  const given = await page.evaluate(() => /** @type {any} */ (globalThis).given);
  assert.deepEqual(given, Array(2).fill({ title: "An invitation from Maya", text: "Have a look:", url }));
  assert.deepEqual(await shares(house, "sheet"), { share_sheet: 1 });
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a share that cannot be counted holds nobody up, and is counted once later", async () => {
  await program(house, "late");
  await advocate(house, "late");
  const { context, opened } = await browser(house, "desktop");
  const { page } = await enter(house, context, "maya@late.example");
  /** @type {any[]} */
  const sent = [];
  await page.route("**/v1/me/shares", async (route) => {
    sent.push(route.request().postDataJSON());
    // The first never gets there; the second does, and its answer is lost.
    if (sent.length === 1) return route.abort();
    const response = await route.fetch();
    return sent.length === 2 ? route.abort() : route.fulfill({ response });
  });
  await page.getByRole("link", { name: "WhatsApp" }).click();
  await until(() => opened.length === 1, "the composer", 2);
  await until(() => sent.length === 3 || sent, "the third try", 20);
  assert.equal(new Set(sent.map(({ event_id }) => event_id)).size, 1);
  await page.unrouteAll({ behavior: "wait" });
  assert.deepEqual(await shares(house, "late"), { whatsapp: 1 });
  await context.close();
});

for (const size of sizes) {
  test(`a person is named, and a company introduced, each once: ${size}`, async () => {
    const slug = `named-${size}`;
    await program(house, slug);
    await advocate(house, slug);
    const { context } = await browser(house, size);
    const { page, wrong } = await enter(house, context, `maya@${slug}.example`);
    await page.getByRole("button", { name: /Name a person/ }).click();
    const person = page.getByRole("dialog", { name: "Name a person" });
    await person.getByLabel("Their name").fill("Jonas <b>Weber</b>");
    await person.getByRole("button", { name: "Name them" }).click();
    await person.getByText("Write an address or a phone number, so that they can be reached.").waitFor();
    await person.getByLabel("Their email").fill("not an address");
    await person.getByRole("button", { name: "Name them" }).click();
    await person.locator(".error").first().waitFor();
    await person.getByLabel("Their email").fill("jonas@weber.example");
    await person.getByLabel("Their company").fill("Weber & Söhne");
    await person.getByLabel(/How do you know them/).fill("We worked together.");
    await person.getByRole("button", { name: "Name them" }).dblclick();
    await said(page, "Thank you. How it goes with Jonas <b>Weber</b>");

    await page.getByRole("button", { name: /Introduce a company/ }).click();
    const company = page.getByRole("dialog", { name: "Introduce a company" });
    await company.getByRole("button", { name: "Offer the introduction" }).click();
    await company.getByText("Write which company.").waitFor();
    await company.getByLabel("Company").fill("Big Corp");
    await company.getByRole("button", { name: "Offer the introduction" }).click();
    await company.getByText("Write how you can make the introduction.").waitFor();
    await company.getByLabel(/How can you make/).fill("I know their head of operations.");
    await company.getByRole("button", { name: "Offer the introduction" }).click();
    await said(page, "How it goes with Big Corp");

    const { items } = await house.worker.ok("GET", `/v1/leads?program=${slug}`);
    assert.equal(items.length, 2);
    await tab(page, "Referrals");
    assert.deepEqual(await page.locator(".referral strong").allTextContents(), ["Big Corp", "Jonas <b>Weber</b>"]);
    await page.locator(".referral summary").nth(1).click();
    await page.locator(".referral").nth(1).locator(".way-now").getByText("You named them").waitFor();
    assert.deepEqual(wrong.filter((text) => !/status of 422/.test(text)), []);
    await context.close();
  });
}

test("what became of referrals, and how far the next reward is, stands in plain words", async () => {
  await program(house, "story");
  const { id } = await advocate(house, "story");
  const { ok } = house.worker;
  for (const [n, stages] of [["accepted", "meeting"], ["won"], ["won"], ["lost"]].entries()) {
    const lead = await ok("POST", "/v1/referrals/verbal", {
      program: "story", medium: "phone", rep: "lea", advocate: { id }, prospect: { name: `Prospect ${n}`, email: `p${n}@company${n}.example` },
    });
    for (const stage of stages) {
      if (stage === "won") await ok("POST", "/v1/conversions", { program: "story", kind: "sale", order_id: `order-${n}`, amount: 250_000, currency: "USD", lead: lead.id });
      else await ok("POST", `/v1/leads/${lead.id}/stage`, { stage, ...(stage === "lost" ? { reason: "other" } : {}) });
    }
  }
  const { context } = await browser(house, "phone");
  const { page, wrong } = await enter(house, context, "maya@story.example");
  await page.getByRole("link", { name: /Next: US\$100 as a credit.*After that: 12 months free/s }).click();
  await page.getByRole("heading", { name: "Your rewards" }).waitFor();
  const now = page.locator(".ladder [aria-current=step]");
  assert.match(await now.innerText(), /US\$100 as a credit\s+2 of 3/);
  assert.equal(await now.locator(".dot-done").count(), 2);
  assert.match(await page.locator(".ladder-later").innerText(), /12 months free\s+for number 4/);
  await page.getByText("Earned 2 times, US$200 in all").waitFor();
  await page.getByText("You earned it").first().waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
  assert.match(readFileSync(await file.path(), "utf8"), /granted,three-then-a-year/);

  await tab(page, "Referrals");
  assert.deepEqual(await page.locator(".referral .badge").allTextContents(), ["closed", "customer", "customer", "met"]);
  const won = page.locator(".referral").nth(1);
  await won.locator("summary").click();
  await won.getByText("They became a customer").last().waitFor();
  await won.getByText(/US\$100, (on its way|approved)/).waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test("whom one brings in stands under one's team, and who is in already is no second one", async () => {
  await program(house, "team");
  await advocate(house, "team", { kind: "partner" });
  const { context } = await browser(house, "phone");
  const { page, wrong } = await enter(house, context, "maya@team.example");
  await tab(page, "Team");
  await page.getByRole("heading", { name: "More than you can do alone" }).waitFor();
  const invite = async (/** @type {string} */ who, /** @type {string} */ name, /** @type {string} */ email) => {
    await page.getByRole("button", { name: "Bring somebody in" }).click();
    await page.getByRole("button", { name: who }).click();
    await page.getByLabel("Their name").fill(name);
    await page.getByLabel("Their email").fill(email);
    await page.getByRole("button", { name: "Send the invitation" }).click();
  };
  await invite("Of my own company", "Aylin Kaya", "aylin@team.example");
  await said(page, "An invitation is on its way to Aylin Kaya.");
  await invite("Another partner", "Wei Zhang", "wei@other.example");
  await said(page, "An invitation is on its way to Wei Zhang.");
  await page.locator("section", { has: page.getByRole("heading", { name: "People of your company" }) }).getByText("Aylin Kaya").waitFor();
  await page.locator("section", { has: page.getByRole("heading", { name: "Whom else you brought in" }) }).getByText("not here yet").waitFor();
  await invite("Another partner", "Aylin again", "AYLIN@team.example");
  await said(page, "No invitation was sent to Aylin again, who may be in already.");
  assert.equal(await page.locator(".colleague").count(), 2);
  assert.deepEqual(wrong, []);
  await context.close();
});
