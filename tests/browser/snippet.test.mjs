// goodword.js on another site, in a real Chromium: what it carries to leads and sales,
// and how it is put there.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { click } from "../edge/worker.mjs";
import { LANDING, RECEIPT, begin, call, fields, visit } from "./shop.mjs";

/** @import { Street } from "./shop.mjs" */

/** @type {Street} */
let street;

/** The scripts that the documentation says to put on a page. */
const documented = [...readFileSync(new URL("../../docs/snippet.md", import.meta.url), "utf8").matchAll(/<script>\n([^]*?)<\/script>/g)]
  .map(([, script]) => script);

before(async () => { street = await begin(); });
after(() => street?.stop());

for (const [touch, cookie, winner] of /** @type {const} */ ([
  ["last", true, "noah"],
  ["first", true, "maya"],
  // Nothing but what the snippet has kept knows of the first click.
  ["first", false, "maya"],
  ["last", false, "noah"],
])) {
  test(`of two clicks the ${touch} one is carried to a lead and a sale, ${cookie ? "with" : "without"} the Worker's cookie`, async (t) => {
    const slug = `${touch}-${cookie}`;
    // What no redirect says, the site has to.
    const attributes = touch === "first" && !cookie ? 'data-touch="first"' : "";
    const program = await street.program(slug, { fields: { touch, cookie }, attributes });
    const { page } = await street.somebody(t);
    await visit(page, await program.link("email", "maya"));
    assert.equal(page.url(), street.shop.origin + LANDING);
    const { "gw:hidden": first, ...none } = await fields(page);
    assert.match(first, RECEIPT);
    assert.deepEqual(none, {});
    await visit(page, await program.link("social", "noah"));

    const both = await fields(page);
    assert.equal(both["gw:hidden"] === first, winner === "maya");
    assert.equal(both["gw_click:hidden"] === first, winner === "noah");
    assert.deepEqual(await call(page, "receipts"), Object.values(both));
    // A page that is only opened again changes nothing, and neither does an old address.
    await visit(page, `${street.shop.origin}/hello?gw=${first}`);
    assert.deepEqual(await fields(page), both);

    assert.deepEqual(await call(page, "lead", { name: "Sam", email: "sam@example.org" }), { received: true });
    assert.deepEqual(await program.credits(), { Sam: winner });
    // The form goes to the shop's own server, which reports what it got.
    await page.click("button");
    const { gw } = street.shop.posted.at(-1) ?? {};
    assert.equal(await program.sold({ order_id: "of-sam", receipt: gw }), winner);
  });
}

test("a plain form goes straight to the Worker, with all that was kept", async (t) => {
  const program = await street.program("plain", {
    fields: { touch: "first", cookie: false },
    attributes: 'data-forms="form.contact"',
    body: `<form class="contact" method="post" action="${street.worker.origin}/v1/public/leads">
      <input type="hidden" name="program" value="plain"><input name="name"><input name="phone"><button>Send</button></form>
      <form><input name="q"></form>`,
  });
  const { page } = await street.somebody(t);
  // What two of them did not win is in one field.
  for (const who of ["maya", "noah", "lena"]) await visit(page, await program.link("email", who));
  assert.deepEqual(await page.evaluate(() => document.querySelectorAll("form")[1].innerHTML), '<input name="q">');
  await page.fill("[name=name]", "Kim");
  await page.fill("[name=phone]", "+49 30 123456");
  await page.click("button");
  await page.waitForURL(`${street.worker.origin}/v1/public/leads`);
  assert.deepEqual(await program.credits(), { Kim: "maya" });
});

for (const touch of /** @type {const} */ (["first", "last"])) {
  test(`what a browser says of its order gives the ${touch} click the credit, once a server reports it`, async (t) => {
    const program = await street.program(`said-${touch}`, { fields: { touch } });
    const { page } = await street.somebody(t);
    for (const who of ["maya", "noah"]) await visit(page, await program.link("email", who));
    const sale = { order_id: "order-1", amount: 1, currency: "USD", email: "sam@example.org" };
    const request = page.waitForRequest((request) => request.method() === "POST");
    assert.deepEqual(await call(page, "convert", sale), { received: true });
    // Neither a price that anybody could make up nor an address is told.
    const { receipts, ...told } = JSON.parse((await request).postData() ?? "");
    assert.deepEqual(told, { program: `said-${touch}`, order_id: "order-1" });
    assert.deepEqual(receipts, await call(page, "receipts"));
    assert.equal(await program.sold({ order_id: "order-1" }), touch === "first" ? "maya" : "noah");
  });
}

test("on the Worker's own site its cookie outlives what a browser clears", async (t) => {
  const origin = street.shop.origin.replace("localhost", "127.0.0.1");
  const program = await street.program("zone", { fields: { touch: "first" } });
  await street.worker.ok("PATCH", "/v1/programs/zone/destinations/home", { url: `${origin}/hello` });
  const { page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  // As Safari does after seven days.
  await page.evaluate(() => localStorage.clear());
  await visit(page, `${origin}/hello`);
  assert.deepEqual(await call(page, "receipts"), []);
  await call(page, "convert", { order_id: "order-1" });
  assert.equal(await program.sold({ order_id: "order-1" }), "maya");
  await call(page, "lead", { name: "Sam", phone: "1" });
  // Whoever withdraws is not told apart by that cookie either.
  await call(page, "consent", false);
  await call(page, "lead", { name: "Kim", phone: "2" });
  await call(page, "convert", { order_id: "order-2" });
  assert.equal(await program.sold({ order_id: "order-2" }), undefined);
  const { Sam, Kim } = await program.credits();
  assert.deepEqual([Sam, Kim], ["maya", undefined]);
});

test("a lead that the Worker refuses is an error that says what is wrong", async (t) => {
  await street.program("refused");
  const { context, page } = await street.somebody(t);
  context.removeAllListeners("console");
  await visit(page, `${street.shop.origin}/hello`);
  const error = await page.evaluate(() => /** @type {any} */ (window).goodword.lead({ email: "nobody" })
    .catch((error) => ({ is: error instanceof Error, message: error.message, ...error })));
  assert.deepEqual([error.is, error.status, error.errors[0].field], [true, 422, "prospect.email"]);
  assert.ok(error.message);
  // Not even a call without anything throws.
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).goodword.lead().catch(() => "no")), "no");
});

