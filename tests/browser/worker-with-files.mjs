// The built Worker behind the files of public/, as wrangler.toml and
// public/_headers put it.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readConfig, unstable_splitSqlQuery as statements } from "wrangler";
import { ADMIN_KEY, LINK_KEY, client } from "../edge/worker.mjs";

const ROOT = new URL("../../", import.meta.url);
/** @param {string} path */
const read = (path) => readFileSync(new URL(path, ROOT));

/**
 * Starts it.
 * @param {{ vars?: Record<string, string>, limit?: number }} options `limit` a minute of what is limited
 */
export async function startWithFiles({ vars = {}, limit = 10 } = {}) {
  const { workerOptions } = readConfig(fileURLToPath(new URL("wrangler.toml", ROOT)));
  const mf = new Miniflare(convertV4MiniflareOptions({
    name: "goodword",
    cf: false,
    modules: [
      { type: "ESModule", path: "index.js", contents: read("build/index.js").toString() },
      { type: "CompiledWasm", path: "index_bg.wasm", contents: read("build/index_bg.wasm") },
    ],
    compatibilityDate: "2026-04-01",
    // wrangler has read public/_headers into it.
    ...(/** @type {Pick<import("miniflare").V4WorkerOptions, "assets">} */ ({ assets: workerOptions.assets })),
    bindings: { LINK_KEYS: LINK_KEY, ADMIN_KEY, ...vars },
    d1Databases: ["DB"],
    kvNamespaces: ["CONFIG"],
    ratelimits: { LIMITS: { namespace_id: "1790", simple: { limit, period: 60 } } },
    queueProducers: { CLICKS: { queueName: "clicks" } },
  }));
  const { origin } = await mf.ready;
  const db = await mf.getD1Database("DB");
  for (const file of readdirSync(new URL("migrations/", ROOT)).sort()) {
    await db.batch(statements(read(`migrations/${file}`).toString()).map((sql) => db.prepare(sql)));
  }
  return {
    origin,
    db,
    ...client(origin),
    adminKey: ADMIN_KEY,
    /** What a browser adds to a request of one of our own pages. */
    sameOrigin: { origin, "sec-fetch-site": "same-origin" },
    stop: () => mf.dispose(),
  };
}
