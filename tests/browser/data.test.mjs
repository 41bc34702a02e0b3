// Data in and out, as somebody does it in the console.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { still, tooWide, violations } from "./looks.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let console;
/** @type {Record<"admin" | "marketer", string>} */
const cookies = { admin: "", marketer: "" };

before(async () => {
  console = await begin();
  await believable(console.worker);
  for (const role of /** @type {const} */ (["admin", "marketer"])) cookies[role] = (await console.session((await console.invite(role)).link)).cookie;
});
after(() => console?.stop());

/**
 * @param {string} tab
 * @param {{ role?: "admin" | "marketer", options?: import("playwright-core").BrowserContextOptions }} [as]
 */
async function data(tab, { role = "admin", options = SIZES.desktop } = {}) {
  const context = await signedIn(console, cookies[role], { reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const said = complaints(page, console.origin);
  await open(page, `${console.origin}/console/data?program=acme&tab=${tab}`);
  return { context, page, said };
}

/** @param {Page} page @param {string} text */
const choose = (page, text, name = "people.csv") => page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

const advocates = async () => (await console.worker.ok("GET", "/v1/programs/acme/advocates?limit=200")).items.length;

test("an import is tried first, writes then, and changes nothing the second time", async () => {
  const { context, page, said } = await data("import", { role: "marketer" });
  const before = await advocates();
  await choose(page, 'name;email;kind;external_id;notes\nAda;ada@people.example;customer;p-1;"two\nlines"\nGrace;grace-at-people;customer;p-2;\n=Linus;linus@people.example;partner;p-3;\n');
  assert.equal(await page.getByLabel("What it holds").inputValue(), "advocates");
  await page.getByRole("button", { name: /^Try it/ }).click();
  await page.getByText("Would be added: 2").waitFor();
  await page.getByText("Would be refused: 1").waitFor();
  // It stands on the fourth line, because a cell before it runs across two.
  const refused = page.getByRole("row").filter({ hasText: "Would be refused" });
  assert.match(await refused.innerText(), /^4\s/);
  assert.match(await refused.innerText(), /email/);
  assert.equal(await advocates(), before);

  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await page.getByText("Added: 2", { exact: true }).waitFor();
  assert.equal(await advocates(), before + 2);
  const { items } = await console.worker.ok("GET", "/v1/programs/acme/advocates?q=Linus");
  assert.equal(items[0].name, "=Linus");

  await page.getByRole("button", { name: "Import another file" }).click();
  await choose(page, "name,email,kind,external_id\nLinus,linus@people.example,partner,p-3\n");
  await page.getByRole("button", { name: /^Try it/ }).click();
  await page.getByRole("button", { name: /^Import \d/ }).waitFor();
  assert.deepEqual(said, []);
  await context.close();
});

test("a long file goes in parts, and goes on after a broken connection with nobody twice", async () => {
  const { context, page } = await data("import");
  const before = await advocates();
  const rows = Array.from({ length: 260 }, (_, n) => `Person ${n},person${n}@many.example,customer,many-${n}`);
  rows[230] = "Nobody,no address,customer,many-230";
  await choose(page, `name,email,kind,external_id\n${rows.join("\n")}\n`, "many.csv");
  await page.getByRole("button", { name: /^Try it/ }).click();
  await page.getByRole("button", { name: "Import 259 rows" }).waitFor({ timeout: 60_000 });
  assert.match(await page.getByRole("row").filter({ hasText: "Would be refused" }).innerText(), /^232\s/);
  let calls = 0;
  await context.route(/\/v1\/imports/, (route) => {
    calls += 1;
    return calls === 2 ? route.abort("connectionreset") : route.fallback();
  });
  await page.getByRole("button", { name: "Import 259 rows" }).click();
  await page.getByText("Added: 259", { exact: true }).waitFor({ timeout: 60_000 });
  assert.equal(calls, 3);
  const { n } = /** @type {any} */ (await console.worker.db.prepare("SELECT count(*) AS n FROM advocates WHERE external_id GLOB 'many-*'").first());
  assert.equal(n, 259);
  assert.ok(await advocates() >= before);
  await context.close();
});

test("everything is taken out as it is stored, and as CSV", async () => {
  const { context, page } = await data("export");
  const save = async (/** @type {string} */ name) => {
    const coming = page.waitForEvent("download");
    await page.getByRole("link", { name }).click();
    const download = await coming;
    const pieces = [];
    for await (const piece of await download.createReadStream()) pieces.push(piece);
    return { name: download.suggestedFilename(), body: Buffer.concat(pieces) };
  };
  const lines = await save("Download NDJSON");
  const all = lines.body.toString().trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(all[0].goodword, 1);
  assert.ok(all.at(-1).manifest.tables.length > 5);
  const zip = await save("Download ZIP");
  assert.equal(zip.body.subarray(0, 2).toString(), "PK");
  await context.close();
});

test("a log is tried first, and says which of its lines are no clicks", async () => {
  const { context, page } = await data("replay");
  await page.getByLabel("What it is").selectOption("combined");
  await choose(page, 'this is no line of a log\n192.0.2.1 - - [25/Nov/2026:10:00:00 +0000] "GET /robots.txt HTTP/1.1" 200 12 "-" "curl/8"\n', "access.log");
  await page.getByRole("button", { name: /^Try it/ }).click();
  await page.getByText("What would be counted").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Count / }).isDisabled(), true);
  await context.close();
});

test("what differs is found, repaired, and written into the audit log", async () => {
  const { context, page } = await data("checks");
  // Believable clicks were never made one by one: the tallies of the last days have none.
  await page.getByRole("button", { name: "Check now" }).click();
  const clicks = page.locator(".card").filter({ hasText: "Clicks and statistics" });
  await clicks.getByText("difference").first().waitFor();
  await clicks.getByRole("button", { name: "Make it agree" }).click();
  await page.getByText("It agrees again").waitFor();
  await page.getByRole("tab", { name: "Audit log" }).click();
  const entry = page.getByRole("row").filter({ hasText: "Check repaired" });
  assert.match(await entry.innerText(), /clicks/);
  await entry.getByRole("button", { name: "clicks" }).click();
  assert.equal(new URL(page.url()).searchParams.get("subject"), "clicks");
  await page.getByText("About clicks").waitFor();
  await context.close();
});

test("whoever may only import sees nothing else", async () => {
  const { context, page, said } = await data("audit", { role: "marketer" });
  assert.deepEqual(await page.getByRole("tab").allInnerTexts(), ["Import"]);
  assert.deepEqual(said, []);
  await context.close();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`every part of the page fits and is readable: ${size}`, async () => {
    const { context, page, said } = await data("import", { options });
    const looks = async (/** @type {string} */ what) => {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await still(page);
        assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}`);
      }
      assert.equal(await tooWide(page), 0, `${what}: pixels wider than the window`);
    };
    await choose(page, "name,email,kind,external_id\nAda,ada@looks.example,customer,l-1\nGrace,grace,customer,l-2\n");
    await page.getByRole("button", { name: /^Try it/ }).click();
    await page.getByText("Would be refused").first().waitFor();
    await page.getByRole("button", { name: "Import 1 row" }).waitFor();
    await looks("import");
    for (const tab of ["Export", "Replay", "Checks", "Audit log"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.waitForFunction(() => !document.querySelector(".skeleton, [aria-busy=true]"));
      await looks(tab);
    }
    assert.deepEqual(said, []);
    await context.close();
  });
}
