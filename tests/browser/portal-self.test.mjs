// The advocate's portal: what is about oneself, programs that are over, texts that
// would do more than be read, and how every tab looks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { SIZES, begin, complaints } from "./console.mjs";
import { still, tooWide, violations, weigh } from "./looks.mjs";
import { LADDER, advocate, browser, enter, program, said, tab } from "./portal.mjs";

/** @import { Console } from "./console.mjs" */

/** What a first load may weigh: every body that it takes, gzipped. */
const BUDGET = 150 * 1024;

/** @type {Console} */
let house;

before(async () => { house = await begin(); });
after(() => house?.stop());

const TABS = /** @type {const} */ (["Share", "Referrals", "Rewards", "Team", "You"]);
const sizes = /** @type {(keyof typeof SIZES)[]} */ (Object.keys(SIZES));

test("one changes one's name, and whether others read it", async () => {
  await program(house, "self");
  const { id } = await advocate(house, "self");
  const { context } = await browser(house, "phone");
  const { page, wrong } = await enter(house, context, "maya@self.example");
  await tab(page, "You");
  const shows = page.getByRole("switch", { name: "Show my first name to whom I invite" });
  // Nobody's name is shown before they said so.
  assert.equal(await shows.isChecked(), false);
  await page.getByText("you are “a friend”").waitFor();
  await shows.check();
  await page.getByText("“Maya invited you”").waitFor();
  await page.getByLabel("As it stands in what you share").fill("  ");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".error").waitFor();
  await page.getByLabel("As it stands in what you share").fill("Aya Okafor");
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Your name is saved.");
  await page.getByText("“Aya invited you”").waitFor();
  assert.equal((await house.worker.ok("GET", `/v1/programs/self/advocates/${id}`)).name, "Aya Okafor");
  assert.deepEqual(wrong.filter((text) => !/status of 422/.test(text)), []);
  await context.close();
});

