// Advocates, leads and rewards in the console: found, imported without twins, moved
// along, decided about and paid, on a desktop and on a telephone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let house;

before(async () => {
  house = await begin();
  await believable(house.worker);
});
after(() => house?.stop());

/**
 * A page that is signed in, and what goes wrong on it.
 * @param {keyof typeof SIZES} size
 */
async function visitor(size) {
  const context = await house.browser.newContext({ locale: "en-GB", ...SIZES[size] });
  const page = await context.newPage();
  await page.goto(`${house.origin}/sign-in`);
  const status = await page.evaluate(async (key) => (await fetch("/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ admin_key: key }),
  })).status, house.worker.adminKey);
  assert.equal(status, 200);
  return { page, wrong: complaints(page, house.origin), close: () => context.close() };
}

/** @param {Page} page @param {string} path */
const show = (page, path) => open(page, `${house.origin}/console/${path}`);

/** @param {Page} page @param {string} text */
const said = (page, text) => page.locator(".toast", { hasText: text }).first().waitFor();

/** @param {string} name a lead of its own, which no other test moves */
const lead = (name) => house.worker.ok("POST", "/v1/referrals/verbal", {
  program: "acme", medium: "phone", rep: "lea", advocate: { id: "ext:crm-1" },
  prospect: { name, email: `${name.toLowerCase().replace(/\W+/g, ".")}@lead.example` },
});

/** @param {string} id */
const stageOf = async (id) => (await house.worker.ok("GET", `/v1/leads/${id}`)).stage;

test("an advocate is found as one types, and the address says so", async () => {
  const { page, wrong, close } = await visitor("desktop");
  await show(page, "advocates?program=acme");
  await page.getByRole("searchbox", { name: "Search advocates" }).fill("aylin");
  await page.waitForURL(/[?&]q=aylin/);
  await page.getByRole("row", { name: /Maya Schmidt/ }).waitFor({ state: "detached" });
  const rows = page.locator("tbody tr");
  assert.equal(await rows.count(), 1);
  await rows.getByRole("link", { name: "Aylin Kaya" }).click();
  await page.getByRole("heading", { name: "Aylin Kaya" }).waitFor();
  await page.goBack();
  assert.equal(await page.getByRole("searchbox", { name: "Search advocates" }).inputValue(), "aylin");
  assert.deepEqual(wrong, []);
  await close();
});

test("a list that is imported twice makes no twins, and every line has its report", async () => {
  const { page, wrong, close } = await visitor("desktop");
  // As a spreadsheet may write it: a mark in front, semicolons, a line break within a cell.
  const file = {
    name: "list.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("\uFEFFName;E-Mail;Type;Account Owner\r\nNele Neu;nele@new.example;Kunde;lea\r\n\"Otto\nLang\";otto@new.example;partner;\r\n"
      + ";nobody@new.example;;\r\n<b>Bold</b>;bold@new.example;;\r\nNele Again;NELE@new.example;;\r\nMaya Twin;advocate0@customer.example;;\r\n"),
  };
  async function bring() {
    await show(page, "advocates?program=acme");
    await page.getByRole("button", { name: /^Import/ }).click();
    const dialog = page.getByRole("dialog", { name: "Import advocates" });
    await dialog.locator("input[type=file]").setInputFiles(file);
    await dialog.getByText("4 rows can be imported").waitFor();
    await dialog.getByRole("row", { name: /^5 .*has no name/ }).waitFor();
    await dialog.getByRole("row", { name: /^7 .*the same as line 2/ }).waitFor();
    await dialog.getByRole("button", { name: "Import 4 rows" }).click();
    const download = dialog.getByRole("button", { name: "Download the report" });
    await download.waitFor();
    const [report] = await Promise.all([page.waitForEvent("download"), download.click()]);
    return readFileSync(await report.path(), "utf8").trim().split("\r\n").slice(1).map((line) => line.split(","));
  }
  const results = (/** @type {string[][]} */ rows) => rows.map((row) => [row[0], row[4]]);
  const first = await bring();
  assert.deepEqual(results(first), [["2", "added"], ["3", "added"], ["5", "failed"], ["6", "added"], ["7", "left"], ["8", "there"]]);
  const second = await bring();
  assert.deepEqual(results(second), [["2", "there"], ["3", "there"], ["5", "failed"], ["6", "there"], ["7", "left"], ["8", "there"]]);
  // Whoever is there again is the very same.
  assert.equal(second[0]?.[6], first[0]?.[6]);
  const { items } = await house.worker.ok("GET", "/v1/programs/acme/advocates?q=new.example");
  assert.deepEqual(items.map((/** @type {any} */ { name, kind, owner }) => [name, kind, owner]).sort(),
    [["<b>Bold</b>", "customer", null], ["Nele Neu", "customer", "lea"], ["Otto Lang", "partner", null]]);
  // An address that somebody wants erased stands in no id.
  assert.ok(items.every((/** @type {any} */ { external_id }) => /^csv-[0-9a-f]{32}$/.test(external_id)));
  assert.deepEqual(wrong, []);
  await close();
});

