// The programs in the console: what is edited there holds on the edge at once, and
// nothing that is written there is lost or taken for markup.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { click, until } from "../edge/worker.mjs";
import { SIZES, begin, complaints, open, signedIn } from "./console.mjs";

/** @import { BrowserContext, Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

const CRAWLER = { "user-agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)" };
const LIVE = "Live on this edge now, everywhere within about a minute.";

/** @type {Console} */
let house;
/** @type {string} a link that is out already */
let link;
/** @type {BrowserContext} */
let context;
/** @type {Page} */
let page;
/** @type {string[]} */
let wrong;

before(async () => {
  house = await begin();
  link = await seed();
});
after(() => house?.stop());
beforeEach(async () => {
  context = await house.browser.newContext({ locale: "en-GB", ...SIZES.desktop });
  page = await context.newPage();
  await page.goto(`${house.origin}/sign-in`);
  const status = await page.evaluate(async (key) => {
    const answer = await fetch("/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ admin_key: key }),
    });
    return answer.status;
  }, house.worker.adminKey);
  assert.equal(status, 200);
  wrong = complaints(page, house.origin);
});
afterEach(() => context.close());

const RULES = {
  rules: [{ id: "thanks", who: "advocate", when: "won", pay: { fixed: { amount: 10_000, unit: "USD", form: "cash" } } }],
};

/** A program with one lead that was won. Answers an advocate's link. */
async function seed() {
  const { ok } = house.worker;
  await ok("POST", "/v1/programs", { slug: "acme", name: "Acme customers", zone: "Europe/Berlin" });
  await ok("POST", "/v1/programs/acme/destinations", { slug: "home", url: "https://landing.example/hello" });
  await ok("PUT", "/v1/programs/acme/rules", RULES);
  await ok("PUT", "/v1/reps/lea", { name: "Lea Brandt" });
  const advocate = await ok("POST", "/v1/programs/acme/advocates", { external_id: "crm-1", kind: "customer", name: "Maya Schmidt" });
  const lead = await ok("POST", "/v1/referrals/verbal", {
    program: "acme", medium: "phone", rep: "lea", advocate: { id: "ext:crm-1" },
    prospect: { name: "Sam Prospect", email: "sam@company.example" },
  });
  await ok("POST", "/v1/conversions", { program: "acme", kind: "sale", order_id: "o-1", amount: 250_000, currency: "USD", lead: lead.id });
  const { url } = await ok("POST", "/v1/links", { program: "acme", advocate: advocate.id, channel: "social" });
  return url;
}

/** @param {string} tab */
const show = (tab, of = page) => open(of, `${house.origin}/console/programs?program=acme&tab=${tab}`);

/** @param {string} text */
const said = (text) => page.locator(".toast", { hasText: text }).first().waitFor();

async function save() {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await said(LIVE);
}

/** What a network's crawler reads of the link. @param {string} property */
async function openGraph(property) {
  const html = await (await click(link, CRAWLER)).text();
  return new RegExp(`property="og:${property}" content="([^"]*)"`).exec(html)?.[1];
}

test("an edit of the social card is what a network's crawler reads next", async () => {
  await openGraph("title");
  await show("sharing");
  await page.getByLabel("Title", { exact: true }).fill("Maya swears by Acme");
  await page.getByLabel("Description").fill("Two lines\nbecome one.");
  const preview = page.getByRole("group", { name: "Preview of the social card" });
  assert.equal(await preview.locator("strong").innerText(), "Maya swears by Acme");
  await save();
  assert.equal(await openGraph("title"), "Maya swears by Acme");
  assert.equal(await openGraph("description"), "Two lines become one.");
  assert.deepEqual(wrong, []);
});

