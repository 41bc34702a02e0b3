// Takes a picture of every page: light, dark, and on a telephone.
//
//   ADMIN_KEY=… CHROMIUM=… node screenshots.mjs --url URL --folder DIR [PATH…]
//
// What a page complains of on the way (a failed request, an error of a script, a
// page wider than the screen) is said, and makes it fail in the end: a picture
// of something broken is no picture.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const PAGES = [
  "/sign-in",
  "/design",
  "/console",
  "/console/programs",
  "/console/programs?program=demo&tab=settings",
  "/console/programs?program=demo&tab=destinations",
  "/console/programs?program=demo&tab=rewards",
  "/console/programs?program=demo&tab=sharing",
  "/console/programs?program=demo&tab=sales",
  "/console/programs?program=demo&tab=versions",
  "/console/advocates",
  "/console/leads",
  "/console/leads?view=table",
  "/console/rewards",
  "/console/links",
  "/console/roi",
  "/console/reconciliation",
  "/console/data",
  "/console/data?tab=export",
  "/console/data?tab=replay",
  "/console/data?tab=checks",
  "/console/data?tab=audit",
  "/console/messages",
  "/console/messages?message=moved",
  "/console/messages?tab=settings",
  "/console/messages?tab=letters",
  "/console/messages?tab=suppressions",
  "/console/crm",
  "/console/webhooks",
  "/console/team",
  "/l/demo",
  "/me",
  "/me?tab=referrals",
  "/me?tab=rewards",
  "/me?tab=team",
  "/me?tab=you",
  "/rep",
  "/rep?view=advocates",
  "/rep?view=leads",
];

/** @type {Record<string, import("playwright-core").BrowserContextOptions>} */
const LOOKS = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", isMobile: true, hasTouch: true },
};

/** How long a page may take to come to rest (ms). */
const PATIENCE = 20_000;

const { values, positionals } = parseArgs({
  options: { url: { type: "string" }, folder: { type: "string" } },
  allowPositionals: true,
});
const { url: base, folder } = values;
if (!base || !folder) throw new Error("node screenshots.mjs --url URL --folder DIR [PATH…]");
const pages = positionals.length > 0 ? positionals : PAGES;
if (positionals.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Links in mails, which work once. @type {Set<string>} */
const spent = new Set();

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
let complaints = 0;
for (const [look, options] of Object.entries(LOOKS)) {
  const context = await browser.newContext({
    baseURL: base,
    deviceScaleFactor: 2,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    ...options,
  });
  for (const path of pages) {
    // Whoever is signed in has no use for the page where one does that.
    if (path === "/sign-in") await context.clearCookies();
    else if (path.startsWith("/me")) await signInAdvocate(context);
    else await signIn(context);
    const said = await take(context, path, join(folder, `${name(path)}.${look}.png`));
    complaints += said.length;
    console.log(`${path} (${look})${said.map((one) => `\n  ${one}`).join("")}`);
  }
  await context.close();
}
await browser.close();
if (complaints > 0) {
  console.error(`${complaints} complaints`);
  process.exit(1);
}

/**
 * Signs the operator in, once a context.
 * @param {import("playwright-core").BrowserContext} context
 */
async function signIn(context) {
  const cookies = await context.cookies();
  if (cookies.some((cookie) => cookie.name === "__Host-gw_session")) return;
  const page = await context.newPage();
  await page.goto("/sign-in");
  const status = await page.evaluate(async (key) => {
    // The operator is no rep: this is whose page /rep then shows.
    localStorage.setItem("gw-own:rep", JSON.stringify("lea"));
    const response = await fetch("/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ admin_key: key }),
    });
    return response.status;
  }, process.env.ADMIN_KEY);
  if (status !== 200) throw new Error(`signing in was answered ${status}`);
  await page.close();
}

/**
 * Signs in the demo's advocate with the most to see, by the mail that they get.
 * @param {import("playwright-core").BrowserContext} context
 */
async function signInAdvocate(context) {
  const cookies = await context.cookies();
  if (cookies.some((cookie) => cookie.name === "__Host-gw_me")) return;
  const headers = { authorization: `Bearer ${process.env.ADMIN_KEY}`, "content-type": "application/json" };
  const { items } = await (await fetch(new URL("/v1/leads?program=demo&stage=won&limit=1", base), { headers })).json();
  const { email } = await (await fetch(new URL(`/v1/programs/demo/advocates/${items[0].advocate}`, base), { headers })).json();
  const { mailbox } = await (await fetch(new URL("/v1/me/link", base), {
    method: "POST",
    // Only our own pages may ask for it.
    headers: { "content-type": "application/json", origin: new URL(/** @type {string} */ (base)).origin, "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ email, program: "demo" }),
  })).json();
  const end = Date.now() + PATIENCE;
  /** @type {string | undefined} */
  let link;
  while (!link) {
    if (Date.now() > end) throw new Error(`no mail came to ${email}`);
    const messages = await (await fetch(new URL(`/messages?to=${encodeURIComponent(email)}`, mailbox))).json();
    link = messages.map((/** @type {{ text: string }} */ { text }) => /\S+\/me#token=\S+/.exec(text)?.[0]).find((/** @type {string | undefined} */ one) => one && !spent.has(one));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  spent.add(link);
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.close();
}

/**
 * @param {import("playwright-core").BrowserContext} context
 * @param {string} path
 * @param {string} file
 * @returns {Promise<string[]>} what there is to complain of
 */
async function take(context, path, file) {
  /** @type {string[]} */
  const said = [];
  const page = await context.newPage();
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // The request itself is told of below.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) said.push(`console: ${message.text()}`);
  });
  page.on("response", (response) => {
    const asksWho = path === "/sign-in" && response.url().endsWith("/v1/session");
    if (response.status() >= 400 && !asksWho) said.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(path, { waitUntil: "load" });
  await page.waitForLoadState("networkidle", { timeout: PATIENCE }).catch(() => said.push("the network does not come to rest"));
  await page.waitForFunction(settled, undefined, { timeout: PATIENCE }).catch(() => said.push("a skeleton stays"));
  // What is drawn in the next frame or the one after is on it.
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150))); }));
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  if (wide > screen) said.push(`it is ${wide} wide on a screen of ${screen}`);
  await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
  await page.close();
  return said;
}

/** In the page: nothing is still to come. The page of the design shows skeletons for themselves. */
function settled() {
  if (location.pathname === "/design") return document.querySelector("main h1, main h2") !== null;
  return document.querySelector("[data-skeleton], .skeleton") === null;
}

/** @param {string} path */
function name(path) {
  const { pathname, searchParams } = new URL(path, "http://localhost");
  const parts = pathname.split("/").filter(Boolean);
  for (const key of ["program", "tab", "view"]) {
    const value = searchParams.get(key);
    if (value) parts.push(value);
  }
  return parts.join("-");
}
