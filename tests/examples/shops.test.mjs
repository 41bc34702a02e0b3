// The shops of examples/, as somebody runs them, against the built Worker: a click, a
// landing, an order, and whose credit the sale becomes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { create } from "../browser/program.mjs";
import { click, start, until } from "../edge/worker.mjs";

/** @import { Worker } from "../edge/worker.mjs" */

/** @type {Worker} */
let worker;

before(async () => { worker = await start({ vars: { CLICK_SINK: "direct" } }); });
after(() => worker?.stop());

function axum() {
  const path = process.env.AXUM_SHOP;
  if (!path) throw new Error("set AXUM_SHOP to the shop's path; `cargo xtask test --only examples` builds one");
  return path;
}

/** How each is started. @type {Record<string, () => [string, string[]]>} */
const SHOPS = {
  express: () => [process.execPath, [fileURLToPath(new URL("../../examples/express/server.js", import.meta.url))]],
  axum: () => [axum(), []],
};

/** A port that nobody listens on, as far as can be told beforehand. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

for (const [name, command] of Object.entries(SHOPS)) {
  /**
   * The shop of a program, open until the test ends.
   * @param {import("node:test").TestContext} t
   * @param {string} slug
   * @param {Record<string, unknown>} fields
   */
  async function open(t, slug, fields = {}) {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const program = await create(worker, origin, slug, fields);
    const { key } = await worker.ok("POST", "/v1/keys", { name: slug, scopes: ["conversions:write"] });
    const [file, given] = command();
    const child = spawn(file, given, {
      env: { ...process.env, PORT: new URL(origin).port, GOODWORD_URL: worker.base, GOODWORD_KEY: key, GOODWORD_PROGRAM: slug },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const output of [child.stdout, child.stderr]) output.on("data", (text) => { said += text; });
    t.after(() => new Promise((resolve) => { child.once("exit", resolve); child.kill(); }));
    await until(() => /The shop is open/.test(said) || said, "the shop", 20);
    // The destination of the test's programs has a path; the shop is one page.
    await worker.ok("PATCH", `/v1/programs/${slug}/destinations/home`, { url: `${origin}/` });
    return { ...program, origin, slug, said: () => said };
  }

  /**
   * Somebody with a browser, as far as cookies and forms go.
   * @param {Awaited<ReturnType<typeof open>>} shop
   * @param {Record<string, string>} headers
   */
  function somebody(shop, headers = {}) {
    /** @type {Record<string, Map<string, string>>} */
    const jars = {};
    /**
     * @param {string} url
     * @param {RequestInit} init
     */
    async function go(url, init = {}) {
      const jar = jars[new URL(url).port] ??= new Map();
      const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
      const response = init.method === "POST"
        ? await fetch(url, { ...init, headers: { ...headers, cookie } })
        : await click(url, { ...headers, cookie });
      for (const set of response.headers.getSetCookie()) {
        const [, key, value] = /^(\w+)=([^;]*)/.exec(set) ?? [];
        jar.set(key, value);
        assert.match(set, /HttpOnly/);
      }
      return response;
    }
    let gw = "";
    return {
      jar: () => Object.fromEntries(jars[new URL(shop.origin).port] ?? []),
      /** @param {string} url */
      async land(url) {
        const page = await (await go(url)).text();
        gw = /name="gw" value="([^"]*)"/.exec(page)?.[1] ?? "none";
        return gw;
      },
      /** @param {string} link */
      async click(link) {
        const { headers } = await go(link);
        return this.land(headers.get("location") ?? "");
      },
      /**
       * Buys; answers what the shop calls the order.
       * @param {Record<string, string>} fields what the form has instead
       */
      async buy(fields = {}) {
        const body = new URLSearchParams({ gw, email: `${Math.random()}@example.org`, ...fields });
        const said = await (await go(`${shop.origin}/orders`, { method: "POST", body })).text();
        return /order is (?:<b>)?([\w-]+)/.exec(said)?.[1] ?? said;
      },
      /**
       * Whose credit an order is, once it is reported.
       * @param {string} order
       */
      async credit(order) {
        let sale;
        await until(async () => {
          const { items } = await worker.ok("GET", `/v1/conversions?program=${shop.slug}`);
          sale = items.find(({ order_id }) => order_id === order);
          return sale !== undefined || shop.said();
        }, `order ${order}`);
        const { items } = await worker.ok("GET", `/v1/programs/${shop.slug}/advocates`);
        return items.find(({ id }) => id === sale.advocate)?.name;
      },
    };
  }

  for (const [touch, winner] of /** @type {const} */ ([["first", "maya"], ["last", "noah"]])) {
    test(`${name}: of two clicks the ${touch} one has the credit for an order of some days later`, async (t) => {
      const shop = await open(t, `${name}-${touch}`, { touch });
      const visitor = somebody(shop);
      const first = await visitor.click(await shop.link("email", "maya"));
      assert.match(first, /^c[0-9A-Za-z]{48}$/);
      const second = await visitor.click(await shop.link("social", "noah"));
      assert.equal(first === second, touch === "first");
      // They come back by themselves, so that only the cookie knows.
      assert.equal(await visitor.land(`${shop.origin}/`), "");
      assert.deepEqual(visitor.jar(), { gw: second });
      assert.equal(await visitor.credit(await visitor.buy()), winner);
    });
  }

  test(`${name}: what proves nothing loses no sale, and breaks out of nothing`, async (t) => {
    const shop = await open(t, `${name}-forged`);
    const visitor = somebody(shop);
    assert.equal(await visitor.land(`${shop.origin}/?gw=${encodeURIComponent('"><script>')}`), "");
    assert.equal(await visitor.land(`${shop.origin}/?gw=a%0d%0aset-cookie:b`), "");
    assert.deepEqual(visitor.jar(), {});
    assert.equal(await visitor.credit(await visitor.buy()), undefined);
    const forged = `c1${"0".repeat(47)}`;
    assert.equal(await visitor.land(`${shop.origin}/?gw=${forged}`), forged);
    assert.equal(await visitor.credit(await visitor.buy()), undefined);
  });

  test(`${name}: what is at fault is left out, and the receipt that is not has the credit`, async (t) => {
    const shop = await open(t, `${name}-fault`);
    const forged = `c1${"0".repeat(47)}`;
    const visitor = somebody(shop);
    const receipt = await visitor.click(await shop.link("email", "maya"));
    assert.equal(await visitor.credit(await visitor.buy({ email: "nobody" })), "maya");
    // The cookie is asked where the form has nothing, or nothing true.
    assert.equal(await visitor.credit(await visitor.buy({ gw: "nonsense" })), "maya");
    assert.equal(await visitor.credit(await visitor.buy({ gw: forged, email: "nobody" })), "maya");
    // Without the cookie, the other receipts of goodword.js.
    assert.equal(await somebody(shop).buy({ gw: forged, gw_click: `${forged} ${receipt}` }).then(visitor.credit), "maya");
  });

  test(`${name}: under Global Privacy Control the form alone has the receipt`, async (t) => {
    const shop = await open(t, `${name}-private`);
    const visitor = somebody(shop, { "sec-gpc": "1" });
    assert.match(await visitor.click(await shop.link("email", "maya")), /^c/);
    assert.deepEqual(visitor.jar(), {});
    assert.equal(await visitor.credit(await visitor.buy()), "maya");
  });

  test(`${name}: a sale that could not be reported is reported again`, async (t) => {
    const shop = await open(t, `${name}-again`);
    const visitor = somebody(shop);
    await visitor.click(await shop.link("email", "maya"));
    await worker.faults("DB");
    const logged = worker.log.length;
    const order = await visitor.buy();
    await until(() => worker.log.length > logged, "the first report");
    await worker.faults();
    assert.equal(await visitor.credit(order), "maya");
  });
}
