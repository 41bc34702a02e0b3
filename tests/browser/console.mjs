// The console as somebody meets it: the Worker behind its files, mail that is
// captured, a Chromium, and a little data that could be a real program's.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { until } from "../edge/worker.mjs";
import { capture } from "../../xtask/js/mail.mjs";
import { launch } from "./chromium.mjs";
import { startWithFiles } from "./worker-with-files.mjs";

/** @import { BrowserContext, BrowserContextOptions, Page } from "playwright-core" */

/** The sizes at which pages are looked at. */
export const SIZES = /** @type {Record<"phone" | "desktop", BrowserContextOptions>} */ ({
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 } },
});

export const ROLES = /** @type {const} */ (["admin", "marketer", "rep", "read-only"]);

/** @typedef {(typeof ROLES)[number]} Role */

/** Every page of the console, and the scope without which it shows nothing. */
export const PAGES = {
  "/console": "statistics:read",
  "/console/programs": "programs:read",
  "/console/advocates": "advocates:read",
  "/console/leads": "leads:read",
  "/console/rewards": "rewards:read",
  "/console/links": "links:write",
  "/console/roi": "statistics:read",
  "/console/reconciliation": "reconciliations:read",
  "/console/data": "imports:write",
  "/console/messages": "messages:read",
  "/console/crm": "crm:read",
  "/console/webhooks": "webhooks:read",
  "/console/team": "team:write",
};

/**
 * Starts all of it.
 * @param {Record<string, string>} vars what else the Worker is given
 */
