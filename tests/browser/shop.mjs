// Somebody's own site, with goodword.js on it under a strict policy of its own: no
// inline script, Trusted Types, and the Worker's origin let in by name.
//
// The Worker answers at 127.0.0.1, the shop at localhost, two sites that share
// nothing but what the snippet carries.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { launch } from "./chromium.mjs";
import { create } from "./program.mjs";
import { startWithFiles } from "./worker-with-files.mjs";

/** @import { BrowserContextOptions, Page } from "playwright-core" */

/** The landing page's path, and what of its address has to survive. */
export const LANDING = "/hello?x=1#top";
export const FORM = '<form data-goodword method="post" action="/order"><button>Order</button></form>';
export const RECEIPT = /^c[0-9A-Za-z]{48}$/;

/** A shop, the Worker, and a browser for whoever comes. */
export async function begin() {
  // Many people come from one address here.
  const worker = await startWithFiles({ vars: { CLICK_SINK: "direct" }, limit: 1_000 });
  const [shop, browser] = await Promise.all([openShop(worker.origin), launch()]);
  shop.page("/order", 'data-program="any"');

  /**
   * A program whose links lead to the shop, and its landing page.
   * @param {string} slug
   * @param {{ fields?: Record<string, unknown>, attributes?: string | null, body?: string, head?: string }} options
   */
  async function program(slug, { fields = {}, attributes = "", body = FORM, head = "" } = {}) {
    shop.page("/hello", attributes === null ? null : `data-program="${slug}" ${attributes}`, body, head);
    const program = await create(worker, shop.origin, slug, fields);
    const people = async () => {
      const { items } = await worker.ok("GET", `/v1/programs/${slug}/advocates`);
      return Object.fromEntries(items.map(({ id, name }) => [id, name]));
    };
    return {
      ...program,
      /** Names of the advocates who have the credit for leads, by the prospect. */
      async credits() {
        const [{ items }, names] = await Promise.all([worker.ok("GET", `/v1/leads?program=${slug}`), people()]);
        return Object.fromEntries(items.map(({ prospect, advocate }) => [prospect.name, names[advocate]]));
      },
      /**
       * Who has the credit for a sale that the shop's server reports.
       * @param {Record<string, string>} sale
       */
      async sold(sale) {
        const body = { program: slug, kind: "sale", amount: 4999, currency: "USD", ...sale };
        const { advocate } = await worker.ok("POST", "/v1/conversions", body);
        return (await people())[advocate];
      },
    };
  }

  /**
   * A browser of somebody, until the test ends; whatever it complains of is a failure.
   * @param {import("node:test").TestContext} t
   * @param {BrowserContextOptions} options
   */
  async function somebody(t, options = {}) {
    const context = await browser.newContext(options);
    /** @type {string[]} */
    const found = [];
    context.on("weberror", (error) => found.push(String(error.error())));
    context.on("console", (message) => { if (message.type() === "error") found.push(message.text()); });
    t.after(async () => {
      await context.close();
      // A site without a picture for its tab is one all the same.
      assert.deepEqual(found.filter((text) => !/status of 404/.test(text)), []);
    });
    return { context, page: await context.newPage() };
  }

  return { worker, shop, program, somebody, stop: () => Promise.all([browser.close(), shop.stop(), worker.stop()]) };
}

/** @typedef {Awaited<ReturnType<typeof begin>>} Street */

/**
 * Opens an address, and waits for the snippet.
 * @param {Page} page
 * @param {string} url
 */
export async function visit(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => "goodword" in window && !("q" in /** @type {any} */ (window).goodword));
}

/**
 * Calls the snippet.
 * @param {Page} page
 * @param {string} name
 * @param {...any} given
 */
export const call = (page, name, ...given) => page.evaluate(
  ([name, given]) => /** @type {any} */ (window).goodword[name](...given),
  /** @type {[string, any[]]} */ ([name, given]),
);

/**
 * What is in the fields of the page's first form.
 * @param {Page} page
 */
export const fields = (page) => page.evaluate(() => Object.fromEntries(
  [...document.querySelectorAll("form")[0].querySelectorAll("input")].map(({ name, value, type }) => [`${name}:${type}`, value]),
));

/**
 * All that the shop's origin keeps.
 * @param {Page} page
 */
export const kept = (page) => page.evaluate(() => ({ ...localStorage, ...sessionStorage, ...(document.cookie ? { cookie: document.cookie } : {}) }));

/**
 * Opens a shop.
 * @param {string} worker the Worker's origin
 */
async function openShop(worker) {
  /** @type {Map<string, { body: string, type: string, isManaged?: boolean }>} */
  const files = new Map();
  /** The forms that were posted to the site itself. @type {Record<string, string>[]} */
  const posted = [];
  const policy = `default-src 'self'; script-src 'self' ${worker}; connect-src 'self' ${worker}; form-action 'self' ${worker}`;

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(`http://shop${request.url}`);
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      posted.push(Object.fromEntries(new URLSearchParams(body)));
    }
    const file = files.get(pathname);
    response.writeHead(file ? 200 : 404, {
      "content-type": file?.type ?? "text/plain",
      // Who puts scripts there by script cannot do with Trusted Types alone.
      "content-security-policy": file?.isManaged ? policy : `${policy}; require-trusted-types-for 'script'; trusted-types 'none'`,
    });
    response.end(file?.body);
  });
  await new Promise((resolve) => server.listen(0, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the shop has no port");
  // Another site than the Worker's, which answers at 127.0.0.1.
  const origin = `http://localhost:${address.port}`;

  return {
    origin,
    posted,
    /**
     * Puts a page there, with the snippet in its head.
     * @param {string} path
     * @param {string | null} attributes of the snippet's element, null for none
     * @param {string} body
     * @param {string} head what stands before the snippet
     */
    page(path, attributes, body = "", head = "") {
      files.set(path, {
        type: "text/html; charset=utf-8",
        isManaged: attributes === null,
        body: `<!doctype html><title>A shop</title>${head}
          ${attributes === null ? "" : `<script src="${worker}/goodword.js" async ${attributes}></script>`}${body}`,
      });
      return origin + path;
    },
    /**
     * @param {string} path
     * @param {string} body
     */
    script(path, body) { files.set(path, { type: "text/javascript", body }); },
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
