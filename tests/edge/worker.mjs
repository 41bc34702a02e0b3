// The built Worker in workerd, with real local D1, KV and queue, and bindings
// that fail on demand. The faults stand in a module around the Worker, so that
// the build under test is the one that is deployed.

import { readFileSync, readdirSync } from "node:fs";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const ROOT = new URL("../../", import.meta.url);
/** @param {string} path */
const read = (path) => readFileSync(new URL(path, ROOT));

export const ADMIN_KEY = "gwk_test0000000000000000000000000000000000000000";
export const LINK_KEY = "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/** Wraps the Worker: `/__faults?set=DB,CONFIG,CLICKS:hang` says which bindings fail or never answer, `env.FAULTS` which fail from the start. */
const WRAPPER = `
import Worker from "./index.js";

/** A binding whose every method rejects. */
const broken = (binding, name) => new Proxy(binding, {
  get(target, property) {
    const value = Reflect.get(target, property);
    if (typeof value !== "function" || property === "constructor") return value;
    return () => {
      if (faults.has(name + ":hang")) return new Promise(() => {});
      throw new Error(name + " was made to fail");
    };
  },
});
/** D1 prepares synchronously and fails when it is asked. */
const brokenD1 = (binding) => new Proxy(binding, {
  get(target, property) {
    const value = Reflect.get(target, property);
    if (property === "batch") return () => Promise.reject(new Error("D1_ERROR: D1 was made to fail"));
    return typeof value === "function" && property !== "constructor" ? value.bind(target) : value;
  },
});

const named = (text) => new Set((text ?? "").split(",").filter(Boolean));
let faults;

export default class extends Worker {
  constructor(ctx, env) {
    faults ??= named(env.FAULTS);
    super(ctx, new Proxy(env, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (!faults.has(name) && !faults.has(name + ":hang")) return value;
        return name === "DB" ? brokenD1(value) : broken(value, name);
      },
    }));
  }
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/__faults") {
      faults = named(url.searchParams.get("set"));
      return new Response([...faults].join());
    }
    return super.fetch(request);
  }
}
`;

/**
 * Starts a Worker.
 * @param {{ vars?: Record<string, string>, port?: number, persist?: string, archive?: boolean }} options
 *   `archive`: with a bucket for old clicks
 */
export async function start({ vars = {}, port = 0, persist, archive = false } = {}) {
  /** @type {{ level: string, message: string }[]} */
  const log = [];
  const options = convertV4MiniflareOptions({
    name: "goodword",
    port,
    cf: false,
    handleStructuredLogs: ({ level, message }) => log.push({ level, message }),
    modules: [
      { type: "ESModule", path: "wrapper.js", contents: WRAPPER },
      { type: "ESModule", path: "index.js", contents: read("build/index.js").toString() },
      { type: "CompiledWasm", path: "index_bg.wasm", contents: read("build/index_bg.wasm") },
    ],
    compatibilityDate: "2026-04-01",
    bindings: { LINK_KEYS: LINK_KEY, ADMIN_KEY, ...vars },
    d1Databases: ["DB"],
    kvNamespaces: ["CONFIG"],
    ...(archive ? { r2Buckets: ["ARCHIVE"] } : {}),
    queueProducers: { CLICKS: { queueName: "clicks" } },
    ratelimits: { LIMITS: { namespace_id: "1790", simple: { limit: 10, period: 60 } } },
    queueConsumers: { clicks: { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 20 } },
  });
  const mf = new Miniflare({ ...options, ...(persist ? { resourcePersistencePath: persist } : {}) });
  const url = await mf.ready;
  const db = await mf.getD1Database("DB");
  const tables = await db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'programs'").first("n");
  for (const file of tables ? [] : readdirSync(new URL("migrations/", ROOT)).sort()) {
    for (const statement of statements(read(`migrations/${file}`).toString())) {
      await db.prepare(statement).run();
    }
  }
  const base = url.origin;
  const { api, ok } = client(base);

  return {
    mf,
    base,
    log,
    api,
    ok,
    db,
    /** @param {string[]} names */
    faults: async (...names) => { await fetch(`${base}/__faults?set=${names.join()}`); },
    stop: () => mf.dispose(),
  };
}

