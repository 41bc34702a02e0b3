// A referral that is entered while it is said, with and without a connection, and
// arrives once whatever happens.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { SIZES, signedIn } from "./console.mjs";
import { advocates, browser, console, enter, entry, keeps, lea, leads, open, pick, register, start, stop, VERBAL, who } from "./rep.mjs";

before(start);
after(stop);

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: a referral by somebody who is registered while one types is entered in one go`, async (t) => {
    const { context, calls } = await browser(options);
    const { page, found } = await open(context);
    const email = `sam-${size}@entered.example`;
    const name = `Ada Byron ${size}`;
    const began = Date.now();
    await register(page, name);
    await page.getByLabel("Whom do they recommend?").press("Enter");
    await page.locator("[name=contact]:focus").waitFor();
    await page.getByLabel("Their email").fill(`ada-${size}@customer.example`);
    await page.getByRole("button", { name: "Partner" }).click();
    await page.getByRole("button", { name: "Video call" }).click();
    await page.getByRole("button", { name: "Add a note" }).click();
    await page.getByLabel("Note").fill("Wants it before spring.");
    await enter(page, { name: "Sam Prospect", contact: `${email}, +49 30 123456`, company: "Sam & Söhne" });
    await entry(page, "Sam Prospect").getByText("A new lead, and yours.").waitFor();
    t.diagnostic(`entered in ${Date.now() - began} ms`);

    const [lead, ...others] = await leads(email);
    assert.deepEqual(others, []);
    assert.deepEqual([lead.name, lead.phone, lead.company, lead.note, lead.advocate, lead.words],
      ["Sam Prospect", "+49 30 123456", "Sam & Söhne", "Wants it before spring.", name, 1]);
    const [advocate, ...same] = await advocates(name);
    assert.deepEqual([advocate.kind, advocate.owner, advocate.email, same.length], ["partner", "lea", `ada-${size}@customer.example`, 0]);
    assert.equal(calls.length, 1);
    // The form is empty for the next one, but for what is mostly so.
    assert.equal(await who(page).inputValue(), "");
    assert.equal(await page.getByLabel("Email or phone").inputValue(), "");
    assert.equal(await page.getByRole("button", { name: "Video call" }).getAttribute("aria-pressed"), "true");
    // And whoever was registered is found now.
    await pick(page, "byron", name);
    assert.deepEqual(found, []);
    await context.close();
  });

  test(`${size}: what is entered without a connection arrives once, after a reload and with two windows`, async () => {
    const { context, calls } = await browser(options);
    const { page } = await open(context);
    const { page: other } = await open(context);
    await keeps(page);
    const [first, second, third] = [1, 2, 3].map((n) => `offline-${n}-${size}@kept.example`);
    const newName = `Grace Hopper ${size}`;

    await context.setOffline(true);
    await page.getByText("No connection.").waitFor();
    await register(page, newName);
    await enter(page, { name: "First Prospect", contact: first });
    await entry(page, "First Prospect").getByText("Waits for a connection.").waitFor();
    // Somebody who is known is found, and who was registered a moment ago too.
    await pick(page, "ferreira", "Tomás Ferreira");
    await enter(page, { name: "Second Prospect", contact: second });
    await entry(page, "Second Prospect").waitFor();

    await page.reload();
    await entry(page, "First Prospect").getByText("Waits for a connection.").waitFor();
    await pick(page, "hopper", newName);
    await enter(page, { name: "Third Prospect", contact: third });
    await entry(page, "Third Prospect").waitFor();
    await entry(other, "Third Prospect").waitFor();
    assert.deepEqual(calls, []);
    assert.deepEqual(await leads(first), []);

    await context.setOffline(false);
    await until(async () => (await leads(third)).length === 1 || "not there", "the third referral");
    for (const name of ["First Prospect", "Second Prospect", "Third Prospect"]) {
      for (const window of [page, other]) await entry(window, name).getByText("A new lead, and yours.").waitFor();
    }
    assert.equal(calls.length, 3);
    assert.equal(new Set(calls).size, 3);
    for (const [email, advocate] of [[first, newName], [second, "Tomás Ferreira"], [third, newName]]) {
      const [lead, ...more] = await leads(email);
      assert.deepEqual([lead.advocate, lead.words, more.length], [advocate, 1, 0]);
    }
    // Named twice before they were there, they are one advocate.
    assert.equal((await advocates(newName)).length, 1);
    await page.reload();
    await page.getByRole("button", { name: "Enter the referral" }).waitFor();
    await page.waitForLoadState("networkidle");
    assert.equal(calls.length, 3);
    await context.close();
  });
}

test("an answer that is lost, and a reload right after, enter nothing twice", async () => {
  const { context, calls } = await browser();
  const { page } = await open(context);
  let lost = 0;
  await context.route(`**${VERBAL}`, async (route) => {
    if (lost === 1) return route.continue();
    // The server has done it; nobody hears of it.
    await route.fetch();
    lost = 1;
    await route.abort("connectionreset");
  });
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Lost Answer", contact: "lost@kept.example" });
  await entry(page, "Lost Answer").getByText("It may have arrived already").waitFor();
  assert.equal((await leads("lost@kept.example")).length, 1);
  await page.reload();
  await entry(page, "Lost Answer").getByText("A new lead, and yours.").waitFor();
  const [lead, ...others] = await leads("lost@kept.example");
  assert.deepEqual([lead.words, others.length], [1, 0]);
  assert.equal(calls.length, 2);
  assert.equal(new Set(calls).size, 1, "one key");
  await context.close();
});

test("what the server refuses is kept with the reason, to be changed, tried again or thrown away", async () => {
  const { context } = await browser();
  const { page } = await open(context);
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Wrong Address", contact: "wrong@@kept..example" });
  await entry(page, "Wrong Address").getByText("Not taken:").waitFor();
  await page.reload();
  await entry(page, "Wrong Address").getByText("Not taken:").waitFor();
  await entry(page, "Wrong Address").getByRole("button", { name: "Change" }).click();
  const contact = page.getByLabel("Email or phone");
  await page.locator("[aria-invalid=true]").waitFor();
  assert.equal(await contact.inputValue(), "wrong@@kept..example");
  await contact.fill("right@kept.example");
  await page.getByRole("button", { name: "Enter the referral" }).click();
  await entry(page, "Wrong Address").getByText("A new lead, and yours.").waitFor();
  assert.equal((await leads("right@kept.example")).length, 1);

  const { id } = await console.worker.ok("POST", "/v1/programs/acme/advocates", { kind: "customer", name: "Dora Disabled", owner: "lea" });
  await pick(page, "dora", "Dora Disabled");
  await console.worker.ok("PATCH", `/v1/programs/acme/advocates/${id}`, { status: "disabled" });
  await enter(page, { name: "Too Late", contact: "late@kept.example" });
  await entry(page, "Too Late").getByText("Is disabled").waitFor();
  await entry(page, "Too Late").getByRole("button", { name: "Throw away" }).click();
  await entry(page, "Too Late").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await entry(page, "Too Late").getByText("Is disabled").waitFor();
  await console.worker.ok("PATCH", `/v1/programs/acme/advocates/${id}`, { status: "active" });
  await entry(page, "Too Late").getByRole("button", { name: "Try again" }).click();
  await entry(page, "Too Late").getByText("A new lead").waitFor();
  assert.equal((await leads("late@kept.example")).length, 1);
  await context.close();
});

test("without a session what was entered waits until somebody is back; another one's is not sent", async () => {
  const { link } = await console.invite("rep", "gone@team.example");
  const { cookie } = await console.session(link);
  const context = await signedIn(console, cookie, SIZES.phone);
  const { page } = await open(context);
  await console.worker.api("DELETE", "/v1/session", undefined, { ...console.worker.sameOrigin, authorization: "", cookie });
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Signed Out", contact: "out@kept.example" });
  await page.getByText("You are signed out").waitFor();
  await entry(page, "Signed Out").waitFor();
  assert.equal(await page.getByRole("link", { name: "Sign in" }).getAttribute("href"), "/sign-in?next=%2Frep%3Fprogram%3Dacme");
  const put = async (/** @type {string} */ cookie) => {
    const at = cookie.indexOf("=");
    await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: console.origin.replace(/^http:/, "https:"), httpOnly: true, secure: true, sameSite: "Strict" }]);
    await page.goto(`${console.origin}/rep?program=acme`);
  };
  await put(lea);
  await page.getByText("1 referral waits for somebody else who was signed in here.").waitFor();
  assert.deepEqual(await leads("out@kept.example"), []);
  await console.worker.ok("POST", "/v1/session/link", { email: "gone@team.example" });
  await put((await console.session((await console.letters("gone@team.example", 2))[0])).cookie);
  await entry(page, "Signed Out").getByText("A new lead, and yours.").waitFor();
  assert.equal((await leads("out@kept.example"))[0].words, 1);
  await context.close();
});

test("a telephone whose clock is ahead loses nothing", async () => {
  const { context } = await browser();
  const page = await context.newPage();
  await page.clock.install({ time: Date.now() + 86_400_000 });
  await page.goto(`${console.origin}/rep?program=acme`);
  await pick(page, "maya", "Maya Schmidt");
  await enter(page, { name: "Fast Clock", contact: "clock@kept.example" });
  // Whose advocate it is gets the lead, and the one who heard it knows.
  await entry(page, "Fast Clock").getByText("A new lead, for Jonas Holm.").waitFor();
  const [lead, ...others] = await leads("clock@kept.example");
  assert.deepEqual([lead.words, others.length], [1, 0]);
  assert.ok(Math.abs(lead.at - Date.now()) < 60_000 || Math.abs(lead.at * 1_000 - Date.now()) < 60_000, String(lead.at));
  await context.close();
});

test("what is missing is said, and what was typed is neither lost nor taken for somebody", async () => {
  const { context, calls } = await browser();
  const { page } = await open(context);
  await page.getByRole("button", { name: "Enter the referral" }).click();
  await page.getByText("Say who recommends you.").waitFor();
  await page.getByText("how can they be reached?").waitFor();
  await who(page).fill("Nobody Known");
  await page.getByLabel("Email or phone").fill("call me");
  await page.getByRole("button", { name: "Enter the referral" }).click();
  await page.getByText("Choose somebody, or register them.").waitFor();
  await page.getByText("Write an address, or a phone number.").waitFor();
  assert.equal(await who(page).inputValue(), "Nobody Known");
  // What was begun is there again, as when a telephone has let the page go.
  await page.getByRole("button", { name: "Register “Nobody Known”" }).click();
  await page.reload();
  assert.equal(await who(page).inputValue(), "Nobody Known");
  assert.equal(await page.getByLabel("Email or phone").inputValue(), "call me");
  await page.getByRole("button", { name: "Clear" }).click();
  assert.equal(await who(page).inputValue(), "");
  assert.deepEqual(calls, []);
  await context.close();
});
