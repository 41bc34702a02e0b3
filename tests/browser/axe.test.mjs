// Every page in both themes, on a desktop and on a telephone: what axe finds, what
// its policy refuses, whom it asks, and what it weighs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PAGES, SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { still, tooWide, violations, weigh } from "./looks.mjs";

/** @import { Console } from "./console.mjs" */

/** What a first load may weigh: every body that it takes, gzipped. */
const BUDGET = 150 * 1024;

/** Pages that need no session. */
const OPEN = ["/sign-in", "/design", "/demo/", `/${"a".repeat(26)}`];

/** @type {Console} */
let console;
/** @type {string} */
let cookie;

before(async () => {
  console = await begin();
  await believable(console.worker);
  ({ cookie } = await console.session((await console.invite("admin")).link));
});
after(() => console?.stop());

for (const [size, options] of Object.entries(SIZES)) {
  for (const path of [...Object.keys(PAGES), ...OPEN]) {
    test(`${path}, ${size}: axe finds nothing in either theme, nothing is refused, and nobody else is asked`, async (t) => {
      const needs = !OPEN.includes(path);
      const context = await signedIn(console, needs ? cookie : "gone=1", { ...options, colorScheme: "light", reducedMotion: "reduce" });
      const page = await context.newPage();
      const found = complaints(page, console.origin);
      const weight = weigh(page);
      await open(page, `${console.origin}${path}${needs ? "?program=acme" : ""}`);
      assert.equal(new URL(page.url()).pathname, path);
      const bytes = await weight();
      t.diagnostic(`first load: ${(bytes / 1024).toFixed(1)} KB gzipped`);
      assert.ok(bytes <= BUDGET, `${bytes} bytes`);
      assert.deepEqual(await violations(page), [], "light");
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await still(page);
      // Nothing else depends on the theme.
      assert.deepEqual(await violations(page, { runOnly: ["color-contrast"] }), [], "dark");
      assert.equal(await tooWide(page), 0, "pixels wider than the window");
      // Chromium complains of the neutral page's 404 itself.
      assert.deepEqual(found.filter((text) => !(path.length === 27 && /status of 404/.test(text))), []);
      await context.close();
    });
  }
}

test("a page is readable with text at 200 %", async () => {
  const context = await signedIn(console, cookie, SIZES.desktop);
  const page = await context.newPage();
  for (const path of Object.keys(PAGES)) {
    await open(page, `${console.origin}${path}?program=acme`);
    await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    assert.equal(await tooWide(page), 0, `${path}: pixels wider than the window`);
  }
  await context.close();
});