test("an edit of a destination holds for links that are out", async () => {
  assert.match((await click(link)).headers.get("location") ?? "", /^https:\/\/landing\.example\/hello\?/);
  await show("destinations");
  const url = page.getByLabel("URL of home");
  await url.fill("http://landing.example/new");
  const offer = page.getByRole("button", { name: "Use https://landing.example/new" });
  assert.ok(await page.getByRole("button", { name: "Save", exact: true }).isDisabled());
  await offer.click();
  await save();
  assert.match((await click(link)).headers.get("location") ?? "", /^https:\/\/landing\.example\/new\?gw=/);
  await page.getByRole("button", { name: "Switch off home" }).click();
  await page.getByRole("button", { name: "Switch on home" }).waitFor();
  await said(LIVE);
  assert.equal((await click(link)).status, 404);
  await page.getByRole("button", { name: "Switch on home" }).click();
  await page.getByRole("button", { name: "Switch off home" }).waitFor();
  assert.deepEqual(wrong, []);
});

test("a rule is changed by its form, tried, published and undone", async () => {
  const rules = async () => (await house.worker.ok("GET", "/v1/programs/acme/rules"));
  const before = await rules();
  assert.equal(before.rules[0].pay.fixed.amount, 10_000);
  await show("rewards");
  const dry = page.getByRole("region", { name: "Dry run", exact: true });
  await dry.getByText("US$100", { exact: true }).first().waitFor();
  await page.locator(".rule > summary").first().click();
  await page.getByLabel("Amount", { exact: true }).fill("150,50");
  await dry.getByText("+US$50.50").waitFor();
  // The JSON beside it says the same, and the other way round.
  await page.getByText("The same as JSON").click();
  const json = page.getByLabel("The rules as JSON");
  const text = await json.inputValue();
  assert.equal(JSON.parse(text).rules[0].pay.fixed.amount, 15_050);
  await json.fill(text.replace("15050", "20000").replace('"won"', '"lost"'));
  await page.getByLabel("When", { exact: true }).and(page.locator("[aria-invalid=true]")).waitFor();
  assert.equal(await page.getByLabel("Amount", { exact: true }).inputValue(), "200");
  assert.ok(await page.getByRole("button", { name: "Publish…" }).isDisabled());
  await json.fill(text.replace("15050", "20000"));
  await dry.getByText("+US$100").waitFor();

  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("These rules hold for leads that come from now on.").waitFor();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await said("holds for leads that come from now on");
  const published = await rules();
  assert.equal(published.version, before.version + 1);
  assert.equal(published.rules[0].pay.fixed.amount, 20_000);

  await page.getByRole("tab", { name: "Versions" }).click();
  const back = page.getByRole("button", { name: "Go back to the rules of before: Reward rules" });
  await back.first().click();
  await said("The rules of before hold");
  const undone = await rules();
  assert.deepEqual(undone.rules, before.rules);
  assert.equal(undone.version, before.version + 2);

  // What is newer goes only after that was said.
  await page.locator(".version").nth(1).getByRole("button", { name: "Go back" }).waitFor();
  await back.nth(1).click();
  await dialog.getByText(`version ${undone.version} is in force`).waitFor();
  await dialog.getByRole("button", { name: "Keep the rules in force" }).click();
  assert.equal((await rules()).version, undone.version);
  assert.deepEqual(wrong.filter((text_) => !/status of 422/.test(text_)), []);
});

test("what is not saved outlives a change of tab, and is undone after it was saved", async () => {
  await show("settings");
  const days = page.getByLabel("Days for which a click counts");
  await days.fill("45");
  await page.getByRole("tab", { name: "Landing page" }).click();
  await page.getByLabel("Headline").fill("Welcome from {advocate}");
  await page.getByText("Not saved: Settings and Landing page").waitFor();
  await page.getByRole("tab", { name: "Settings" }).click();
  assert.equal(await days.inputValue(), "45");
  const asked = new Promise((resolve) => page.once("dialog", (dialog) => {
    resolve(dialog.type());
    dialog.dismiss();
  }));
  await page.locator(".nav-link", { hasText: "Links" }).first().click();
  assert.equal(await asked, "beforeunload");
  await save();
  const program = await house.worker.ok("GET", "/v1/programs/acme");
  assert.equal(program.window_days, 45);
  const { content } = await house.worker.ok("GET", "/v1/programs/acme/content");
  assert.equal(content.landing.headline, "Welcome from {advocate}");
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: "Undo this: Settings" }).first().click();
  await said("Settings is as it was before");
  assert.equal((await house.worker.ok("GET", "/v1/programs/acme")).window_days, 90);
  assert.deepEqual(wrong, []);
});