export async function begin(vars = {}) {
  const folder = mkdtempSync(join(tmpdir(), "goodword-mail-"));
  const mail = await capture({ folder });
  const worker = await startWithFiles({
    vars: {
      CLICK_SINK: "direct",
      CLICK_WINDOW_MS: "0",
      MAIL_URL: `${mail.url}emails`,
      MAIL_PAGE: mail.url,
      MAIL_FROM: "Goodword <goodword@console.example>",
      // What is told is told to this machine.
      WEBHOOK_TARGETS: "any",
      ...vars,
    },
    // Many people sign in here from one address.
    limit: 1_000,
  });
  const browser = await launch();

  /**
   * The links in the mail to an address, of the newest mail first.
   * @param {string} email
   * @param {number} count how many there have to be
   * @param {"sign-in" | "me"} page to which they lead
   */
  async function letters(email, count = 1, page = "sign-in") {
    /** @type {string[]} */
    let links = [];
    await until(async () => {
      const to = (await mail.mailbox.messages()).filter((message) => message.to.includes(email));
      // What a recipient gets is the file, so that is what is read.
      const texts = await Promise.all(to.map(async ({ id }) => (await PostalMime.parse(mail.mailbox.raw(id) ?? "")).text ?? ""));
      links = texts.flatMap((text) => new RegExp(`https?://\\S+/${page}#token=\\S+`).exec(text)?.[0] ?? []);
      return links.length >= count || `${links.length} links`;
    }, `mail to ${email}`);
    return links;
  }

  /**
   * Invites somebody; answers the link in the mail.
   * @param {Role} role
   * @param {string} email
   */
  async function invite(role, email = `${role}@team.example`) {
    const rep = role === "rep" ? "lea" : undefined;
    const member = await worker.ok("POST", "/v1/team", { email, name: `The ${role}`, role, rep });
    const [link] = await letters(email);
    return { member, email, link };
  }

  /**
   * A session without a browser: its cookie, as a page's own requests send it.
   * @param {string} link
   */
  async function session(link) {
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get("token");
    const answer = await worker.api("POST", "/v1/session", { token }, { ...worker.sameOrigin, authorization: "" });
    if (answer.status !== 200) throw new Error(`POST /v1/session: ${answer.status} ${JSON.stringify(answer.body)}`);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    return { cookie, body: answer.body };
  }

  return {
    worker,
    origin: worker.origin,
    mail,
    browser,
    letters,
    invite,
    session,
    stop: async () => {
      await Promise.all([browser.close(), worker.stop(), mail.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof begin>>} Console */

/**
 * A context whose pages are signed in.
 * @param {Console} console
 * @param {string} cookie
 * @param {BrowserContextOptions} options
 * @returns {Promise<BrowserContext>}
 */
export async function signedIn(console, cookie, options = SIZES.desktop) {
  const context = await console.browser.newContext({ locale: "en-GB", ...options });
  const at = cookie.indexOf("=");
  await context.addCookies([{
    name: cookie.slice(0, at),
    value: cookie.slice(at + 1),
    // The name asks for https; Chromium takes this machine for as good.
    url: console.origin.replace(/^http:/, "https:"),
    httpOnly: true,
    secure: true,
    sameSite: "Strict",
  }]);
  context.setDefaultTimeout(15_000);
  return context;
}

/**
 * What goes wrong on a page, as it does: errors of its scripts and of its
 * console, refusals by its policy, and requests to anybody else.
 * @param {Page} page
 * @param {string} origin
 * @returns {string[]}
 */
export function complaints(page, origin) {
  /** @type {string[]} */
  const found = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") found.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => { found.push(`error: ${error.message}`); });
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) {
      found.push(`a request to ${request.url()}`);
    }
  });
  return found;
}

/**
 * Goes to a page and waits until it is drawn, with nothing left to come.
 * @param {Page} page
 * @param {string} url
 */
export async function open(page, url) {
  const response = await page.goto(url, { waitUntil: "networkidle" });
  await page.locator("h1").first().waitFor();
  // The page that shows all components has some that wait for ever.
  if (!url.endsWith("/design")) await page.waitForFunction(() => !document.querySelector(".skeleton, [aria-busy=true]"));
  return response;
}

const REWARDS = {
  rules: [{
    id: "thanks",
    who: "advocate",
    when: "won",
    pay: { fixed: { amount: 10000, unit: "USD", form: "cash" } },
  }],
};

const NAMES = ["Maya Schmidt", "Jonas Weber", "Aylin Kaya", "Tomás Ferreira", "Grace O’Neill", "Wei Zhang"];

/**
 * A program as it is after some weeks: advocates, clicks by every channel, leads
 * at every stage, rewards to pay.
 * @param {Console["worker"]} worker
 */
export async function believable(worker, slug = "acme") {
  const put = worker.ok;
  await put("POST", "/v1/programs", { slug, name: "Acme customers", zone: "Europe/Berlin" });
  await put("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: "https://landing.example/hello" });
  await put("POST", `/v1/programs/${slug}/destinations`, { slug: "demo", url: "https://landing.example/demo" });
  await put("POST", `/v1/programs/${slug}/labels`, { slug: "spring" });
  await put("PUT", "/v1/reps/lea", { name: "Lea Brandt" });
  await put("PUT", "/v1/reps/jonas", { name: "Jonas Holm" });
  await put("PUT", `/v1/programs/${slug}/routing`, { reps: ["lea", "jonas"] });
  await put("PUT", `/v1/programs/${slug}/rules`, REWARDS);
  const advocates = await Promise.all(NAMES.map((name, n) => put("POST", `/v1/programs/${slug}/advocates`, {
    external_id: `crm-${n}`,
    kind: ["customer", "partner", "employee"][n % 3],
    name,
    email: `advocate${n}@customer.example`,
    owner: n % 2 ? "lea" : "jonas",
  })));
  await clicks(worker, slug);
  for (const [n, stages] of [[], ["accepted"], ["accepted", "meeting"], ["accepted", "meeting", "opportunity"],
    ["accepted", "meeting", "opportunity", "won"]].entries()) {
    const lead = await put("POST", "/v1/referrals/verbal", {
      program: slug, medium: "phone", rep: "lea", advocate: { id: `ext:crm-${n}` },
      prospect: { name: `Prospect ${n}`, email: `prospect${n}@company${n}.example`, company: `Company ${n}` },
    });
    for (const stage of stages) {
      if (stage !== "won") await put("POST", `/v1/leads/${lead.id}/stage`, { stage });
      else {
        await put("POST", "/v1/conversions", {
          program: slug, kind: "sale", order_id: `order-${n}`, amount: 250_000, currency: "USD", lead: lead.id,
        });
      }
    }
  }
  return { slug, advocates };
}

/** What a day is, by medium: the clicks of each class, and the shares that were sent. */
const DAILY = { 0: [7, 1, 2, 5], 1: [11, 2, 5, 8], 7: [2, 0, 0, 3], 11: [3, 0, 1, 0], 12: [5, 1, 2, 4], 15: [1, 0, 0, 0] };

/**
 * Ninety days over six channels, as they would have been tallied.
 * @param {Console["worker"]} worker
 * @param {string} slug
 */
async function clicks({ db }, slug) {
  const counts = Object.entries(DAILY).flatMap(([medium, kinds]) =>
    kinds.flatMap((count, n) => (count ? [`(${medium}, ${n === 3 ? 4 : n}, ${count})`] : [])));
  const today = Math.floor(Date.now() / 86_400_000);
  // A wave, so that a chart of it has something to show.
  const days = `WITH RECURSIVE days(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM days WHERE n < 89),
    kinds(medium, kind, count) AS (VALUES ${counts.join(", ")}),
    rows AS (SELECT p.number AS program, n, medium, kind, count + (n * 7 + medium) % (count + 2) AS count
      FROM days, kinds, programs p WHERE p.slug = '${slug}')`;
  const people = "CASE rows.kind WHEN 0 THEN count ELSE 0 END";
  await db.batch([
    db.prepare(`INSERT INTO tallies_by_hour (program, hour, minute, medium, destination, kind, count,
        new_visitors, new_in_channel, new_in_medium, new_at_destination, new_in_hour) ${days}
      SELECT program, (${today} - n) * 86400, 60, medium, 0, kind, count, ${Array(5).fill(people)} FROM rows`),
    db.prepare(`INSERT INTO tallies_by_advocate (program, local_day, advocate, medium, label, kind, count, new_visitors) ${days}
      SELECT rows.program, ${today} - n, a.number, medium, 0, rows.kind, count, ${people} FROM rows
      JOIN advocates a ON a.program = rows.program AND a.external_id = 'crm-' || (n % ${NAMES.length})`),
  ]);
}