test("two entries of one person are made one, after it is said what will happen", async () => {
  const { page, wrong, close } = await visitor("desktop");
  const { ok } = house.worker;
  await ok("POST", "/v1/programs/acme/advocates", { external_id: "twin-1", kind: "customer", name: "Tess Twin" });
  await ok("POST", "/v1/programs/acme/advocates", { external_id: "twin-2", kind: "customer", name: "Tess Twinn" });
  await show(page, "advocates?program=acme&q=twin-2");
  await page.getByRole("button", { name: "Actions for Tess Twinn" }).click();
  await page.getByRole("menuitem", { name: /Merge/ }).click();
  const dialog = page.getByRole("dialog", { name: "Merge Tess Twinn with another" });
  await dialog.getByRole("combobox", { name: "The other entry" }).fill("twin-1");
  await dialog.getByRole("option", { name: /Tess Twin/ }).click();
  await dialog.getByText("Tess Twin gets every lead and reward of Tess Twinn.").waitFor();
  await dialog.getByRole("button", { name: "Merge for good" }).click();
  await dialog.getByText("Confirm that they are one person.").waitFor();
  await dialog.getByLabel("They are one person").check();
  await dialog.getByRole("button", { name: "Merge for good" }).click();
  await said(page, "is merged into Tess Twin");
  const into = await ok("GET", "/v1/programs/acme/advocates/ext:twin-1");
  assert.equal((await ok("GET", "/v1/programs/acme/advocates/ext:twin-2")).merged_into, into.id);
  assert.deepEqual(wrong, []);
  await close();
});

test("a lead is moved along the board with the mouse, and lost for a reason", async () => {
  const { id } = await lead("Dora Drag");
  const { page, wrong, close } = await visitor("desktop");
  await show(page, "leads?program=acme");
  const column = (/** @type {string} */ name) => page.getByRole("region", { name, exact: true });
  await column("New").getByRole("link", { name: "Dora Drag" }).waitFor();
  await page.locator(`[data-lead="${id}"]`).dragTo(column("Accepted"));
  await column("Accepted").getByRole("link", { name: "Dora Drag" }).waitFor();
  await page.getByRole("status").filter({ hasText: "Dora Drag is moved to Accepted." }).waitFor({ state: "attached" });
  await page.locator(`[data-lead="${id}"]:not(.busy)`).waitFor();
  assert.equal(await stageOf(id), "accepted");
  // No step that the API would refuse can be dropped.
  await page.locator(`[data-lead="${id}"]`).dragTo(column("Won"));
  assert.equal(await column("Won").getByRole("link", { name: "Dora Drag" }).count(), 0);
  await page.locator(`[data-lead="${id}"]`).dragTo(column("Lost"), { targetPosition: { x: 12, y: 60 } });
  const dialog = page.getByRole("dialog", { name: "Close Dora Drag as lost" });
  await dialog.getByRole("button", { name: "Close as lost" }).click();
  await dialog.getByText("Choose a reason.").waitFor();
  await dialog.getByLabel("Why was it lost?").selectOption("no budget");
  await dialog.getByRole("button", { name: "Close as lost" }).click();
  await column("Lost").getByRole("link", { name: "Dora Drag" }).waitFor();
  await page.locator(`[data-lead="${id}"]:not(.busy)`).waitFor();
  const now = await house.worker.ok("GET", `/v1/leads/${id}`);
  assert.deepEqual([now.stage, now.reason], ["lost", "no budget"]);
  assert.deepEqual(wrong, []);
  await close();
});