/** @typedef {Awaited<ReturnType<typeof start>>} Worker */

/**
 * Calls of the API of a Worker, with the operator's key.
 * @param {string} base its origin
 */
export function client(base) {
  /**
   * Calls the API; answers status, headers and the body, parsed where it is JSON.
   * @param {string} method
   * @param {string} path
   * @param {any} [body] a string and a stream go as they are
   * @param {Record<string, string>} headers
   * @returns {Promise<{ status: number, headers: Headers, body: any }>}
   */
  async function api(method, path, body, headers = {}) {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      ...(body instanceof ReadableStream ? { body, duplex: "half" } : {}),
    });
    const text = await response.text();
    const json = /\bjson$/.test(response.headers.get("content-type")?.split(";")[0] ?? "");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  /**
   * Calls the API, and is surprised by anything but success.
   * @param {string} method
   * @param {string} path
   * @param {any} [body]
   * @param {Record<string, string>} [headers]
   */
  async function ok(method, path, body, headers) {
    const answer = await api(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return { api, ok };
}

/**
 * The statements of a migration; a trigger ends with its `END;`. A comment begins
 * after a blank: names of domains have two hyphens too.
 * @param {string} sql
 */
function statements(sql) {
  const found = [];
  let rest = sql.replace(/(^|\s)--.*$/gm, "$1").trim();
  while (rest) {
    const end = /^CREATE TRIGGER/i.test(rest) ? rest.search(/\bEND;/) + 4 : rest.indexOf(";") + 1;
    found.push(rest.slice(0, end));
    rest = rest.slice(end).trim();
  }
  return found;
}

/** A person's request. */
export const PERSON = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "accept-language": "en-GB,en;q=0.8",
  "sec-fetch-dest": "document",
};

/**
 * Follows a link as far as its first answer.
 * @param {string} url
 * @param {Record<string, string>} headers
 */
export function click(url, headers = {}, method = "GET") {
  return fetch(url, { method, redirect: "manual", headers: { ...PERSON, ...headers } });
}

/**
 * A program with one destination and an advocate, and a link of each channel.
 * @param {Worker} worker
 * @param {string} slug
 * @param {Record<string, unknown>} fields
 */
export async function program(worker, slug = "demo", fields = {}) {
  await worker.ok("POST", "/v1/programs", { slug, name: slug, ...fields });
  await worker.ok("POST", `/v1/programs/${slug}/destinations`, {
    slug: "home",
    url: "https://landing.example/hello?x=1#top",
  });
  const advocate = await worker.ok("POST", `/v1/programs/${slug}/advocates`, {
    external_id: "crm-1",
    kind: "customer",
    name: "Maya",
  });
  /** @type {Record<string, string>} */
  const links = {};
  for (const channel of ["email", "social", "verbal"]) {
    const link = await worker.ok("POST", "/v1/links", { program: slug, advocate: advocate.id, channel });
    links[channel] = link.url;
  }
  return { slug, advocate: advocate.id, links };
}

/**
 * Waits until `holds` does, or says what was there instead.
 * @param {() => unknown} holds answers `true`, or what there is instead
 * @param {string} what
 */
export async function until(holds, what, seconds = 10) {
  const end = Date.now() + seconds * 1_000;
  let seen;
  for (;;) {
    seen = await holds();
    if (seen === true) return;
    if (Date.now() > end) throw new Error(`${what}: still ${JSON.stringify(seen)} after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Clicks by class of each channel that has any.
 * @param {Worker} worker
 * @returns {Promise<Record<string, { human: number, suspected: number, bot: number }>>}
 */
export async function clicksByChannel(worker, slug = "demo") {
  const stats = await worker.ok("GET", `/v1/stats?program=${slug}&by=channel`);
  return Object.fromEntries(stats.rows
    .filter(({ clicks }) => clicks.human + clicks.suspected + clicks.bot > 0)
    .map(({ key, clicks }) => [key, clicks]));
}
