// Reconciliation as somebody does it: a file from a CRM, what differs, and mending it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { still, tooWide, violations } from "./looks.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let console;
/** @type {string} */
let cookie;

before(async () => {
  console = await begin();
  await believable(console.worker);
  ({ cookie } = await console.session((await console.invite("marketer")).link));
});
after(() => console?.stop());

/** A day in the program's zone, as a report has it. */
const TODAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(new Date());

const HEADER = "Opportunity ID,Opportunity Name,Stage,Amount,Amount Currency,Close Date,Opportunity Owner,Contact: Email,Order Number,Next Step";

/** @param {string} amount what they say that the sale of `order-4` was worth */
const report = (amount) => [HEADER,
  `006A,"Deal with
two lines",Closed Won,"${amount}",USD,${TODAY},Jonas Holm,prospect4@company4.example,order-4,`,
  `006B,Deal 3,Closed Lost,,USD,${TODAY},Jonas Holm,prospect3@company3.example,,Call them`,
  `006C,Deal 9,Closed Won,1.2E+5,USD,${TODAY},Jonas Holm,nobody@company9.example,order-9,`,
  `006D,Deal 2,Closed Won,"1,000.00",USD,${TODAY},Jonas Holm,prospect2@company2.example,order-2,`,
  ""].join("\r\n");

/** @param {string} text */
const file = (text, name = "Opportunities.csv") => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

/**
 * Brings a file in, as far as the form.
 * @param {Page} page
 * @param {string} text
 */
async function choose(page, text, name = "Opportunities.csv") {
  await open(page, `${console.origin}/console/reconciliation?program=acme`);
  await page.getByRole("button", { name: "New reconciliation" }).click();
  await page.locator("input[type=file]").setInputFiles(file(text, name));
  await page.getByRole("button", { name: "Compare", exact: true }).waitFor();
}

/**
 * What was found, by kind.
 * @param {Page} page
 */
async function found(page) {
  await page.getByRole("group", { name: "What was found" }).waitFor();
  return Object.fromEntries(await page.locator(".kind").evaluateAll((all) =>
    all.map((one) => [one.querySelector(".kind-name")?.textContent, Number(one.querySelector("b")?.textContent)])));
}

/** @param {Partial<import("playwright-core").BrowserContextOptions>} options */
async function page(options = {}) {
  const context = await signedIn(console, cookie, { ...SIZES.desktop, reducedMotion: "reduce", ...options });
  const opened = await context.newPage();
  return { context, page: opened, said: complaints(opened, console.origin) };
}

test("a report is read as what it is, its differences are shown, and what is mended agrees afterwards", async () => {
  const { context, page: at, said } = await page();
  await choose(at, report("2,450.00"));
  // It is known by its columns, and shows how they are read.
  assert.equal(await at.getByLabel("What it is").inputValue(), "salesforce");
  assert.match(await at.getByRole("columnheader", { name: /Contact: Email/ }).innerText(), /Email\s*$/);
  assert.match(await at.getByRole("columnheader", { name: /Next Step/ }).innerText(), /not read/);
  assert.match(await at.getByRole("row").nth(1).innerText(), /Deal with two lines|Deal with\s+two lines/);
  await at.getByRole("button", { name: "Compare", exact: true }).click();

  const kinds = await found(at);
  assert.equal(kinds["Amount differs"], 1);
  assert.equal(kinds["Missing here"], 1);
  assert.equal(kinds["Unreadable"], 1);
  assert.ok(kinds["Stage differs"] >= 1);
  await at.getByText("Not read: ", { exact: false }).waitFor();

  // A row that cannot be read says where it stands, and why.
  await at.getByRole("button", { name: /^Unreadable/ }).click();
  const row = at.getByRole("row").filter({ hasText: "line 5" });
  assert.match(await row.innerText(), /amount/);
  assert.equal(await at.getByRole("checkbox", { name: /Unreadable/ }).count(), 0);

  await at.getByRole("button", { name: /^Unreadable/ }).click();
  await at.getByRole("button", { name: /^Amount differs/ }).click();
  await at.getByRole("checkbox", { name: "Select Amount differs: order order-4" }).check();
  await at.getByRole("button", { name: "Mend 1 …" }).click();
  const dialog = at.getByRole("dialog");
  assert.match(await dialog.innerText(), /1 × Give the sale their amount\. Rewards that hang on it are reckoned anew\./);
  await dialog.getByRole("button", { name: "Mend 1 finding" }).click();
  await dialog.getByText("1 of 1 finding mended").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await at.locator(".findings").getByText("Mended").waitFor();
  await at.getByRole("button", { name: /^Amount differs/ }).getByText("none left to mend").waitFor();

  const { items } = await console.worker.ok("GET", "/v1/conversions?program=acme");
  assert.equal(items.find((/** @type {any} */ { order_id }) => order_id === "order-4").amount, 245_000);

  // The same report agrees about it now.
  await choose(at, report("2,450.00"), "Again.csv");
  await at.getByRole("button", { name: "Compare", exact: true }).click();
  const again = await found(at);
  assert.equal(again["Amount differs"], undefined);
  assert.ok(again["Matched"] >= 1);
  await at.getByLabel("Earlier run").selectOption({ index: 1 });
  const gone = at.getByRole("row").filter({ hasText: "Gone" });
  await gone.filter({ hasText: "order-4" }).waitFor();
  assert.deepEqual(said, []);
  await context.close();
});

