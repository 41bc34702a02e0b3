// Counting: every click once, however it comes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { click, clicksByChannel, program, start, until } from "./worker.mjs";

const AGENTS = {
  human: {},
  suspected: { "user-agent": "" },
  bot: { "user-agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)" },
};

/** Sends so many clicks of each channel and class at once, mixed. */
async function storm(links, each) {
  const wanted = {};
  const all = [];
  for (const [channel, byClass] of Object.entries(each)) {
    wanted[channel] = { human: 0, suspected: 0, bot: 0, ...byClass };
    for (const [kind, count] of Object.entries(byClass)) {
      for (let n = 0; n < count; n += 1) all.push([links[channel], AGENTS[kind]]);
    }
  }
  // A fixed shuffle: the same storm each time.
  all.sort(() => 0).forEach((_, index) => {
    const other = (index * 7_919) % all.length;
    [all[index], all[other]] = [all[other], all[index]];
  });
  const workers = Array.from({ length: 32 }, async () => {
    for (let next = all.pop(); next; next = all.pop()) {
      const response = await click(next[0], next[1]);
      assert.equal(response.status, 302);
      await response.body?.cancel();
    }
  });
  await Promise.all(workers);
  return wanted;
}

const EACH = {
  email: { human: 500, suspected: 100, bot: 67 },
  social: { human: 400, suspected: 150, bot: 116 },
  verbal: { human: 600, suspected: 17, bot: 50 },
};

for (const [sink, window] of [["queue", "250"], ["queue", "0"], ["direct", "50"]]) {
  test(`2,000 mixed clicks over 3 channels are counted exactly (${sink}, window ${window} ms)`, async () => {
    const worker = await start({ vars: { CLICK_SINK: sink, CLICK_WINDOW_MS: window } });
    try {
      const demo = await program(worker);
      const wanted = await storm(demo.links, EACH);
      await until(async () => {
        const seen = await clicksByChannel(worker);
        return JSON.stringify(seen) === JSON.stringify(wanted) || seen;
      }, `${sink}: counts`, 60);
      const raw = await worker.db.prepare("SELECT count(*) AS n FROM clicks").first("n");
      assert.equal(raw, 2_000);
      const byAdvocate = await worker.ok("GET", "/v1/stats?program=demo&by=advocate");
      assert.equal(byAdvocate.rows[0].clicks.human, 1_500);
      assert.equal(byAdvocate.total.clicks.bot, 233);
      assert.deepEqual(worker.log, []);
    } finally {
      await worker.stop();
    }
  });
}

/** A message of so many clicks, as the Worker sends it. */
function message(count, { visitor = (n) => n.toString(16).padStart(16, "0") } = {}) {
  const clicks = Array.from({ length: count }, (_, n) => ({
    id: (0x019a_bcde_f012_7000n << 64n | BigInt(n)).toString(16).padStart(32, "0"),
    at: 1_790_000_000_000 + n,
    program: 1,
    advocate: 1 + (n % 7),
    medium: n % 16,
    destination: 0,
    label: 0,
    class: n % 3,
    reason: 0,
    rules: 1,
    visitor: visitor(n),
    offset: 120,
  }));
  return JSON.stringify({ v: 1, clicks });
}

test("the same queue batch delivered three times changes nothing, and a click writes three rows", async () => {
  const worker = await start();
  try {
    await program(worker);
    const target = await worker.mf.getWorker();
    const deliver = (...texts) => target.queue("clicks",
      texts.map((body, index) => ({ id: String(index), timestamp: new Date(), attempts: 1, body })));
    const snapshot = async () => {
      const tables = ["clicks", "tallies_by_hour", "tallies_by_advocate"];
      return Promise.all(tables.map(async (table) => (await worker.db.prepare(`SELECT * FROM ${table}`).all()).results));
    };
    const first = await deliver(message(100), message(150));
    assert.equal(first.outcome, "ok");
    const once = await snapshot();
    assert.equal(once[0].length, 150);
    await deliver(message(100), message(150));
    await deliver(message(150));
    assert.deepEqual(await snapshot(), once);
    // What cannot be read is logged whole and stops nothing.
    const odd = await deliver("{\"v\":9,\"clicks\":[]}", "nonsense", message(151));
    assert.equal(odd.outcome, "ok");
    assert.equal((await snapshot())[0].length, 151);
    const lines = worker.log.map(({ message: text }) => JSON.parse(text));
    assert.deepEqual(lines.map((line) => line["goodword.text"]), ["{\"v\":9,\"clicks\":[]}", "nonsense"]);
    // Rows written: a click, and two tallies that are new each time.
    const clicks = JSON.parse(message(100)).clicks.map((one, n) => ({
      ...one, id: one.id.replace(/^019/, "01b"), medium: n % 16, advocate: 1_000 + n, at: one.at + n * 3_600_000,
    }));
    const { meta } = await worker.db.prepare(INSERT).bind(JSON.stringify(clicks)).run();
    assert.equal(meta.rows_written, 300);
  } finally {
    await worker.stop();
  }
});

// The Worker's own statement.
const INSERT = /const INSERT: &str = "([^"]*)";/.exec(
  readFileSync(new URL("../../src/store/clicks.rs", import.meta.url)).toString())?.[1] ?? "";

test("a visitor is unique once in each channel and once in the program", async () => {
  const worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  try {
    const demo = await program(worker);
    for (const channel of ["email", "email", "social"]) await click(demo.links[channel]);
    await click(demo.links.social, { "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0" });
    await until(async () => (await worker.ok("GET", "/v1/stats?program=demo")).total.clicks.human === 4, "counted");
    const stats = await worker.ok("GET", "/v1/stats?program=demo");
    const uniques = Object.fromEntries(stats.rows.map(({ key, uniques: n }) => [key, n]));
    assert.deepEqual([uniques.email, uniques.social, uniques.verbal, stats.total.uniques], [1, 2, 0, 2]);
    const stored = await worker.db.prepare("SELECT * FROM clicks").all();
    assert.ok(stored.results.every((click) => /** @type {number[]} */ (click.visitor).length === 8), "an isolate's first click is hashed too");
    assert.ok(!JSON.stringify(stored.results).includes("127.0.0.1"));
  } finally {
    await worker.stop();
  }
});
