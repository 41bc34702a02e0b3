// Faults: the answer waits for no store and fails for no store, and a click is
// either counted or stands whole in the log.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { click, clicksByChannel, program, start, until } from "./worker.mjs";

const human = async (worker) => (await clicksByChannel(worker)).email?.human ?? 0;

function lost(worker) {
  return worker.log
    .map(({ message }) => JSON.parse(message))
    .filter((line) => line.message === "clicks were not recorded; replay this line");
}

async function redirects(link) {
  const response = await click(link);
  assert.equal(response.status, 302);
  assert.equal(new URL(response.headers.get("location") ?? "").origin, "https://landing.example");
}

test("a warm isolate redirects whatever fails", async () => {
  const worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  try {
    const { links } = await program(worker);
    await redirects(links.email);
    await until(async () => (await human(worker)) === 1, "counted");

    await worker.faults("CLICKS");
    await redirects(links.email);
    await until(async () => (await human(worker)) === 2, "counted straight into D1 without the queue");

    await worker.faults("CONFIG");
    await redirects(links.email);
    await until(async () => (await human(worker)) === 3, "counted without KV");

    await worker.faults("DB");
    await redirects(links.email);
    await worker.faults();
    await until(async () => (await human(worker)) === 4, "counted when D1 is back: the queue delivers again", 20);
    assert.deepEqual(lost(worker), []);

    await worker.faults("DB", "CONFIG", "CLICKS");
    await redirects(links.email);
    await redirects(links.social);
    await until(async () => lost(worker).length === 2, "logged", 20);
    await worker.faults();
    const clicks = lost(worker).flatMap((line) => line["goodword.clicks"].clicks);
    assert.deepEqual(clicks.map(({ medium }) => medium).sort(), [0, 6]);

    // The line holds the whole message: delivered again, it is counted.
    const target = await worker.mf.getWorker();
    for (const _ of [1, 2]) {
      await target.queue("clicks", lost(worker).map((line, index) => ({
        id: String(index), timestamp: new Date(), attempts: 1, body: JSON.stringify(line["goodword.clicks"]),
      })));
    }
    assert.equal(await human(worker), 5);
  } finally {
    await worker.stop();
  }
});

test("clicks that overlap, fill messages and outlive their clients are all counted", async () => {
  const worker = await start({ vars: { CLICK_WINDOW_MS: "300" } });
  try {
    const { links } = await program(worker);
    // The leader's client hangs up before the window is over; 240 others fill
    // two messages and leave a rest.
    const abort = new AbortController();
    const leader = await fetch(links.email, { redirect: "manual", signal: abort.signal, headers: { "user-agent": "" } });
    assert.equal(leader.status, 302);
    abort.abort();
    await Promise.all(Array.from({ length: 240 }, () => redirects(links.email)));
    await until(async () => {
      const { email } = await clicksByChannel(worker);
      return (email?.human === 240 && email.suspected === 1) || email;
    }, "counted", 20);
  } finally {
    await worker.stop();
  }
});

test("a store that never answers holds up neither an answer nor the other way", async () => {
  const worker = await start({ vars: { CLICK_WINDOW_MS: "0" } });
  try {
    const { links } = await program(worker);
    await redirects(links.email);
    await until(async () => (await human(worker)) === 1, "counted");
    await worker.faults("CLICKS:hang");
    await redirects(links.email);
    await until(async () => (await human(worker)) === 2, "counted straight into D1", 25);
  } finally {
    await worker.stop();
  }
  const persist = mkdtempSync(join(tmpdir(), "goodword-"));
  try {
    const first = await start({ persist });
    const { links } = await program(first);
    await first.stop();
    const cold = await start({ persist, vars: { FAULTS: "CONFIG:hang" } });
    try {
      await redirects(cold.base + new URL(links.email).pathname);
    } finally {
      await cold.stop();
    }
  } finally {
    rmSync(persist, { recursive: true, force: true });
  }
});

test("a cold isolate redirects without KV, without D1, and says so without both", async () => {
  const persist = mkdtempSync(join(tmpdir(), "goodword-"));
  try {
    const first = await start({ persist });
    const { links } = await program(first);
    await first.stop();
    const path = new URL(links.email).pathname;
    for (const faults of ["CONFIG", "DB", "CLICKS"]) {
      const cold = await start({ persist, vars: { FAULTS: faults } });
      try {
        await redirects(cold.base + path);
      } finally {
        await cold.stop();
      }
    }
    const dark = await start({ persist, vars: { FAULTS: "DB,CONFIG,CLICKS" } });
    try {
      const response = await click(dark.base + path);
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("retry-after"), "1");
      await dark.faults();
      await redirects(dark.base + path);
    } finally {
      await dark.stop();
    }
  } finally {
    rmSync(persist, { recursive: true, force: true });
  }
});

test("a configuration that KV refused at first is published when KV takes it again", async () => {
  const worker = await start();
  try {
    await program(worker);
    await worker.faults("CONFIG");
    await worker.ok("PATCH", "/v1/programs/demo", { touch: "first" });
    await worker.faults();
    const kv = await worker.mf.getKVNamespace("CONFIG");
    await until(async () => {
      const snapshot = JSON.parse(await kv.get("snapshot") ?? "{}");
      return snapshot.programs[0].touch === "first" || snapshot;
    }, "published", 15);
  } finally {
    await worker.stop();
  }
});

test("a configuration that could not be published is published by cron", async () => {
  const worker = await start();
  try {
    await program(worker);
    await worker.faults("CONFIG");
    const changed = await worker.api("PATCH", "/v1/programs/demo", { touch: "first" });
    assert.equal(changed.status, 200);
    await worker.faults();
    const kv = await worker.mf.getKVNamespace("CONFIG");
    const published = async () => JSON.parse(await kv.get("snapshot") ?? "").programs[0].touch;
    assert.equal(await published(), "last");
    const target = await worker.mf.getWorker();
    await target.scheduled({ cron: "*/5 * * * *" });
    assert.equal(await published(), "first");
    const salts = await kv.list({ prefix: "salt:" });
    assert.ok(salts.keys.length >= 1);
    for (const { expiration } of salts.keys) {
      assert.ok(Number(expiration) * 1_000 - Date.now() <= 48 * 3_600_000);
    }
  } finally {
    await worker.stop();
  }
});

test("missing and weak secrets are refused with a message that names them", async () => {
  for (const [vars, message] of /** @type {[Record<string, string>, RegExp][]} */ ([
    [{ LINK_KEYS: "" }, /LINK_KEYS is missing/],
    [{ LINK_KEYS: "1:00" }, /LINK_KEYS cannot be used: the key of kid `1` has fewer than 32 bytes/],
    [{ ADMIN_KEY: "short" }, /ADMIN_KEY is shorter than 32/],
    [{ CLICK_SINK: "nowhere" }, /CLICK_SINK must be/],
  ])) {
    const worker = await start({ vars });
    try {
      const response = await click(`${worker.base}/${"a".repeat(26)}`);
      assert.equal(response.status, 500);
      assert.equal(await response.text(), "");
      await until(async () => worker.log.some((line) => message.test(line.message)) || worker.log, "logged");
    } finally {
      await worker.stop();
    }
  }
});
