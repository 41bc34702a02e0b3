// Replay in workerd: what a log holds is counted once, whatever was there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PERSON, click, program, start, until } from "./worker.mjs";

const post = (worker, query, body) => worker.ok("POST", `/v1/replays?${query}`, body, { "content-type": "text/plain" });
const counts = ({ clicks, added, already, skipped }) => [clicks, added, already, skipped];

test("the lines that the Worker logs when no store takes clicks are read back in", async () => {
  const worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  try {
    const demo = await program(worker);
    await click(demo.links.email);
    await until(async () => (await worker.ok("GET", "/v1/stats?program=demo")).total.clicks.human === 1, "counted");
    await worker.faults("DB", "CLICKS");
    for (const channel of ["email", "social"]) await click(demo.links[channel]);
    await until(() => worker.log.filter(({ message }) => message.includes("replay this line")).length === 2, "lost", 30);
    await worker.faults();
    const log = worker.log.map(({ message }) => message).join("\n");
    const replayed = await post(worker, "format=lost", log);
    assert.deepEqual(counts(replayed).slice(0, 3), [2, 2, 0]);
    assert.deepEqual(counts(await post(worker, "format=lost", log)).slice(0, 3), [2, 0, 2]);
    assert.equal((await worker.ok("GET", "/v1/stats?program=demo")).total.clicks.human, 3);
  } finally {
    await worker.stop();
  }
});

test("an access log of 100,000 lines over two thirds of them ends with exact counts", { timeout: 180_000 }, async () => {
  const worker = await start();
  try {
    const demo = await program(worker);
    const links = Object.values(demo.links);
    const codes = links.map((link) => new URL(link).pathname);
    const advocate = await worker.db.prepare("SELECT number FROM advocates").first("number");
    const medium = await Promise.all(codes.map(async (path) => {
      const { link: { medium: name } } = await worker.ok("POST", "/v1/links/verify", { code: path.slice(1) });
      return worker.db.prepare("SELECT code FROM media WHERE name = ?1").bind(name).first("code");
    }));
    const begin = Date.now() - 30 * 3_600_000;
    const lines = [];
    const kept = [];
    for (let n = 0; n < 100_000; n += 1) {
      const at = begin + n * 1_000;
      const which = n * 7 % 3;
      lines.push(JSON.stringify({
        ClientIP: "192.0.2.7", ClientRequestMethod: "GET", ClientRequestURI: codes[which], ClientRequestUserAgent: PERSON["user-agent"],
        EdgeResponseStatus: 302, EdgeStartTimestamp: new Date(at).toISOString(), RayID: n.toString(16),
      }));
      if (n % 3 === 0) continue;
      const late = at + n * 31 % 900;
      kept.push({
        id: (BigInt(late) << 80n | 0x7n << 76n | BigInt(n)).toString(16).padStart(32, "0"), at: late, program: 1, advocate, medium: medium[which],
        destination: 0, label: 0, class: 0, reason: 0, rules: 1, visitor: "", offset: 0,
      });
    }
    const target = await worker.mf.getWorker();
    for (let n = 0; n < kept.length; n += 1_000) {
      const messages = Array.from({ length: 10 }, (_, m) => kept.slice(n + m * 100, n + m * 100 + 100)).filter((part) => part.length)
        .map((clicks, m) => ({ id: `${n}.${m}`, timestamp: new Date(), attempts: 1, body: JSON.stringify({ v: 1, clicks }) }));
      await target.queue("clicks", messages);
    }
    const count = () => worker.db.prepare("SELECT count(*) AS n FROM clicks").first("n");
    assert.equal(await count(), kept.length);
    const log = `${lines.join("\n")}\n`;
    const began = Date.now();
    const replayed = await post(worker, "format=logpush", log);
    const took = Date.now() - began;
    assert.deepEqual(counts(replayed), [100_000, 100_000 - kept.length, kept.length, 0]);
    assert.equal(await count(), 100_000);
    assert.deepEqual(counts(await post(worker, "format=logpush", log)), [100_000, 0, 100_000, 0]);
    const { total } = await worker.ok("GET", "/v1/stats?program=demo");
    assert.equal(total.clicks.human, 100_000);
    assert.ok(took < 60_000, `it took ${took} ms`);
    console.log(`100,000 lines in ${took} ms`);
  } finally {
    await worker.stop();
  }
});