test("a lead is moved along the board by the keyboard alone", async () => {
  const { id } = await lead("Kim Keys");
  const { page, wrong, close } = await visitor("phone");
  await show(page, "leads?program=acme");
  const menu = page.getByRole("button", { name: "Move Kim Keys to another stage" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Accepted" }).waitFor();
  assert.deepEqual(await page.getByRole("menuitem").allInnerTexts(), ["Accepted", "Lost …"]);
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "Kim Keys is moved to Accepted." }).waitFor({ state: "attached" });
  // It is out of sight here; the switch of stages leads to it.
  await page.getByRole("button", { name: /^Accepted/ }).click();
  await page.locator(`[data-lead="${id}"]:not(.busy)`).waitFor();
  assert.match(page.url(), /stage=accepted/);
  assert.equal(await stageOf(id), "accepted");
  assert.deepEqual(wrong, []);
  await close();
});

test("a move that is refused goes back, and says why", async () => {
  const { id } = await lead("Rhea Refused");
  const { page, wrong, close } = await visitor("desktop");
  await show(page, "leads?program=acme");
  const card = page.locator(`[data-lead="${id}"]`);
  await card.waitFor();
  // Meanwhile somebody else has taken it up.
  await house.worker.ok("POST", `/v1/leads/${id}/stage`, { stage: "accepted" });
  await card.getByRole("button", { name: "Move Rhea Refused to another stage" }).click();
  await page.getByRole("menuitem", { name: "Accepted" }).click();
  await said(page, "Rhea Refused stays in New: ");
  await page.getByRole("region", { name: "New", exact: true }).getByRole("link", { name: "Rhea Refused" }).waitFor();
  assert.equal(await page.getByRole("region", { name: "Accepted", exact: true }).getByRole("link", { name: "Rhea Refused" }).count(), 0);
  assert.deepEqual(wrong.filter((text) => !/status of 409/.test(text)), []);
  await close();
});

