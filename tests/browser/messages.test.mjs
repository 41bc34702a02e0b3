// Messages in the console: words that are written there are what people get.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import PostalMime from "postal-mime";
import { until } from "../edge/worker.mjs";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { still, tooWide, violations } from "./looks.mjs";

/** @import { Console } from "./console.mjs" */

/** Text that would do something if it were taken for more than text. */
const HOSTILE = `<img src=x onerror="document.title='had'"><script>document.title='had'</script>`;

/** @type {Console} */
let console;
/** @type {Record<"marketer" | "read-only", string>} */
const cookies = { marketer: "", "read-only": "" };

before(async () => {
  console = await begin();
  await believable(console.worker);
  for (const role of /** @type {const} */ (["marketer", "read-only"])) cookies[role] = (await console.session((await console.invite(role)).link)).cookie;
});
after(() => console?.stop());

/**
 * @param {string} search
 * @param {{ role?: "marketer" | "read-only", options?: import("playwright-core").BrowserContextOptions }} [as]
 */
async function messages(search, { role = "marketer", options = SIZES.desktop } = {}) {
  const context = await signedIn(console, cookies[role], { reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const said = complaints(page, console.origin);
  await open(page, `${console.origin}/console/messages?program=acme${search}`);
  return { context, page, said };
}

const stored = async (/** @type {string} */ name) => (await console.worker.ok("GET", "/v1/programs/acme/messages")).messages.find((/** @type {any} */ { message }) => message === name);

test("a message is written, previewed as it will be, saved, sent to oneself, and given up again", async () => {
  const { context, page, said } = await messages("&message=moved");
  const letter = page.frameLocator("iframe");
  await letter.locator("body").getByText("Hello").waitFor();
  const [subject, text] = [page.getByLabel("Subject", { exact: true }), page.getByLabel("Text", { exact: true })];
  await subject.fill("What became of ");
  await page.getByRole("group", { name: "Placeholders for the subject" }).getByRole("button", { name: "{prospect}" }).click();
  assert.equal(await subject.inputValue(), "What became of {prospect}");
  await text.fill(`Dear {first_name},\n\n# It moved\n\n{news}\n\n${HOSTILE}\n\n[All of them]({portal})`);
  await letter.getByRole("heading", { name: "It moved" }).waitFor();
  await letter.getByRole("link", { name: "All of them" }).waitFor();
  // It is shown as what it is, and looks as mail does.
  await letter.getByText("onerror").waitFor();
  assert.notEqual(await page.title(), "had");
  assert.deepEqual(said, []);
  assert.notEqual(await letter.getByRole("link", { name: "All of them" }).evaluate((link) => getComputedStyle(link).backgroundColor), "rgba(0, 0, 0, 0)");
  // A link of a letter leads nowhere from here.
  const pages = context.pages().length;
  await letter.getByRole("link", { name: "All of them" }).click();
  await letter.getByRole("heading", { name: "It moved" }).waitFor();
  assert.equal(context.pages().length, pages);
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page.getByLabel("The text part").getByText("It moved").waitFor();

  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The text for everybody is saved.").waitFor();
  assert.equal((await stored("moved")).templates[0].subject, "What became of {prospect}");
  await page.getByRole("button", { name: "Send it to me" }).click();
  await page.getByText("It is on its way to marketer@team.example.").waitFor();
  let part = "";
  await until(async () => {
    const all = (await console.mail.mailbox.messages()).filter(({ to }) => to.includes("marketer@team.example"));
    const parsed = await Promise.all(all.map(({ id }) => PostalMime.parse(console.mail.mailbox.raw(id) ?? "")));
    part = parsed.find((one) => one.subject?.startsWith("What became of"))?.html ?? "";
    return part !== "" || "not there yet";
  }, "the letter");
  assert.match(part, /<h\d[^>]*>It moved/);
  assert.doesNotMatch(part, /<script|<img src=x/);

  await page.getByRole("button", { name: "Back to Goodword’s words …" }).click();
  await page.getByRole("button", { name: "Go back" }).click();
  await page.getByText("It has Goodword’s own words again.").waitFor();
  assert.equal((await stored("moved")).templates[0].is_default, true);
  // Chromium says that the frame may open no window, and that its style may not be asked for from within.
  assert.deepEqual(said.filter((text) => !/allow-popups|allow-scripts/.test(text)), []);
  await context.close();
});

test("a kind has words of its own, and what was begun is there after a look at another", async () => {
  const { context, page, said } = await messages("&message=thanks");
  const text = page.getByLabel("Text", { exact: true });
  const before = await text.inputValue();
  await page.getByRole("tab", { name: "Partners" }).click();
  assert.equal(await text.inputValue(), before);
  await text.fill("Dear partner {first_name}, thank you.");
  await page.getByRole("tab", { name: "Everybody" }).click();
  assert.equal(await text.inputValue(), before);
  await page.getByRole("tab", { name: "Partners" }).click();
  assert.equal(await text.inputValue(), "Dear partner {first_name}, thank you.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The text for partners is saved.").waitFor();
  await page.getByRole("tab", { name: "Partners , of its own" }).waitFor();
  const { templates } = await stored("thanks");
  assert.deepEqual(templates.map((/** @type {any} */ { kind, is_default }) => [kind, is_default]), [[null, true], ["partner", false]]);
  assert.deepEqual(said, []);
  await context.close();
});

test("what cannot be sent is said beside its field, and cannot be saved", async () => {
  const { context, page } = await messages("&message=payout");
  await page.getByLabel("Text", { exact: true }).fill("Hello {nobody}");
  await page.locator(".error").filter({ hasText: "nobody" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Save" }).isDisabled(), true);
  await page.getByLabel("Text", { exact: true }).fill("Hello [here](javascript:alert)");
  await page.locator(".error").filter({ hasText: "javascript" }).waitFor();
  await page.getByRole("button", { name: "All messages" }).click();
  await page.getByText("Leave without saving?").waitFor();
  await page.getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.locator(".error").waitFor({ state: "detached" });
  await context.close();
});

test("messages go on and off; when they go is set", async () => {
  const { context, page, said } = await messages("");
  await page.getByRole("switch", { name: "Send “Thank you, who else?”" }).click();
  await page.getByText("“Thank you, who else?” is not sent any more.").waitFor();
  assert.equal((await stored("thanks")).enabled, false);
  assert.equal(await page.getByRole("row").filter({ hasText: "Link that signs in" }).getByRole("switch").count(), 0);

  await page.getByRole("tab", { name: "When" }).click();
  await page.getByLabel("Quiet from").fill("21:30");
  await page.getByLabel("Letters a week at most").fill("99");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".error").waitFor();
  await page.getByLabel("Letters a week at most").fill("2");
  await page.getByLabel("Reps get their week on").selectOption("friday");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The settings are saved.").waitFor();
  const { settings } = await console.worker.ok("GET", "/v1/programs/acme/messages");
  assert.deepEqual([settings.quiet_from, settings.per_week, settings.weekly_on], ["21:30", 2, "friday"]);
  assert.deepEqual(said.filter((text) => !/status of 422/.test(text)), []);
  await context.close();
});

test("what was sent stands in the log, and an address that is not to be written to is added and lifted", async () => {
  await console.worker.ok("POST", "/v1/programs/acme/advocates/ext:crm-0/invite", {});
  const { context, page, said } = await messages("&tab=letters");
  const row = page.getByRole("row").filter({ hasText: "Invitation" });
  await row.getByText("Sent", { exact: true }).waitFor();
  await row.getByRole("link", { name: "The advocate" }).waitFor();
  await page.getByRole("button", { name: "Failed" }).click();
  await page.getByText("No such letter").waitFor();

  await page.getByRole("tab", { name: "Not written to" }).click();
  await page.getByText("Everybody may be written to").waitFor();
  await page.getByRole("button", { name: "Add an address" }).click();
  await page.getByLabel("Email").fill("nobody");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.locator(".dialog .error").waitFor();
  await page.getByLabel("Email").fill("gone@customer.example");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("row").filter({ hasText: "Entered by the team" }).waitFor();
  assert.equal(await page.getByText("gone@customer.example").count(), 0);
  await page.getByRole("button", { name: "Lift one …" }).click();
  await page.getByLabel("Email").fill("Gone@customer.example");
  await page.getByRole("button", { name: "Lift it" }).click();
  await page.getByText("Everybody may be written to").waitFor();
  assert.deepEqual(said.filter((text) => !/status of 422/.test(text)), []);
  await context.close();
});

test("whoever only reads sees the words and their preview, and changes nothing", async () => {
  const { context, page, said } = await messages("&message=moved", { role: "read-only" });
  await page.getByLabel("Text", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("Text", { exact: true }).isEditable(), false);
  assert.equal(await page.getByRole("button", { name: "Save" }).count(), 0);
  await page.getByRole("button", { name: "All messages" }).click();
  assert.equal(await page.getByRole("switch").first().isDisabled(), true);
  assert.deepEqual(said, []);
  await context.close();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`every part of the page fits and is readable: ${size}`, async () => {
    await console.worker.ok("POST", "/v1/suppressions", { email: `${size}@customer.example` });
    const { context, page, said } = await messages("", { options });
    const looks = async (/** @type {string} */ what) => {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await still(page);
        assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}`);
      }
      assert.equal(await tooWide(page), 0, `${what}: pixels wider than the window`);
    };
    for (const tab of ["When", "Sent and waiting", "Not written to"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.waitForFunction(() => !document.querySelector(".skeleton, [aria-busy=true]"));
      await looks(tab);
    }
    await open(page, `${console.origin}/console/messages?program=acme&message=moved&kind=partner`);
    await page.frameLocator("iframe").locator("body").getByText("Hello").waitFor();
    await page.getByText("How a text is written").click();
    await looks("the editor");
    assert.deepEqual(said, []);
    await context.close();
  });
}
