// The self-check and the archive in workerd: D1's numbers, KV, R2, cron.

import assert from "node:assert/strict";
import { test } from "node:test";
import { click, program, start, until } from "./worker.mjs";

/** Runs cron. */
async function cron(worker) {
  const target = await worker.mf.getWorker();
  await target.scheduled({ cron: "*/5 * * * *" });
}

test("what differs shows in health and is mended by one call", async () => {
  const worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  try {
    const demo = await program(worker);
    for (const channel of ["email", "email", "social"]) await click(demo.links[channel]);
    await until(async () => (await worker.ok("GET", "/v1/stats?program=demo")).total.clicks.human === 3, "counted");
    const before = await worker.ok("GET", "/v1/stats?program=demo");
    await cron(worker);
    const health = await worker.ok("GET", "/v1/health");
    assert.equal(health.status, "ok");
    assert.ok(health.checks.every(({ checked_at }) => checked_at), JSON.stringify(health));

    await worker.db.prepare("UPDATE tallies_by_hour SET count = count + 5, new_visitors = 0").run();
    await worker.db.prepare("DELETE FROM tallies_by_advocate").run();
    const kv = await worker.mf.getKVNamespace("CONFIG");
    const snapshot = JSON.parse(String(await kv.get("snapshot")));
    snapshot.programs[0].cookie = !snapshot.programs[0].cookie;
    await kv.put("snapshot", JSON.stringify(snapshot));
    const { items } = await worker.ok("POST", "/v1/checks", {});
    assert.deepEqual(items.map(({ name, differences }) => [name, differences > 0]),
      [["clicks", true], ["ledger", false], ["outbox", false], ["snapshot", true]]);
    assert.equal((await worker.ok("GET", "/v1/health")).status, "differs");
    for (const check of ["clicks", "snapshot"]) {
      const repaired = await worker.ok("POST", "/v1/checks/repair", { check });
      assert.ok(repaired.did.length > 0);
      assert.deepEqual(repaired.check.details, []);
      assert.deepEqual((await worker.ok("POST", "/v1/checks/repair", { check })).did, []);
    }
    assert.equal((await worker.ok("GET", "/v1/health")).status, "ok");
    assert.deepEqual(await worker.ok("GET", "/v1/stats?program=demo"), before);
    snapshot.programs[0].cookie = !snapshot.programs[0].cookie;
    assert.deepEqual(JSON.parse(String(await kv.get("snapshot"))), snapshot);
    assert.deepEqual(worker.log, []);
  } finally {
    await worker.stop();
  }
});

test("old clicks are in R2 and out of D1, and their tallies stay", async () => {
  const worker = await start({ vars: { CLICK_RETENTION_DAYS: "35" }, archive: true });
  try {
    await program(worker);
    const old = Date.now() - 40 * 86_400_000;
    const clicks = Array.from({ length: 5_000 }, (_, n) => ({
      id: (BigInt(old) << 80n | BigInt(n)).toString(16).padStart(32, "0"),
      at: old, program: 1, advocate: 1, medium: n % 16, destination: 0, label: 0, class: n % 3, reason: 0, rules: 1,
      visitor: n % 3 ? "" : (n % 100).toString(16).padStart(16, "0"), offset: 0,
    }));
    const target = await worker.mf.getWorker();
    for (let n = 0; n < clicks.length; n += 100) {
      const body = JSON.stringify({ v: 1, clicks: clicks.slice(n, n + 100) });
      await target.queue("clicks", [{ id: String(n), timestamp: new Date(), attempts: 1, body }]);
    }
    const count = (table) => worker.db.prepare(`SELECT count(*) AS n FROM ${table}`).first("n");
    assert.equal(await count("clicks"), 5_000);
    const tallies = await worker.db.prepare("SELECT * FROM tallies_by_hour").all();
    await cron(worker);
    assert.deepEqual(worker.log, []);
    assert.equal(await count("clicks"), 0);
    assert.deepEqual((await worker.db.prepare("SELECT * FROM tallies_by_hour").all()).results, tallies.results);
    const bucket = await worker.mf.getR2Bucket("ARCHIVE");
    const { objects } = await bucket.list({ prefix: "clicks/" });
    assert.equal(objects.length, 2);
    const lines = (await Promise.all(objects.map(async ({ key }) => (await bucket.get(key))?.text())))
      .flatMap((text) => (text ?? "").trim().split("\n").map((line) => JSON.parse(line)));
    lines.sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(lines, clicks);
    const { items } = await worker.ok("GET", "/v1/archives");
    assert.equal(items.length, 1);
    assert.deepEqual([items[0].clicks, items[0].objects], [5_000, 2]);
    // What comes from then cannot be told from what was counted.
    const line = JSON.stringify({
      message: "clicks were not recorded; replay this line",
      "goodword.clicks": { v: 1, clicks: clicks.slice(0, 1) },
    });
    const replayed = await worker.ok("POST", "/v1/replays?format=lost", line, { "content-type": "text/plain" });
    assert.deepEqual([replayed.added, replayed.skipped], [0, 1]);
  } finally {
    await worker.stop();
  }
});