test("an older version of the content is undone, and what was written since stays", async () => {
  const path = "/v1/programs/acme/content";
  const message = (/** @type {string} */ channel, /** @type {string} */ text) => ({ channel, medium: null, subject: "", text });
  const put = (/** @type {unknown} */ content) => house.worker.ok("PUT", path, { content });
  await put({ landing: { headline: "One", body: "Plain" }, messages: [message("link", "A {link}")] });
  await put({ landing: { headline: "Two", body: "Plain" }, messages: [message("link", "B {link}"), message("print", "P {link}")] });
  await put({ landing: { headline: "Two", body: "Later" }, messages: [message("link", "B {link}"), message("print", "P {link}"), message("verbal", "V")] });
  await show("versions");
  const undo = page.getByRole("button", { name: "Undo this: Content" });
  await undo.nth(1).waitFor();
  const before = await undo.count();
  await undo.nth(1).click();
  await said("What this changed is as it was before");
  const { content } = await house.worker.ok("GET", path);
  assert.equal(content.landing.headline, "One");
  assert.equal(content.landing.body, "Later");
  const texts = Object.fromEntries(content.messages.map((/** @type {any} */ one) => [one.channel, one.text]));
  assert.deepEqual(texts, { link: "A {link}", verbal: "V" });

  // Once more there is nothing of it left.
  await until(async () => (await undo.count()) > before, "the undoing is listed");
  await undo.nth(2).click();
  await said("Nothing is left to undo");
  assert.deepEqual((await house.worker.ok("GET", path)).content, content);

  // Who writes between its reading and its writing is not written over.
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() === "PUT") await put({ landing: { headline: "Between" } });
    await route.continue();
  });
  await undo.first().click();
  await said("Somebody else saved meanwhile");
  assert.equal((await house.worker.ok("GET", path)).content.landing.headline, "Between");
  assert.deepEqual(wrong.filter((text) => !/status of 409/.test(text)), []);
});

