// A whole deployment out and back in, in workerd: the demo, with its year of clicks,
// leads and rewards, and what the API says of it in both places.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { program, start, until } from "./worker.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "goodword-moving-"));

/** @type {import("node:child_process").ChildProcess} */
let dev;
/** @type {{ base_url: string, admin_key: string }} */
let demo;
/** @type {import("./worker.mjs").Worker} */
let copy;

before(async () => {
  const file = join(folder, "ready.json");
  const options = ["--port", `${await freePort()}`, "--mail-port", `${await freePort()}`, "--state", join(folder, "state"), "--ready-file", file];
  dev = spawn("cargo", ["xtask", "dev", ...options], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}` },
    stdio: "ignore",
  });
  await until(() => {
    if (dev.exitCode !== null) throw new Error("cargo xtask dev ended");
    return existsSync(file);
  }, "the demo", 600);
  demo = JSON.parse(readFileSync(file, "utf8"));
  copy = await start();
});
after(async () => {
  dev?.kill("SIGTERM");
  await copy?.stop();
  if (dev && dev.exitCode === null) await new Promise((resolve) => dev.on("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : 0));
    });
  });
}

/** What the demo answers, as it comes. @param {string} path */
async function asked(path) {
  const response = await fetch(demo.base_url + path, { headers: { authorization: `Bearer ${demo.admin_key}` } });
  assert.equal(response.status, 200, path);
  return response;
}

/** @param {string} path */
const said = async (path) => (await asked(path)).json();

/** The tables of an export's last line. @param {string} text */
function manifest(text) {
  const last = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
  // Each deployment has an audit log of its own, and no key opens both.
  return last.manifest.tables.filter(({ name }) => name !== "audit" && name !== "api_keys");
}

test("the demo comes back with every number and every reason", { timeout: 600_000 }, async () => {
  const text = await (await asked("/v1/export")).text();
  const rows = text.trimEnd().split("\n").length;
  assert.ok(rows > 10_000, `${rows} lines`);

  // Cut in the middle, and sent again.
  const cut = text.slice(0, text.length / 2);
  const half = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(cut));
      setTimeout(() => controller.error(new Error("cut")), 1_000);
    },
  });
  const type = { "content-type": "application/x-ndjson" };
  await assert.rejects(copy.api("POST", "/v1/restore", half, type));
  await until(async () => Number(await copy.db.prepare("SELECT lines FROM restores").first("lines")) > 1_000, "half of it");
  const begun = Date.now();
  const restored = await copy.ok("POST", "/v1/restore", text, type);
  console.log(`${rows} lines, ${text.length} bytes, read in within ${Date.now() - begun} ms`);
  assert.deepEqual(restored, { finished: true, lines: rows, differences: [] });
  assert.deepEqual(await copy.ok("POST", "/v1/restore", text, type), restored);

  const again = await copy.api("GET", "/v1/export");
  assert.deepEqual(manifest(again.body), manifest(text));

  const programs = (await said("/v1/programs")).items.map(({ slug }) => slug);
  const paths = ["/v1/programs", "/v1/reps"];
  for (const slug of programs) {
    const period = `program=${slug}&from=2025-10-01&to=2026-10-31`;
    for (const by of ["channel", "medium", "destination", "day", "advocate"]) paths.push(`/v1/stats?${period}&by=${by}`);
    for (const by of ["channel", "medium", "advocate", "owner", "segment"]) paths.push(`/v1/stats/funnel?${period}&by=${by}`);
    paths.push(`/v1/stats/series?${period}`, `/v1/stats/quarter?program=${slug}&quarter=2026-Q3`, `/v1/stats/advocates?program=${slug}`);
    for (const list of ["leads", "rewards", "payouts", "conversions"]) paths.push(`/v1/${list}?program=${slug}&limit=200`);
    const { items } = await said(`/v1/leads?program=${slug}&limit=200`);
    for (const { id } of items) paths.push(`/v1/leads/${id}`, `/v1/leads/${id}/why`);
    const advocates = await said(`/v1/programs/${slug}/advocates?limit=200`);
    for (const { id } of advocates.items) paths.push(`/v1/programs/${slug}/advocates/${id}/statement`);
  }
  for (const path of paths) {
    const { status, body } = await copy.api("GET", path);
    assert.equal(status, 200, path);
    assert.deepEqual(body, await said(path), path);
  }
  console.log(`${paths.length} answers are the same`);

  // Nothing is owed that was not: cron finds nothing to write.
  const ledger = () => copy.db.prepare("SELECT count(*) AS n, sum(amount) AS amount FROM ledger").first();
  const standing = await ledger();
  await copy.db.prepare("UPDATE accounts SET changed = changed + 1").run();
  await (await copy.mf.getWorker()).scheduled({});
  assert.deepEqual(await ledger(), standing);
});

test("everything comes as a ZIP of CSVs, whose sums are those of its manifest", async () => {
  const archive = Buffer.from(await (await asked("/v1/export?format=csv")).arrayBuffer());
  const files = unzipped(archive);
  const { tables } = JSON.parse(files.get("manifest.json")?.toString() ?? "");
  assert.equal(files.size, tables.length + 1);
  for (const { name, rows, sha256 } of tables) {
    const file = files.get(`${name}.csv`) ?? Buffer.alloc(0);
    assert.equal(createHash("sha256").update(file).digest("hex"), sha256, name);
    assert.equal(rows === 0, file.length === 0, name);
  }
  const advocates = files.get("advocates.csv")?.toString().split("\n") ?? [];
  assert.ok(advocates[0].startsWith("program,number,external_id,kind,name,"));
});

test("six hundred rows are taken in over three calls, and once", async () => {
  const worker = await start();
  try {
    await program(worker);
    const rows = Array.from({ length: 600 }, (_, n) => `pn_${n},Partner ${n},p${n}@example.com,approved`);
    const file = ["ID,Name,Email,Status", ...rows].join("\r\n");
    const type = { "content-type": "text/csv" };
    const all = async () => {
      const counts = { created: 0, unchanged: 0, calls: 0 };
      for (let from = 0; from !== null;) {
        const path = `/v1/imports?program=demo&of=advocates&preset=dub&from_line=${from}`;
        const text = await worker.ok("POST", path, file, type);
        const { summary } = JSON.parse(text.trimEnd().split("\n").at(-1));
        counts.created += summary.created;
        counts.unchanged += summary.unchanged;
        counts.calls += 1;
        from = summary.next_line;
      }
      return counts;
    };
    assert.deepEqual(await all(), { created: 600, unchanged: 0, calls: 3 });
    assert.deepEqual(await all(), { created: 0, unchanged: 600, calls: 3 });
  } finally {
    await worker.stop();
  }
});

/** The files of a ZIP without compression. @param {Buffer} archive @returns {Map<string, Buffer>} */
function unzipped(archive) {
  const files = new Map();
  const end = archive.length - 22;
  assert.equal(archive.readUInt32LE(end), 0x06054b50);
  let place = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    assert.equal(archive.readUInt32LE(place), 0x02014b50);
    const [size, length, local] = [archive.readUInt32LE(place + 24), archive.readUInt16LE(place + 28), archive.readUInt32LE(place + 42)];
    const name = archive.toString("utf8", place + 46, place + 46 + length);
    files.set(name, archive.subarray(local + 30 + length, local + 30 + length + size));
    place += 46 + length;
  }
  return files;
}