test("all of a kind is mended at once, and what is there is downloaded", async () => {
  const { context, page: at } = await page();
  await choose(at, report("2,450.00"), "All.csv");
  await at.getByRole("button", { name: "Compare", exact: true }).click();
  await found(at);
  await at.getByRole("button", { name: /^Missing here/ }).click();
  await at.getByRole("button", { name: "Mend all of these …" }).click();
  const dialog = at.getByRole("dialog");
  assert.match(await dialog.innerText(), /Record the sale/);
  await dialog.getByRole("button", { name: "Mend 1 finding" }).click();
  await dialog.getByText("1 of 1 finding mended").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  const { items } = await console.worker.ok("GET", "/v1/conversions?program=acme");
  assert.equal(items.find((/** @type {any} */ { order_id }) => order_id === "order-2").amount, 100_000);

  const coming = at.waitForEvent("download");
  await at.getByRole("link", { name: "Download CSV" }).click();
  const download = await coming;
  const stream = await download.createReadStream();
  let text = "";
  for await (const piece of stream) text += piece;
  assert.match(text, /missing_here/);
  await context.close();
});

test("columns that a preset does not know are said, and what a row cannot be found by is asked for", async () => {
  const { context, page: at } = await page();
  await choose(at, `Bestellung;Betrag;Währung\norder-4;2.500,00;USD\n`, "Rechnungen.csv");
  assert.equal(await at.getByLabel("What it is").inputValue(), "generic");
  await at.getByText("No row could be found here").waitFor();
  assert.equal(await at.getByRole("button", { name: "Compare", exact: true }).isDisabled(), true);
  await at.getByLabel("Order id").selectOption("Bestellung");
  await at.getByLabel("Amount", { exact: true }).selectOption("Betrag");
  await at.getByLabel("Currency", { exact: true }).first().selectOption("Währung");
  // It is only asked where it is not clear.
  await at.getByLabel("Amounts are written").selectOption("comma");
  const asked = at.waitForRequest((request) => request.method() === "POST" && request.url().includes("/v1/reconciliations"));
  await at.getByRole("button", { name: "Compare", exact: true }).click();
  const query = new URL((await asked).url()).searchParams;
  assert.deepEqual(JSON.parse(query.get("columns") ?? ""), { order: "Bestellung", amount: "Betrag", currency: "Währung" });
  assert.equal(query.get("decimal"), "comma");
  await at.waitForURL(/[?&]run=/);
  await context.close();
});

test("a broken connection goes on by itself in the same run", async () => {
  const { context, page: at } = await page();
  /** @type {string[]} */
  const keys = [];
  await context.route(/\/v1\/reconciliations\?/, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    keys.push(route.request().headers()["idempotency-key"]);
    return keys.length === 1 ? route.abort("connectionreset") : route.fallback();
  });
  await choose(at, report("2,450.00"), "Broken.csv");
  await at.getByRole("button", { name: "Compare", exact: true }).click();
  await at.getByText("It goes on by itself").waitFor();
  await found(at);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  // The next file of that name is another run.
  await choose(at, report("2,450.00"), "Broken.csv");
  await at.getByRole("button", { name: "Compare", exact: true }).click();
  await found(at);
  assert.notEqual(keys[2], keys[0]);
  await context.close();
});

test("what the server refuses is said, and can be changed", async () => {
  const { context, page: at } = await page();
  await choose(at, report("2,450.00"), "Refused.csv");
  await context.route(/\/v1\/reconciliations\?/, (route) => (route.request().method() === "POST"
    ? route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify({ title: "Invalid", errors: [{ field: "since", detail: "must be before `until`" }] }) }) : route.fallback()));
  await at.getByRole("button", { name: "Compare", exact: true }).click();
  await at.getByText("since: Must be before `until`.").waitFor();
  await at.getByRole("button", { name: "Change it" }).click();
  assert.equal(await at.getByLabel("Name").inputValue(), "Refused");
  await context.close();
});

test("whoever only reads sees the runs and changes nothing", async () => {
  const reader = await console.session((await console.invite("read-only")).link);
  const context = await signedIn(console, reader.cookie);
  const at = await context.newPage();
  await open(at, `${console.origin}/console/reconciliation?program=acme`);
  assert.equal(await at.getByRole("button", { name: "New reconciliation" }).count(), 0);
  await at.getByRole("link", { name: "Again" }).click();
  await found(at);
  assert.equal(await at.getByRole("button", { name: /^Mend/ }).count(), 0);
  assert.equal(await at.getByRole("checkbox").count(), 0);
  await context.close();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`the form, a run and the dialog fit and are readable: ${size}`, async () => {
    const { context, page: at, said } = await page(options);
    const looks = async (/** @type {string} */ what) => {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await at.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await still(at);
        assert.deepEqual(await violations(at), [], `${what}, ${colorScheme}`);
      }
      assert.equal(await tooWide(at), 0, `${what}: pixels wider than the window`);
    };
    await choose(at, report("2,400.00"), `${size}.csv`);
    for (const summary of await at.locator("summary").all()) await summary.click();
    await looks("form");
    await at.getByRole("button", { name: "Compare", exact: true }).click();
    await found(at);
    await at.getByRole("checkbox", { name: /Amount differs/ }).first().check();
    await looks("run");
    await at.getByRole("button", { name: /^Mend 1/ }).click();
    await looks("dialog");
    assert.deepEqual(said, []);
    await context.close();
  });
}