test("a placeholder that is none is named at its field, and goes nowhere", async () => {
  await show("sharing");
  await page.getByRole("button", { name: /^LinkedIn/ }).click();
  await page.getByRole("button", { name: "Write a text of its own" }).click();
  const text = page.getByLabel("Text", { exact: true });
  await text.fill("Meet {prgram}: ");
  await page.getByRole("button", { name: "{link}" }).click();
  assert.equal(await text.inputValue(), "Meet {prgram}: {link}");
  await page.getByText("{prgram} is no placeholder").waitFor();
  await page.getByRole("tab", { name: "Brand" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  // It leads back to where the mistake is.
  await page.getByRole("tab", { name: /Sharing/, selected: true }).waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("Not saved:").waitFor({ state: "detached" });
});

test("who saves after somebody else is asked whose it shall be", async () => {
  const put = (/** @type {string} */ headline) => house.worker.ok("PUT", "/v1/programs/acme/content", { content: { landing: { headline } } });
  for (const [choice, left] of [["Load theirs", "Theirs"], ["Overwrite with mine", "Mine"]]) {
    await put("Before");
    await show("landing");
    await page.getByLabel("Headline").fill("Mine");
    await put("Theirs");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: choice }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("Not saved:").waitFor({ state: "detached" });
    assert.equal(await page.getByLabel("Headline").inputValue(), left);
    const { content } = await house.worker.ok("GET", "/v1/programs/acme/content");
    assert.equal(content.landing.headline, left);
  }
});

test("to overwrite the settings leaves content alone that nobody was shown", async () => {
  const { ok } = house.worker;
  const path = "/v1/programs/acme";
  const headline = async () => (await ok("GET", `${path}/content`)).content.landing.headline;
  await ok("PUT", `${path}/content`, { content: { landing: { headline: "Before" } } });
  await ok("PATCH", path, { window_days: 90 });
  await show("settings");
  await page.getByLabel("Days for which a click counts").fill("30");
  await page.getByRole("tab", { name: "Landing page" }).click();
  await page.getByLabel("Headline").fill("Mine");
  await ok("PATCH", path, { window_days: 60 });
  await ok("PUT", `${path}/content`, { content: { landing: { headline: "Theirs" } } });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const overwrite = dialog.getByRole("button", { name: "Overwrite with mine" });
  await dialog.getByText("Days a touch counts").waitFor();
  await overwrite.click();
  // The content has a conflict of its own, which is shown before it is written over.
  await dialog.getByText("Headline").waitFor();
  assert.equal((await ok("GET", path)).window_days, 30);
  assert.equal(await headline(), "Theirs");
  await overwrite.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Not saved:").waitFor({ state: "detached" });
  assert.equal(await headline(), "Mine");
});

test("hostile texts stay texts, and no picture is fetched from elsewhere", async () => {
  const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
  await house.worker.ok("PATCH", "/v1/programs/acme", {
    name: hostile,
    preview: { title: hostile, description: hostile, image: "https://evil.example/x.png?y=1" },
  });
  await house.worker.ok("PUT", "/v1/programs/acme/content", { content: {
    messages: [{ channel: "email", subject: hostile, text: `${hostile} {link}` }],
    landing: { headline: hostile, body: hostile, button: hostile, consent: hostile },
    invitation: { subject: hostile, text: hostile },
  } });
  page.on("dialog", (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  for (const tab of ["settings", "destinations", "sharing", "landing", "brand", "invitation", "rewards", "sales", "versions"]) {
    await show(tab);
    assert.equal(await page.locator("main img:not([src^='data:']), main script, main [onerror]").count(), 0, tab);
    assert.deepEqual(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, tab);
  }
  await show("sharing");
  await page.getByText("Picture from evil.example").first().waitFor();
  assert.deepEqual(wrong, []);
  await house.worker.ok("PATCH", "/v1/programs/acme", { name: "Acme customers", preview: { title: "", description: "", image: "" } });
});

test("a program is made with a slug of its name, and leads on to its first destination", async () => {
  await open(page, `${house.origin}/console/programs`);
  await page.getByRole("button", { name: "New program" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Käufer & Freunde");
  assert.equal(await page.getByLabel("Short name").inputValue(), "kaufer-freunde");
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.fill("lisb");
  await page.getByRole("option", { name: /Europe\/Lisbon/ }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "Where should links lead?" }).waitFor();
  const { zone: kept } = await house.worker.ok("GET", "/v1/programs/kaufer-freunde");
  assert.equal(kept, "Europe/Lisbon");
  await page.getByLabel("URL", { exact: true }).fill("https://kaufer.example/pricing");
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "pricing");
  await page.getByRole("button", { name: "Add destination" }).click();
  await page.getByLabel("URL of pricing").waitFor();
  assert.deepEqual(wrong, []);
});

test("a logo of any size is stored as a small PNG, and what is no picture is said to be none", async () => {
  await show("brand");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="1000"><rect width="2000" height="1000" fill="tomato"/></svg>`;
  const file = page.getByLabel("Logo");
  await file.setInputFiles({ name: "not.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.getByText("This file is no picture that the browser can read.").waitFor();
  await file.setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) });
  await page.getByAltText("The logo as it is stored").waitFor();
  await save();
  const { content } = await house.worker.ok("GET", "/v1/programs/acme/content");
  assert.match(content.brand.logo, /^data:image\/png;base64,/);
  const size = await page.getByAltText("The logo as it is stored").evaluate((image) =>
    [/** @type {HTMLImageElement} */ (image).naturalWidth, /** @type {HTMLImageElement} */ (image).naturalHeight]);
  assert.deepEqual(size, [256, 128]);
});

test("who may only read sees all of it and can change nothing", async () => {
  const { link: mail } = await house.invite("read-only");
  const reader = await house.browser.newContext({ locale: "en-GB", ...SIZES.desktop });
  const theirs = await reader.newPage();
  await theirs.goto(mail);
  await theirs.getByRole("button", { name: "Sign in", exact: true }).click();
  await theirs.waitForURL("**/console");
  for (const tab of ["settings", "destinations", "sharing", "landing", "brand", "invitation", "rewards", "sales", "versions"]) {
    await show(tab, theirs);
    await theirs.getByText("Your role can read this program, but not change it.").waitFor();
    const enabled = await theirs.locator("main").evaluate((main) =>
      [...main.querySelectorAll("input, textarea, select")].filter((field) => !field.matches(":disabled, [readonly]")).map((field) => field.outerHTML));
    // What shows another part or another time changes nothing.
    assert.deepEqual(enabled.filter((html) => !/<select|name="field-place"/.test(html)), [], tab);
    assert.equal(await theirs.getByRole("button", { name: /^(Save|Undo this|Go back|Publish|Add destination|Switch off)/ }).count(), 0, tab);
  }
  await reader.close();
});

test("a rep is made and takes their turn with the leads, without a call by hand", async () => {
  const { ok } = house.worker;
  const turns = async () => (await ok("GET", "/v1/programs/acme/routing")).reps;
  await show("sales");
  await page.getByText("Nobody takes turns yet").waitFor();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Nobody takes turns yet").waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Add a rep" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a rep" });
  await dialog.getByLabel("Name", { exact: true }).fill("Jörg Müller");
  const slug = dialog.getByLabel("Short name");
  assert.equal(await slug.inputValue(), "jorg-muller");
  // Whoever is there is not written over.
  await slug.fill("lea");
  await dialog.getByRole("button", { name: "Add the rep" }).click();
  await dialog.getByText("This is Lea Brandt’s already.").waitFor();
  await slug.fill("jorg");
  await dialog.getByLabel("Email").fill("nonsense");
  await dialog.getByRole("button", { name: "Add the rep" }).click();
  await dialog.locator("[aria-invalid=true][type=email]").waitFor();
  await dialog.getByLabel("Email").fill("jorg@acme.example");
  await dialog.getByRole("button", { name: "Add the rep" }).click();
  await said("Jörg Müller is a rep now.");
  await until(async () => String(await turns()) === "lea,jorg", "both take turns");

  await page.getByRole("button", { name: "Move up Jörg Müller" }).click();
  await until(async () => String(await turns()) === "jorg,lea", "the turns are the other way round");
  await page.getByRole("button", { name: "Remove Lea Brandt" }).click();
  await until(async () => String(await turns()) === "jorg", "one takes all");

  await page.getByRole("button", { name: "Edit Jörg Müller" }).click();
  await page.getByLabel("Status").selectOption("disabled");
  await page.getByLabel("Email").fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await said("Jörg Müller is saved.");
  await page.getByText("All who take turns are disabled").waitFor();
  const jorg = (await ok("GET", "/v1/reps")).items.find((/** @type {any} */ one) => one.slug === "jorg");
  assert.deepEqual([jorg.name, jorg.email, jorg.status], ["Jörg Müller", null, "disabled"]);
  assert.deepEqual(wrong.filter((text) => !/status of 422/.test(text)), []);
});

test("who may not write programs reads the reps and their turns", async () => {
  const { cookie } = await house.session((await house.invite("read-only", "reader@team.example")).link);
  const reader = await signedIn(house, cookie);
  const theirs = await reader.newPage();
  await show("sales", theirs);
  await theirs.getByRole("cell", { name: /Lea Brandt/ }).or(theirs.getByRole("rowheader", { name: /Lea Brandt/ })).first().waitFor();
  assert.equal(await theirs.getByRole("tabpanel").getByRole("button").count(), 0);
  await reader.close();
});
