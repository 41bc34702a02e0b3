// What a rep does for advocates: asks the right ones, invites them, prints their
// cards, thanks them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { SIZES, complaints, signedIn } from "./console.mjs";
import { decoded } from "./decoded.mjs";
import { browser, console, open, start, stop, VERBAL, who } from "./rep.mjs";

/** Text that would do something if it were taken for more than text. */
const HOSTILE = `Eve"><img src=x onerror=alert(1)>?bcc=all@evil.example&body=hi`;

before(start);
after(stop);

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: an advocate is invited, their link copied, their card printed with a code that a camera reads`, async () => {
    const name = `Ines ${HOSTILE} ${size}`.slice(0, 90);
    const email = `ines-${size}@customer.example`;
    const { id } = await console.worker.ok("POST", "/v1/programs/acme/advocates", { kind: "partner", name, email, owner: "lea" });
    const { context } = await browser(options);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: console.origin });
    const { page, found } = await open(context, "&view=advocates");
    const row = page.getByRole("list", { name: "My advocates" }).getByRole("listitem").filter({ hasText: email });
    await row.getByRole("button", { name: /^Invite/ }).click();
    await page.getByText(`is on its way to ${email}`).waitFor();
    await row.getByRole("button", { name: /^Invite again/ }).waitFor();

    await row.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Copy their link" }).click();
    await page.getByText("is copied").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const { body } = await console.worker.api("POST", "/v1/links/verify", { code: link });
    assert.deepEqual([body.works, body.link?.advocate, body.link?.medium], [true, id, "copy"], `${link}: ${JSON.stringify(body)}`);

    await row.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Print a card" }).click();
    const card = page.getByRole("dialog").locator(".paper-card").first();
    await card.locator(".paper-code").waitFor();
    const spoken = await card.locator(".paper-code").innerText();
    assert.match(spoken, /^INES-\w{3}-\w{3}$/);
    const code = await console.worker.ok("GET", `/v1/codes/${spoken}`);
    assert.deepEqual([code.advocate, code.medium, code.works], [id, "print", true]);
    assert.equal(await card.locator(".paper-name").innerText(), name);
    await page.getByRole("dialog").getByLabel("On a page").selectOption("page");
    const drawn = await decoded(page, await page.getByRole("dialog").locator(".qr svg").first().screenshot(), "image/png");
    const { body: read } = await console.worker.api("POST", "/v1/links/verify", { code: drawn });
    assert.deepEqual([read.works, read.link.advocate, read.link.medium], [true, id, "qr"]);
    await page.getByRole("dialog").getByLabel("On a page").selectOption("card");
    await page.emulateMedia({ media: "print" });
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    assert.equal([...pdf.matchAll(/\/MediaBox/g)].length, 1);
    assert.deepEqual(found, []);
    await context.close();
  });

  test(`${size}: a lead says whom to thank first, and moves; hostile names stay names`, async () => {
    const email = `eve-${size}@customer.example`;
    const prospect = `${HOSTILE} ${size}`;
    const advocate = await console.worker.ok("POST", "/v1/programs/acme/advocates", { kind: "customer", name: HOSTILE, email, owner: "lea" });
    const { id } = await console.worker.ok("POST", VERBAL, { program: "acme", medium: "phone", rep: "lea", advocate: { id: advocate.id },
      prospect: { name: prospect, email: `victim-${size}@kept.example`, phone: "+49 (30) 123;ext=4" } });
    const { context } = await browser(options);
    const { page, found } = await open(context, "&view=leads");
    const item = page.getByRole("list", { name: "My leads" }).getByRole("listitem").filter({ hasText: prospect });
    await item.waitFor();
    assert.equal(await item.getByRole("link", { name: "Call" }).getAttribute("href"), "tel:+49301234");
    const thank = new URL(await item.getByRole("link", { name: "Thank" }).getAttribute("href") ?? "");
    assert.deepEqual([thank.protocol, thank.pathname, [...thank.searchParams.keys()]], ["mailto:", email, ["subject", "body"]]);
    assert.match(thank.searchParams.get("body") ?? "", /thank you for recommending Eve/);
    assert.equal(await page.locator("img[src=x]").count(), 0);

    // The best news goes before all others.
    const first = page.getByRole("complementary", { name: "Whom to thank first" });
    await first.getByText("Thank Tomás Ferreira first").waitFor();
    await first.getByRole("button", { name: "Thanked already" }).click();
    await first.getByText("Thank Tomás Ferreira first").waitFor({ state: "detached" });

    await item.getByRole("button", { name: /^Move/ }).click();
    await page.getByRole("menuitem", { name: "Accepted" }).click();
    await item.getByText("You have taken it on. Next: a meeting.").waitFor();
    await until(async () => (await console.worker.ok("GET", `/v1/leads/${id}`)).stage === "accepted" || "not yet", "the stage");
    await item.getByRole("button", { name: /^Move/ }).click();
    await page.getByRole("menuitem", { name: "Lost …" }).click();
    await page.getByLabel("Why was it lost?").selectOption("no budget");
    await page.getByRole("button", { name: "Close as lost" }).click();
    await item.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Won and lost" }).click();
    await item.getByText("Lost. no budget.").waitFor();
    assert.deepEqual(found, []);
    await context.close();
  });
}

test("the day says whom to ask and why; who was asked is left in peace; goals are set and reached", async () => {
  const { ok } = console.worker;
  await ok("PUT", "/v1/reps/nina", { name: "Nina Novak" });
  await ok("POST", "/v1/programs", { slug: "day", name: "A day" });
  await ok("POST", "/v1/programs/day/destinations", { slug: "home", url: "https://landing.example/hello" });
  for (const [name, stages] of /** @type {[string, string[]][]} */ ([["Will Won", ["accepted", "meeting", "opportunity", "won"]], ["Mette Met", ["accepted", "meeting"]], ["Nuno New", []]])) {
    const advocate = await ok("POST", "/v1/programs/day/advocates", { kind: "customer", name, email: `${name.slice(-3).toLowerCase()}@day.example`, owner: "nina" });
    if (stages.length === 0) continue;
    const lead = await ok("POST", VERBAL, { program: "day", medium: "phone", rep: "nina", advocate: { id: advocate.id }, prospect: { email: `${name.slice(-3)}@prospect.example` } });
    for (const stage of stages) await ok("POST", `/v1/leads/${lead.id}/stage`, { stage });
  }
  await ok("POST", "/v1/team", { email: "nina@team.example", name: "Nina Novak", role: "rep", rep: "nina" });
  const { cookie } = await console.session((await console.letters("nina@team.example"))[0]);
  const context = await signedIn(console, cookie, SIZES.phone);
  const page = await context.newPage();
  const found = complaints(page, console.origin);
  await page.goto(`${console.origin}/rep?program=day&view=ask`);
  const items = page.getByRole("list", { name: "Ask these next" }).getByRole("listitem");
  await items.first().waitFor();
  const names = await items.locator("b").allInnerTexts();
  assert.deepEqual(names, ["Will Won", "Mette Met", "Nuno New"]);
  await items.nth(0).getByText(/became a client/).waitFor();
  await items.nth(1).getByText(/You met somebody they recommended/).waitFor();
  await items.nth(2).getByText(/Nobody has asked them yet/).waitFor();

  await page.getByRole("button", { name: "Set goals" }).click();
  await page.getByLabel("Advocates asked").fill("2");
  await page.getByLabel("Meetings held").fill("many");
  await page.getByRole("button", { name: "Set the goals" }).click();
  await page.getByText("Write a number, or nothing.").waitFor();
  await page.getByLabel("Meetings held").fill("4");
  await page.getByRole("button", { name: "Set the goals" }).click();
  await page.getByRole("meter", { name: "Meetings held" }).waitFor();
  assert.equal(await page.getByRole("meter", { name: "Meetings held" }).getAttribute("aria-valuetext"), "2 of 4");
  assert.equal(await page.getByRole("meter", { name: "Clients won" }).count(), 0);

  await items.nth(2).getByRole("button", { name: "Invite Nuno New" }).click();
  await page.getByText("is on its way to new@day.example").waitFor();
  assert.equal(await page.getByRole("meter", { name: "Advocates asked" }).getAttribute("aria-valuetext"), "1 of 2");
  await page.reload();
  await items.first().waitFor();
  await page.waitForLoadState("networkidle");
  assert.deepEqual(await items.locator("b").allInnerTexts(), ["Will Won", "Mette Met"]);
  assert.equal(await page.getByRole("meter", { name: "Advocates asked" }).getAttribute("aria-valuetext"), "1 of 2");

  // From there a referral is begun with the advocate in it.
  await items.first().getByRole("button", { name: "More for Will Won" }).click();
  await page.getByRole("menuitem", { name: "Enter a referral" }).click();
  assert.equal(await who(page).inputValue(), "Will Won");
  assert.deepEqual(found, []);
  await context.close();
});

test("a good moment goes first; leads that stand still are shown until the rep was in touch", async () => {
  const { ok, db } = console.worker;
  await ok("PUT", "/v1/reps/ole", { name: "Ole Olsen" });
  await ok("POST", "/v1/programs", { slug: "still", name: "Still" });
  await ok("POST", "/v1/programs/still/destinations", { slug: "home", url: "https://landing.example/hello" });
  const [wanda] = await Promise.all(["Wanda Won", "Rita Rated"].map((name, n) => ok("POST", "/v1/programs/still/advocates", { external_id: `s-${n}`, kind: "customer", name, email: `s${n}@still.example`, owner: "ole" })));
  for (let n = 0; n < 4; n += 1) {
    await ok("POST", VERBAL, { program: "still", medium: "phone", rep: "ole", advocate: { id: wanda.id }, prospect: { name: `Prospect ${n}`, email: `p${n}@prospect.example` } });
  }
  // As if it had been some days ago that they came in.
  const back = "(12 + (SELECT substr(name, 10) FROM leads l WHERE l.id = lead)) * 86400000";
  await db.batch([
    db.prepare(`UPDATE history SET recorded_at = recorded_at - ${back} WHERE lead IN (SELECT id FROM leads WHERE email GLOB 'p?@prospect.example')`),
    db.prepare(`UPDATE leads SET created_at = created_at - ${back.replace("= lead", "= leads.id")} WHERE email GLOB 'p?@prospect.example'`),
  ]);
  await ok("POST", "/v1/moments", { program: "still", advocate: "ext:s-1", event_id: "survey-1", kind: "rated", score: 10 });
  await ok("POST", "/v1/team", { email: "ole@team.example", name: "Ole Olsen", role: "rep", rep: "ole" });
  const { cookie } = await console.session((await console.letters("ole@team.example"))[0]);
  const context = await signedIn(console, cookie, SIZES.phone);
  const page = await context.newPage();
  const found = complaints(page, console.origin);
  await page.goto(`${console.origin}/rep?program=still&view=ask`);
  const asks = page.getByRole("list", { name: "Ask these next" }).getByRole("listitem");
  await asks.first().getByText(/They gave you a top rating/).waitFor();
  assert.equal(await asks.first().locator("b").innerText(), "Rita Rated");

  const still = page.getByRole("list", { name: "These stand still" }).getByRole("listitem");
  await still.first().getByText("Nothing for 15 days. Wanda Won recommended you, and would like to know.").waitFor();
  assert.equal(await still.count(), 3);
  await page.getByRole("button", { name: "Show 1 more" }).click();
  assert.equal(await still.count(), 4);
  await still.first().getByRole("button", { name: "I was in touch with Prospect 3" }).click();
  await page.getByText("You are reminded of Prospect 3 again when it has stood still for long.").waitFor();
  assert.equal(await still.count(), 3);
  await page.reload();
  await still.first().getByRole("link", { name: "Prospect 2" }).waitFor();
  assert.equal(await page.getByText("Prospect 3").count(), 0);
  assert.deepEqual(found, []);
  await context.close();
});
