// Webhooks of the running Worker: the official library verifies them, and no receiver,
// however it behaves, loses an event or keeps the others from theirs.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { program, start, until } from "./worker.mjs";

/** @typedef {import("./worker.mjs").Worker} Worker */
/** @typedef {{ path: string, headers: Record<string, string>, body: string }} Received */

/** A server that answers by path as a test has it, and keeps what it got. */
async function receiver() {
  /** @type {Received[]} */
  const received = [];
  /** @type {Map<string, (response: import("node:http").ServerResponse, nth: number) => void>} */
  const behaviours = new Map();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => { body += chunk; });
    request.on("end", () => {
      const path = String(request.url);
      received.push({ path, headers: /** @type {any} */ (request.headers), body });
      const nth = received.filter((one) => one.path === path).length;
      const behave = behaviours.get(path) ?? ((/** @type {any} */ r) => r.writeHead(204).end());
      behave(response, nth);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    /** @param {string} path */
    at: (path) => received.filter((one) => one.path === path),
    behaviours,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A round, as cron has one each minute. @param {Worker} worker */
async function cron(worker) {
  const target = await worker.mf.getWorker();
  await target.scheduled({ cron: "* * * * *" });
}

/** All that waits is due. @param {Worker} worker */
const hurry = (worker) => worker.db.batch([
  worker.db.prepare("UPDATE deliveries SET due_at = 0 WHERE state = 'waiting'"),
  worker.db.prepare("UPDATE webhooks SET busy_until = 0, lease = NULL"),
]);

/** @param {Worker} worker @param {string} slug */
const label = (worker, slug) => worker.ok("POST", "/v1/programs/demo/labels", { slug });

/** @param {Worker} worker @param {string} url */
const webhook = (worker, url, types = ["label.created"]) => worker.ok("POST", "/v1/webhooks", { url, types });

/** @param {Received} one */
const labelOf = ({ body }) => JSON.parse(body).data.label;

/** @type {Worker} */
let worker;
/** @type {Awaited<ReturnType<typeof receiver>>} */
let others;
before(async () => {
  others = await receiver();
  worker = await start({ vars: { WEBHOOK_TARGETS: "any" } });
  await program(worker);
});
after(async () => {
  await worker.stop();
  others.stop();
});

test("the official library verifies what arrives after a call, in order, also while a secret is replaced", async () => {
  const made = await webhook(worker, `${others.url}/verified`);
  for (const slug of ["v1", "v2", "v3"]) await label(worker, slug);
  const got = () => others.at("/verified");
  await until(() => got().length === 3 || got().length, "delivered by the round after the call");
  assert.deepEqual(got().map(labelOf), ["v1", "v2", "v3"]);
  const sequences = got().map(({ body }) => JSON.parse(body).sequence);
  assert.deepEqual(sequences, [...sequences].sort((a, b) => a - b));
  for (const { headers, body } of got()) {
    const event = /** @type {any} */ (new Webhook(made.secret).verify(body, headers));
    assert.equal(event.id, headers["webhook-id"]);
    assert.equal(event.program, "demo");
    assert.match(headers["user-agent"], /^Goodword/);
    assert.equal(headers["content-type"], "application/json");
    assert.throws(() => new Webhook(made.secret).verify(body.replace("demo", "evil"), headers));
    assert.throws(() => new Webhook(`whsec_${btoa("x".repeat(32))}`).verify(body, headers));
  }
  const { secret } = await worker.ok("POST", `/v1/webhooks/${made.id}/rotate`, {});
  await label(worker, "v4");
  await until(() => got().length === 4 || got().length, "delivered with both");
  const { headers, body } = got()[3];
  for (const one of [made.secret, secret]) new Webhook(one).verify(body, headers);
  await worker.ok("DELETE", `/v1/webhooks/${made.id}`);
});

test("a receiver that fails ten times gets the event at last, with the same id", async () => {
  others.behaviours.set("/failing", (response, nth) => response.writeHead(nth > 10 ? 200 : 500).end("not now"));
  const made = await webhook(worker, `${others.url}/failing`);
  await label(worker, "f1");
  await until(() => others.at("/failing").length === 1, "tried");
  for (let nth = 2; nth <= 11; nth += 1) {
    await until(async () => (await worker.ok("GET", `/v1/webhooks/${made.id}/deliveries`)).items[0].attempts === nth - 1, "noted");
    await cron(worker);
    assert.equal(others.at("/failing").length, nth - 1, "not before it is due");
    await hurry(worker);
    await cron(worker);
    assert.equal(others.at("/failing").length, nth);
  }
  const [first, ...rest] = others.at("/failing");
  for (const { headers, body } of rest) {
    assert.equal(headers["webhook-id"], first.headers["webhook-id"]);
    assert.equal(body, first.body);
    new Webhook(made.secret).verify(body, headers);
  }
  const event = first.headers["webhook-id"];
  const delivery = await worker.ok("GET", `/v1/webhooks/${made.id}/deliveries/${event}`);
  assert.equal(delivery.state, "delivered");
  assert.equal(delivery.body, first.body);
  assert.deepEqual(delivery.log.map(({ status }) => status), [200, ...Array(10).fill(500)]);
  assert.equal(delivery.log[1].answer, "not now");
  assert.ok(delivery.log[1].took_ms >= 0);
  await worker.ok("DELETE", `/v1/webhooks/${made.id}`);
});

test("those that hang, drip, redirect, answer 410 or with 10 MB are survived, and others are served meanwhile", async () => {
  others.behaviours.set("/hanging", () => {});
  others.behaviours.set("/dripping", (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("."), 200);
    response.on("close", () => clearInterval(timer));
  });
  others.behaviours.set("/redirecting", (response) => response.writeHead(302, { location: `${others.url}/secret` }).end());
  others.behaviours.set("/gone", (response) => response.writeHead(410).end());
  others.behaviours.set("/huge", (response) => response.writeHead(200).end("x".repeat(10_000_000)));
  const names = ["hanging", "dripping", "redirecting", "gone", "huge", "well"];
  /** @type {Record<string, string>} */
  const ids = {};
  for (const name of names) ids[name] = (await webhook(worker, `${others.url}/${name}`)).id;
  await label(worker, "m1");
  await until(() => others.at("/well").length === 1, "who is well has it");
  /** @param {string} name */
  const last = async (name) => (await worker.ok("GET", `/v1/webhooks/${ids[name]}/deliveries`)).items[0];
  const tried = async () => {
    const all = await Promise.all(names.map(last));
    return all.every(({ attempts }) => attempts === 1) || all.map(({ attempts }) => attempts).join();
  };
  await until(tried, "each was tried", 25);
  const outcomes = Object.fromEntries(await Promise.all(names.map(async (name) => {
    const { state, status, error } = await last(name);
    return [name, [state, status, error]];
  })));
  assert.deepEqual(outcomes.well, ["delivered", 204, null]);
  assert.deepEqual(outcomes.huge, ["delivered", 200, null]);
  assert.deepEqual(outcomes.redirecting, ["waiting", 302, "it redirects elsewhere, which is not followed"]);
  assert.equal(others.at("/secret").length, 0);
  assert.equal(outcomes.gone[0], "failed");
  const gone = await worker.ok("GET", `/v1/webhooks/${ids.gone}`);
  assert.deepEqual([gone.status, gone.failed], ["disabled", 1]);
  for (const name of ["hanging", "dripping"]) {
    assert.equal(outcomes[name][0], "waiting", name);
    assert.equal(outcomes[name][1], null, name);
    assert.match(outcomes[name][2], /time/i, name);
  }
  const { items } = await worker.ok("GET", `/v1/webhooks/${ids.huge}/deliveries`);
  const huge = await worker.ok("GET", `/v1/webhooks/${ids.huge}/deliveries/${items[0].event}`);
  assert.equal(huge.log[0].answer, "x".repeat(500));
  for (const id of Object.values(ids)) await worker.ok("DELETE", `/v1/webhooks/${id}`);
});

test("a test event arrives, and what was delivered is replayed with the id that it had", async () => {
  const made = await webhook(worker, `${others.url}/replayed`);
  const { event } = await worker.ok("POST", `/v1/webhooks/${made.id}/test`, { type: "label.created" });
  const got = () => others.at("/replayed");
  await until(() => got().length === 1, "the test arrives");
  const tried = /** @type {any} */ (new Webhook(made.secret).verify(got()[0].body, got()[0].headers));
  assert.deepEqual([tried.id, tried.type, tried.data.example.type], [event, "webhook.test", "label.created"]);
  await label(worker, "r1");
  await until(() => got().length === 2, "an event arrives");
  await until(async () => (await worker.ok("GET", `/v1/webhooks/${made.id}`)).waiting === 0, "and is noted");
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const until_ = new Date(Date.now() + 3_600_000).toISOString();
  const { replayed } = await worker.ok("POST", `/v1/webhooks/${made.id}/replay`, { since, until: until_ });
  assert.ok(replayed > 2, "those of before, too");
  await until(async () => {
    await cron(worker);
    const { waiting } = await worker.ok("GET", `/v1/webhooks/${made.id}`);
    return waiting === 0 || waiting;
  }, "all arrive");
  const again = got().filter(({ headers }) => headers["webhook-id"] === got()[1].headers["webhook-id"]);
  assert.deepEqual(again.map(({ body }) => body), [got()[1].body, got()[1].body]);
  await worker.ok("DELETE", `/v1/webhooks/${made.id}`);
});

test("a private target is refused where targets have to be public, by text and by name", async () => {
  const resolver = await receiver();
  const guarded = await start({ vars: { RESOLVER_URL: `${resolver.url}/dns-query` } });
  try {
    await program(guarded);
    for (const url of [`${others.url}/`, "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://2130706433/", "https://localhost/"]) {
      const { status, body } = await guarded.api("POST", "/v1/webhooks", { url });
      assert.deepEqual([status, body.errors?.[0].field], [422, "url"], url);
    }
    for (const kind of ["A", "AAAA"]) {
      resolver.behaviours.set(`/dns-query?name=rebound%2Eexample%2Ecom&type=${kind}`, (response) => {
        const data = kind === "A" ? "127.0.0.1" : "::1";
        response.writeHead(200, { "content-type": "application/dns-json" }).end(JSON.stringify({ Status: 0, Answer: [{ data }] }));
      });
    }
    const made = await webhook(guarded, "https://rebound.example.com/in");
    await label(guarded, "p1");
    const first = async () => (await guarded.ok("GET", `/v1/webhooks/${made.id}/deliveries`)).items[0];
    await until(async () => (await first()).attempts === 1, "tried");
    const { state, error } = await first();
    assert.deepEqual([state, error], ["waiting", "`rebound.example.com` has a private address, 127.0.0.1"]);
    assert.equal(resolver.received.length, 2);
  } finally {
    await guarded.stop();
    resolver.stop();
  }
});

test("killed between the commit and the delivery, the event still arrives, with its id", async () => {
  const persist = await mkdtemp(join(tmpdir(), "goodword-webhooks-"));
  // Nobody answers until the Worker is killed: the round after the call comes to nothing.
  others.behaviours.set("/killed", () => {});
  let mortal = await start({ persist, vars: { WEBHOOK_TARGETS: "any" } });
  try {
    await program(mortal);
    const made = await webhook(mortal, `${others.url}/killed`);
    await label(mortal, "k1");
    const [event] = (await mortal.ok("GET", "/v1/events?type=label.created")).items;
    await until(() => others.at("/killed").length === 1, "the delivery is under way");
    await mortal.stop();
    others.behaviours.delete("/killed");
    mortal = await start({ persist, vars: { WEBHOOK_TARGETS: "any" } });
    await cron(mortal);
    assert.equal(others.at("/killed").length, 1, "whoever was killed might still be at it");
    await mortal.db.prepare("UPDATE webhooks SET busy_until = 0").run();
    await cron(mortal);
    const [lost, arrived] = others.at("/killed");
    assert.equal(arrived.headers["webhook-id"], event.id);
    assert.equal(arrived.body, lost.body);
    new Webhook(made.secret).verify(arrived.body, arrived.headers);
    const { items } = await mortal.ok("GET", `/v1/webhooks/${made.id}/deliveries`);
    assert.deepEqual(items.map(({ state, attempts }) => [state, attempts]), [["delivered", 1]]);
  } finally {
    await mortal.stop();
    await rm(persist, { recursive: true, force: true });
  }
});
