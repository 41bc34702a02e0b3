// Letters as people read them: each in a real browser, at the width of a phone and of a
// desktop, and the way out of them.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { begin, SIZES } from "./console.mjs";
import { tooWide, violations } from "./looks.mjs";

/** Where pictures of all letters are put, if they are wanted. */
const SHOTS = process.env.LETTER_SHOTS ?? "";

/** @type {Awaited<ReturnType<typeof begin>>} */
let all;
const PROGRAM = "/v1/programs/acme";

before(async () => {
  all = await begin();
  const { ok } = all.worker;
  await ok("POST", "/v1/programs", { slug: "acme", name: "Acme & friends" });
  await ok("POST", `${PROGRAM}/destinations`, { slug: "home", url: "https://landing.example/" });
  await ok("PUT", `${PROGRAM}/content`, { content: { brand: { color: "#7a3fd0" } } });
  await ok("POST", `${PROGRAM}/advocates`, { external_id: "maya", kind: "customer", name: "Maya <b>Okafor</b>", email: "maya@example.com" });
  if (SHOTS) mkdirSync(SHOTS, { recursive: true });
});
after(() => all?.stop());

test("each message is a page that fits, is read by everybody, and runs nothing", async () => {
  const { messages } = await all.worker.ok("GET", `${PROGRAM}/messages`);
  for (const [size, options] of Object.entries(SIZES)) {
    const context = await all.browser.newContext({ ...options, javaScriptEnabled: true });
    const page = await context.newPage();
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    for (const { message } of messages) {
      const { html, subject } = await all.worker.ok("POST", `${PROGRAM}/messages/${message}/preview`, {});
      await page.setContent(html);
      assert.equal(await page.title(), subject);
      assert.equal(await tooWide(page), 0, `${message} at ${size}`);
      const found = await violations(page, { runOnly: ["wcag2a", "wcag2aa"] });
      assert.deepEqual(found, [], `${message}: ${found.join("\n")}`);
      assert.equal(await page.locator("script, iframe, form, object, link").count(), 0, message);
      if (SHOTS) await page.screenshot({ path: join(SHOTS, `${message}-${size}.png`), fullPage: true });
    }
    assert.deepEqual(asked.filter((url) => !url.startsWith("about:") && !url.startsWith("data:")), []);
    await context.close();
  }
});

test("somebody ends letters by the link in one, and comes back", async () => {
  await all.worker.ok("POST", `${PROGRAM}/advocates/ext:maya/invite`, {});
  const [captured] = (await all.mail.mailbox.messages()).filter(({ to }) => to.includes("maya@example.com"));
  assert.ok(captured);
  const context = await all.browser.newContext(SIZES.phone);
  const page = await context.newPage();
  await page.setContent(captured.html);
  assert.match(await page.locator("body").innerText(), /Hello Maya,/);
  await page.getByRole("link", { name: "No more letters" }).click();
  await page.getByRole("button", { name: "No more letters" }).waitFor();
  assert.equal(await tooWide(page), 0);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual((await all.worker.ok("GET", "/v1/suppressions")).items, []);
  await page.getByRole("button", { name: "No more letters" }).click();
  await page.getByRole("heading", { name: "You get no more letters" }).waitFor();
  if (SHOTS) await page.screenshot({ path: join(SHOTS, "way-out-phone.png") });
  assert.equal((await all.worker.ok("GET", "/v1/suppressions")).items.length, 1);
  const invited = await all.worker.api("POST", `${PROGRAM}/advocates/ext:maya/invite`, {});
  assert.equal(invited.status, 409);
  await page.getByRole("button", { name: "Send me letters again" }).click();
  await page.getByRole("heading", { name: "Do you want no more letters?" }).waitFor();
  assert.deepEqual((await all.worker.ok("GET", "/v1/suppressions")).items, []);
  await context.close();
});