test("a referral is entered by hand, and the credit is explained in words", async () => {
  const { page, wrong, close } = await visitor("phone");
  await show(page, "leads?program=acme");
  await page.getByRole("button", { name: "Add a referral" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a referral" });
  await dialog.getByRole("button", { name: "Add the referral" }).click();
  await dialog.getByText("so that they can be reached").waitFor();
  await dialog.getByLabel("Name", { exact: true }).fill("Hanna Hand");
  await dialog.getByLabel("Email").fill("hanna@hand.example");
  await dialog.getByRole("combobox", { name: "Advocate" }).fill("Grace");
  await dialog.getByRole("option", { name: /Grace/ }).click();
  await dialog.getByLabel("Who heard it").selectOption("lea");
  await dialog.getByRole("button", { name: "Add the referral" }).click();
  await said(page, "Hanna Hand is a new lead");
  await page.getByRole("link", { name: "Hanna Hand" }).click();
  const detail = page.getByRole("dialog", { name: "Hanna Hand" });
  await detail.getByText("Grace O’Neill has the credit.").waitFor();
  await detail.getByText("Lea Brandt heard of it in person").waitFor();
  await detail.getByRole("button", { name: "Show the record" }).click();
  assert.match(await detail.locator("pre").innerText(), /"verdict": "won"/);
  assert.deepEqual(wrong, []);
  await close();
});

for (const size of /** @type {const} */ (["desktop", "phone"])) {
  test(`a reward is approved, paid out, and entered as paid, ${size}`, async () => {
    const { ok } = house.worker;
    const slug = `pay-${size}`;
    await ok("POST", "/v1/programs", { slug, name: `Pay ${size}` });
    await ok("PUT", `/v1/programs/${slug}/rules`, { rules: [{ id: "thanks", who: "advocate", when: "accepted", approval: "manual", pay: { fixed: { amount: 10_000, unit: "USD", form: "cash" } } }] });
    const { id } = await ok("POST", "/v1/referrals/verbal", { program: slug, medium: "phone", rep: "lea", advocate: { name: "Petra Paid", email: "petra@paid.example" }, prospect: { name: "P", email: "p@company.example" } });
    await ok("POST", `/v1/leads/${id}/stage`, { stage: "accepted" });
    const { page, wrong, close } = await visitor(size);
    await show(page, `rewards?program=${slug}`);
    await page.getByRole("checkbox", { name: /^Select Petra Paid/ }).check();
    await page.getByRole("button", { name: "Hold …" }).click();
    await page.getByRole("dialog").getByLabel("Why").fill("Ask Petra first");
    await page.getByRole("dialog").getByRole("button", { name: "Hold" }).click();
    await said(page, ": held.");
    await page.getByRole("tab", { name: "Held" }).click();
    await page.getByText("Ask Petra first").waitFor();
    await page.getByRole("button", { name: /^Decide about/ }).click();
    await page.getByRole("menuitem", { name: "Release …" }).click();
    await page.getByRole("dialog").getByLabel("What was looked at").fill("Asked her");
    await page.getByRole("dialog").getByRole("button", { name: "Release" }).click();
    await said(page, ": released.");
    await page.getByRole("tab", { name: "Pending" }).click();
    await page.getByRole("checkbox", { name: /^Select Petra Paid/ }).check();
    await page.getByRole("button", { name: "Approve …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await said(page, ": approved.");
    await page.getByRole("button", { name: "Payouts" }).click();
    await page.getByRole("button", { name: "Make a payout" }).first().click();
    const making = page.getByRole("dialog", { name: "Make a payout" });
    await making.getByText("for 1 person").waitFor();
    await making.getByRole("button", { name: "Make it: 1 line" }).click();
    const payout = page.getByRole("dialog", { name: /^Payout of/ });
    await payout.getByText("Petra Paid").waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), payout.getByRole("button", { name: "CSV for the payer" }).click()]);
    assert.match(readFileSync(await file.path(), "utf8"), /Petra Paid,petra@paid\.example,cash,USD,100\.00/);
    await payout.getByRole("button", { name: "Mark all as paid …" }).click();
    const saying = page.getByRole("dialog", { name: "Mark 1 line as paid" });
    await saying.getByLabel("The payer’s reference").fill("SEPA-1");
    await saying.getByRole("button", { name: "Mark as paid" }).click();
    await payout.getByText("SEPA-1").waitFor();
    const { items: [reward] } = await ok("GET", `/v1/rewards?program=${slug}`);
    assert.deepEqual([reward.state, reward.paid], ["paid", 10_000]);
    assert.deepEqual(wrong, []);
    await close();
  });
}

test("who may only read sees everything and can change nothing", async () => {
  const { link } = await house.invite("read-only");
  const { cookie } = await house.session(link);
  const context = await signedIn(house, cookie);
  const page = await context.newPage();
  for (const [path, text, actions] of /** @type {const} */ ([
    ["advocates?program=acme", "Maya Schmidt", /^(Add|Import|Invite|Actions for|Select)/],
    ["leads?program=acme", "Prospect 0", /^(Add|Move )/],
    ["rewards?program=acme&state=all", "Rule “thanks”", /^(Decide about|Approve|Hold|Release)/],
    ["rewards?program=acme&view=payouts", "No payout yet", /^Make a payout/],
  ])) {
    await show(page, path);
    await page.getByText(text).first().waitFor();
    assert.equal(await page.getByRole("button", { name: actions }).count(), 0, path);
    assert.equal(await page.getByRole("checkbox").count(), 0, path);
  }
  await context.close();
});

test("a rep begins with their own leads, and one choice shows everybody's", async () => {
  const { link } = await house.invite("rep");
  const { cookie } = await house.session(link);
  const context = await signedIn(house, cookie);
  const page = await context.newPage();
  await show(page, "leads?program=acme");
  const owner = page.getByLabel("Followed up by");
  assert.equal(await owner.inputValue(), "lea");
  await page.getByText("Prospect 1").first().waitFor();
  assert.equal(await page.getByText("Prospect 0").count(), 0);
  await owner.selectOption("Every rep");
  await page.getByText("Prospect 0").first().waitFor();
  // Which survives being sent to somebody, and coming back.
  await page.reload();
  await page.getByText("Prospect 0").first().waitFor();
  await context.close();
});