test("one takes one's data along, and leaves for good after being asked", async () => {
  await program(house, "leave");
  const { id } = await advocate(house, "leave");
  const { context } = await browser(house, "desktop");
  const { page, wrong } = await enter(house, context, "maya@leave.example");
  await tab(page, "You");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download my data" }).click()]);
  assert.equal(file.suggestedFilename(), "my-data.json");
  assert.match(readFileSync(await file.path(), "utf8"), /maya@leave\.example/);
  await page.getByRole("button", { name: "Leave the program" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave Acme friends?" });
  await dialog.getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: "Leave the program" }).click();
  await dialog.getByRole("button", { name: "Leave for good" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const { status, body } = await house.worker.api("GET", `/v1/programs/leave/advocates/${id}`);
  assert.ok(status === 404 || !JSON.stringify(body).includes("Maya"), JSON.stringify(body));
  assert.deepEqual(wrong, []);
  await context.close();
});

test("who is in several programs changes between them", async () => {
  await program(house, "one", { name: "Program One" });
  await program(house, "two", { name: "Program Two" });
  for (const slug of ["one", "two"]) await advocate(house, slug, { email: "maya@both.example", name: `Maya ${slug}` });
  const { context } = await browser(house, "phone");
  const { page, wrong } = await enter(house, context, "maya@both.example", { program: "two" });
  const choice = page.getByRole("combobox", { name: "Program" });
  assert.equal(await choice.inputValue(), "two");
  await tab(page, "You");
  await choice.selectOption("Program One");
  await page.waitForFunction(() => document.title === "You · Program One");
  assert.equal(await page.getByLabel("As it stands in what you share").inputValue(), "Maya one");
  await page.reload();
  await page.waitForFunction(() => document.title === "You · Program One");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("what is over is said, and what was earned stays in sight", async () => {
  await program(house, "over");
  const { id } = await advocate(house, "over");
  const { context } = await browser(house, "phone");
  const { page, wrong } = await enter(house, context, "maya@over.example");
  await house.worker.ok("PATCH", `/v1/programs/over/advocates/${id}`, { status: "disabled" });
  await page.reload();
  await page.getByText("Your part in this program has ended").waitFor();
  assert.equal(await page.getByRole("button", { name: /Name a person/ }).count(), 0);
  assert.equal(await page.getByRole("group", { name: "Share by" }).count(), 0);
  await tab(page, "Rewards");
  await page.getByText("Your part in this program has ended").waitFor();
  await page.getByText("How it works").waitFor();
  await house.worker.ok("PATCH", `/v1/programs/over/advocates/${id}`, { status: "active" });
  await house.worker.ok("PATCH", "/v1/programs/over", { status: "disabled" });
  await page.reload();
  await page.getByText("This program is closed").waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

/** Text that would do something if it were taken for more than text. */
const HOSTILE = `"><img src=x onerror=alert(1)>{{7*7}}<script>alert(2)</script>'&amp;\u202e`;
/** The same for a text whose braces stand around placeholders. */
const PLAIN = HOSTILE.replaceAll(/[{}]/g, "");

test("names, texts and colours that would do more are read as they stand", async () => {
  await program(house, "hostile", {
    name: `Acme ${HOSTILE}`.slice(0, 90),
    messages: [{ channel: "email", medium: null, subject: PLAIN, text: `${PLAIN} {link}` }],
    rules: [{ ...LADDER, only: { products: ["<b>bold</b>"] } }],
    brand: { color: "#ffff00" },
  });
  const { id } = await advocate(house, "hostile", { name: `Eve${HOSTILE}`.slice(0, 90) });
  await house.worker.ok("POST", "/v1/referrals/verbal", {
    program: "hostile", medium: "phone", rep: "lea", advocate: { id }, prospect: { name: HOSTILE, email: "p@company.example", company: HOSTILE },
  });
  const { context } = await browser(house, "desktop");
  const { page, wrong } = await enter(house, context, "maya@hostile.example");
  page.on("dialog", (dialog) => { wrong.push(`it said ${dialog.message()}`); dialog.dismiss(); });
  for (const one of TABS) {
    await tab(page, one);
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("img, script:not([src]), iframe, [onerror]")].map(({ outerHTML }) => outerHTML)), [], one);
    assert.equal(await tooWide(page), 0, one);
  }
  await tab(page, "Share");
  const mail = new URL(await page.getByRole("link", { name: "Email" }).getAttribute("href") ?? "");
  assert.deepEqual([...mail.searchParams.keys()], ["subject", "body"]);
  assert.equal(mail.searchParams.get("subject"), PLAIN.replace("\u202e", ""));
  await page.getByRole("button", { name: "QR code" }).click();
  await page.getByRole("dialog").locator("svg[role=img]").waitFor();
  assert.equal(await page.getByRole("dialog").locator("script, foreignObject, image").count(), 0);
  // Too pale to be read, the colour was darkened.
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent")), "");
  assert.deepEqual(wrong, []);
  await context.close();
});

for (const size of sizes) {
  test(`axe finds nothing on any tab, in either theme, and every tab fits: ${size}`, async (t) => {
    const slug = `looks-${size}`;
    await program(house, slug);
    const { id } = await advocate(house, slug, { kind: "partner" });
    for (const name of ["Jonas Weber", "Grace O’Neill"]) {
      await house.worker.ok("POST", "/v1/referrals/verbal", {
        program: slug, medium: "phone", rep: "lea", advocate: { id }, prospect: { name, email: `${name[0]}@company.example` },
      });
    }
    const { context } = await browser(house, size);
    const { page, wrong } = await enter(house, context, `maya@${slug}.example`);
    const fresh = await context.newPage();
    const weight = weigh(fresh);
    await fresh.goto(`${house.origin}/me`, { waitUntil: "networkidle" });
    const bytes = await weight();
    t.diagnostic(`first load: ${(bytes / 1024).toFixed(1)} KB gzipped`);
    assert.ok(bytes <= BUDGET, `${bytes} bytes`);
    await fresh.close();

    const look = async (/** @type {string} */ what) => {
      await still(page);
      assert.deepEqual(await violations(page), [], `${what}, light`);
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await still(page);
      assert.deepEqual(await violations(page, { runOnly: ["color-contrast"] }), [], `${what}, dark`);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      assert.equal(await tooWide(page), 0, what);
    };
    for (const one of TABS) {
      await tab(page, one);
      if (one === "Referrals") await page.locator(".referral summary").first().click();
      await look(one);
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      assert.equal(await tooWide(page), 0, `${one} with text at 200 %`);
      await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
    }
    await tab(page, "Share");
    await page.getByText("What they will read").click();
    for (const button of [/Name a person/, /Introduce a company/, "QR code"]) {
      await page.getByRole("button", { name: button }).click();
      await look(String(button));
      await page.keyboard.press("Escape");
    }
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`axe finds nothing at the door: ${size}`, async () => {
    const { context } = await browser(house, size);
    const page = await context.newPage();
    const wrong = complaints(page, house.origin);
    for (const address of ["/me", "/me#token=gwi_0"]) {
      await page.goto("about:blank");
      await page.goto(house.origin + address, { waitUntil: "networkidle" });
      await page.getByRole("heading", { level: 1 }).waitFor();
      assert.deepEqual(await violations(page), [], address);
      assert.equal(await tooWide(page), 0, address);
    }
    assert.deepEqual(wrong.filter((text) => !/status of 401/.test(text)), []);
    await context.close();
  });
}

test("everything is reached with the keyboard, and another tab is read from its title on", async () => {
  await program(house, "keys");
  await advocate(house, "keys");
  const { context } = await browser(house, "desktop");
  const { page } = await enter(house, context, "maya@keys.example");
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
  await page.getByRole("link", { name: "Rewards", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Your rewards" }).waitFor();
  assert.equal(await focused(), "Your rewards");
  await page.goBack();
  await page.getByRole("heading", { name: "Hello Maya" }).waitFor();
  const button = page.getByRole("button", { name: /Name a person/ });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
  await context.close();
});

test("it opens without a connection, says so, and goes on when there is one", async () => {
  await program(house, "offline");
  await advocate(house, "offline");
  const { context } = await browser(house, "phone");
  const { page } = await enter(house, context, "maya@offline.example");
  await page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return Boolean(await caches.match("/me"));
  });
  await context.setOffline(true);
  await page.reload();
  await page.getByText("This page could not be loaded").waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Hello Maya" }).waitFor();
  // What is about a person is kept nowhere on the device.
  const held = await page.evaluate(async () => JSON.stringify([
    await Promise.all((await caches.keys()).map(async (name) => Promise.all((await (await caches.open(name)).matchAll()).map((answer) => answer.text())))),
    Object.entries(localStorage), Object.entries(sessionStorage),
  ]));
  assert.ok(!/Okafor|maya@/.test(held));
  await context.close();
});