test("what is called before the snippet is there is answered", async (t) => {
  const [stub] = documented;
  assert.match(stub, /window\.goodword = window\.goodword \|\|/);
  street.shop.script("/stub.js", `${stub}
    const { receipts } = goodword;
    window.early = goodword.lead({ name: "Early", phone: "1", consent: "Call me." });
    window.late = () => receipts();
    window.wrong = goodword.lead({}).catch((error) => error.status);`);
  const program = await street.program("early", { head: '<script src="/stub.js"></script>' });
  const { context, page } = await street.somebody(t);
  context.removeAllListeners("console");
  await visit(page, await program.link("email", "maya"));
  assert.deepEqual(await page.evaluate("early"), { received: true });
  assert.deepEqual(await program.credits(), { Early: "maya" });
  assert.deepEqual(await page.evaluate("late()"), await call(page, "receipts"));
  assert.equal(await page.evaluate("wrong"), 422);
});

test("a tag manager puts the snippet there by script, after the page", async (t) => {
  const [, tag] = documented;
  assert.match(tag, /setAttribute\("data-consent", "wait"\)/);
  street.shop.script("/tags.js", `addEventListener("load", () => {${tag.replace("https://go.example", street.worker.origin).replace("acme", "managed")}})`);
  const program = await street.program("managed", { attributes: null, body: '<form class="contact"></form>', head: '<script src="/tags.js"></script>' });
  const { page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  await call(page, "consent", true);
  assert.equal(page.url(), street.shop.origin + LANDING);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual([Object.keys(await fields(page)), await program.credits()], [["gw:hidden"], { Sam: "maya" }]);
});

test("a cart takes the receipt along, as the documentation says", async (t) => {
  const [stub, , cart] = documented;
  assert.match(cart, /cart\/update/);
  street.shop.script("/cart.js", stub + cart);
  const program = await street.program("cart", { head: '<script src="/cart.js"></script>' });
  const { page } = await street.somebody(t);
  const updated = page.waitForRequest((request) => request.url().endsWith("/cart/update.js"));
  await visit(page, await program.link("email", "maya"));
  const { attributes } = JSON.parse((await updated).postData() ?? "");
  assert.deepEqual([attributes.gw], await call(page, "receipts"));
});

test("a single-page site: its router's addresses are cleaned, and forms that come later are filled", async (t) => {
  const program = await street.program("spa", { body: "<main></main>" });
  const { page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  const [receipt] = await call(page, "receipts");
  // A router writes back the address that it began with, and a state of its own.
  await page.evaluate((receipt) => history.replaceState({ mine: 1 }, "", `/hello?gw=${receipt}&x=1&b=%20+#top`), receipt);
  assert.equal(page.url(), `${street.shop.origin}/hello?x=1&b=%20+#top`);
  assert.deepEqual(await page.evaluate(() => history.state), { mine: 1 });

  await page.evaluate(() => {
    history.pushState(null, "", "/order-now");
    const form = document.createElement("form");
    form.dataset.goodword = "";
    document.querySelector("main")?.append(form);
  });
  await page.waitForSelector("form [name=gw]", { state: "attached" });
  assert.deepEqual(await fields(page), { "gw:hidden": receipt });
  // React takes what is its own away, and puts another in its place.
  await page.evaluate(() => document.querySelector("form input")?.remove());
  await page.waitForSelector("form [name=gw]", { state: "attached" });
  // A field that the site has made itself is the one that is filled.
  await page.evaluate(() => {
    const form = document.createElement("form");
    form.dataset.goodword = "";
    const field = document.createElement("input");
    field.name = "gw";
    form.append(field);
    document.querySelector("main")?.replaceChildren(form);
  });
  await page.waitForFunction((receipt) => document.querySelector("input")?.value === receipt, receipt);
  assert.deepEqual(await fields(page), { "gw:text": receipt });

  await page.evaluate(() => { history.back(); });
  await page.waitForURL(`${street.shop.origin}/hello?x=1&b=%20+#top`);
  // A later click comes in without a load.
  const { headers } = await click(await program.link("social", "noah"));
  await page.evaluate((url) => history.pushState(null, "", url), headers.get("location") ?? "");
  assert.equal(page.url(), street.shop.origin + LANDING);
  assert.equal((await call(page, "receipts")).at(1), receipt);
});

test("the file is public, cached for an hour, and can be loaded with its hash", async (t) => {
  const { headers, ...response } = await street.worker.api("GET", "/goodword.js");
  assert.equal(response.status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/javascript/);
  assert.deepEqual(
    ["access-control-allow-origin", "cache-control", "cross-origin-resource-policy", "x-content-type-options"].map((name) => headers.get(name)),
    ["*", "public, max-age=3600, stale-while-revalidate=86400", "cross-origin", "nosniff"],
  );
  const hash = createHash("sha384").update(response.body).digest("base64");
  const program = await street.program("hashed", { attributes: `integrity="sha384-${hash}" crossorigin` });
  const { page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  assert.match((await fields(page))["gw:hidden"], RECEIPT);
});
