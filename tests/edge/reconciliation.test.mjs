// Reconciliation at its size: 100,000 rows with differences of every kind come back
// with exactly these, in time and in constant memory, however often they are sent.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { ADMIN_KEY, program, start } from "./worker.mjs";

const ROWS = 100_000;
const SECONDS = 60;
/** What 90,000 rows more may add to the peak of the process, of which the database is a part. */
const MOST_MEGABYTES = 48;

const HEADER = "order,record,lead,external,email,amount,refunded,currency,stage,owner,at,notes\n";
const DAY = "2026-11-22";
const AT = Date.parse(`${DAY}T09:00:00Z`);

/** One in so many rows is of each kind. */
const CYCLE = 1_000;

/**
 * What is planted at the first places of each cycle: the row (null for none), what is
 * here (nothing, a lead, or a lead with a sale), and what has to be found of the two.
 * @type {((i: number) => { row: string | null, here: "sale" | "lead" | "none", advocate?: boolean, found: string[] })[]}
 */
const PLANTED = [
  (i) => ({ row: `o-${i},,,,,50.01,,USD,won,,${DAY},`, here: "sale", found: ["amount_differs"] }),
  (i) => ({ row: `o-${i},,,,,50.00,,EUR,won,,${DAY},`, here: "sale", found: ["amount_differs"] }),
  (i) => ({ row: `o-${i},,,,,,,,lost,,${DAY},`, here: "sale", found: ["rewarded_but_not_won", "stage_differs"] }),
  (i) => ({ row: `o-${i},,,,,50.00,,USD,won,,${DAY},`, here: "none", found: ["missing_here"] }),
  (i) => ({ row: `o-${i},,,,,50.00,,USD,won,somebody,${DAY},`, here: "sale", found: ["other_owner"] }),
  (i) => ({ row: `o-${i},,,,,50.00,20,USD,won,,${DAY},`, here: "sale", found: ["refunded_but_not_reversed"] }),
  (i) => ({ row: `o-${i},,,,,50.00,20,USD,won,,${DAY},`, here: "sale", advocate: false, found: ["amount_differs"] }),
  (i) => ({ row: `o-${i - 1},,,,,50.00,20,USD,won,,${DAY},`, here: "none", found: ["duplicate"] }),
  (i) => ({ row: `o-${i},,,,,1.23457E+14,,USD,won,,${DAY},`, here: "none", found: ["unreadable"] }),
  (i) => ({ row: `,d-${i},,,${i}@stranger.example,,,,Proposal,,${DAY},`, here: "none", found: ["unrelated"] }),
  (i) => ({
    row: `o-${i},,,,${i}@example.org,50.00,,USD,won,,${DAY},`, here: "lead",
    found: ["missing_here", "stage_differs", "won_but_not_rewarded"],
  }),
  () => ({ row: null, here: "sale", found: ["missing_there"] }),
  (i) => ({ row: `,d-${i},ld_${i},,,50.00,,USD,won,,${DAY},`, here: "sale", found: ["matched"] }),
  (i) => ({ row: `,d-${i},,cus-${i},,50.00,,USD,won,,${DAY},`, here: "sale", found: ["matched"] }),
  (i) => ({ row: `,d-${i},,,${i}@example.org,50.00,,USD,won,,${DAY},`, here: "sale", found: ["matched"] }),
  (i) => ({ row: `,d-${i},ld_${i},,,49.00,,USD,won,,${DAY},`, here: "sale", found: ["amount_differs"] }),
];
const ordinary = (i) => ({
  row: `o-${i},,,,,50.00,0,USD,won,Lea,${DAY},"a note\nof two lines"`, here: /** @type {const} */ ("sale"), found: ["matched"],
});
const planted = (i) => (PLANTED[i % CYCLE] ?? ordinary)(i);

/** The first so many rows of a file, with the places of each. */
function file(rows) {
  const places = [];
  for (let i = 0; places.length < rows; i++) if (planted(i).row !== null) places.push(i);
  return places;
}

/** What has to be found in them: `line kind`, and by their order what is missing there. */
function expected(rows) {
  const found = [];
  let line = 2;
  const places = file(rows);
  for (const i of places) {
    const { row, found: kinds } = planted(i);
    found.push(...kinds.map((kind) => `${line} ${kind}`));
    line += (row ?? "").split("\n").length;
  }
  const last = places[places.length - 1];
  for (let i = 0; i <= ROWS + 1_000; i++) {
    const { here, row } = planted(i);
    if (here === "sale" && (row === null || i > last)) found.push(`o-${i} missing_there`);
  }
  return found.sort();
}

/** A file as a stream that makes its rows as they are asked for; broken off after some, if said. */
function stream(rows, cut = Infinity) {
  const places = file(rows);
  let next = -1;
  return new ReadableStream({
    pull(controller) {
      if (next < 0) {
        controller.enqueue(new TextEncoder().encode(HEADER));
        next = 0;
        return;
      }
      if (next >= cut) return controller.error(new Error("cut off"));
      if (next >= places.length) return controller.close();
      const some = places.slice(next, next + 500);
      next += some.length;
      controller.enqueue(new TextEncoder().encode(some.map((i) => `${planted(i).row}\n`).join("")));
    },
  });
}

let worker;
before(async () => {
  worker = await start();
  await program(worker);
  await worker.ok("PUT", "/v1/reps/lea", { name: "Lea" });
  await worker.ok("PUT", "/v1/programs/demo/rules", { rules: [{ id: "tenth", who: "advocate", when: "sale",
    pay: { percent: { basis_points: 1_000, currency: "USD", form: "cash" } } }] });
  const [advocate, rep] = await Promise.all([
    worker.db.prepare("SELECT number FROM advocates").first("number"),
    worker.db.prepare("SELECT number FROM reps").first("number"),
  ]);
  // As they would be after as many calls, without the calls.
  for (let from = 0; from <= ROWS + 1_000; from += 4_000) {
    const leads = [];
    for (let i = from; i < from + 4_000 && i <= ROWS + 1_000; i++) {
      const { here, advocate: has = true } = planted(i);
      if (here === "none") continue;
      const hash = createHash("sha256").update(`${i}@example.org`).digest("hex");
      leads.push({ i, hash, sold: here === "sale", advocate: has ? advocate : null });
    }
    const json = JSON.stringify(leads);
    await worker.db.batch([
      worker.db.prepare(`INSERT INTO leads (id, program, at, moment, source, stage, accepted_at, opportunity_at, won_at,
          suspected, email_hash, customer, advocate, medium, terms, owner, version, created_at, updated_at)
        SELECT 'ld_' || (value ->> 'i'), 1, ${AT}, ${AT}, 'server', iif(value ->> 'sold', 'won', 'opportunity'), ${AT}, ${AT},
          iif(value ->> 'sold', ${AT}, NULL), 0, value ->> 'hash', 'cus-' || (value ->> 'i'), value ->> 'advocate',
          iif(value ->> 'advocate', 0, NULL), 1, ${rep}, 1, ${AT}, ${AT} FROM json_each(?1)`).bind(json),
      worker.db.prepare(`INSERT INTO sales (program, order_id, at, amount, currency, lead, matched_by, recorded_at, recorded_by)
        SELECT 1, 'o-' || (value ->> 'i'), ${AT}, 5000, 'USD', 'ld_' || (value ->> 'i'), 'lead', ${AT}, 'admin'
        FROM json_each(?1) WHERE value ->> 'sold'`).bind(json),
      worker.db.prepare(`INSERT INTO rewards (id, program, advocate, rule, beneficiary, lead, order_id, unit, form, terms,
          earned_at, due_at, approval, amount)
        SELECT 'rw_' || (value ->> 'i'), 1, value ->> 'advocate', 'tenth', 'advocate', 'ld_' || (value ->> 'i'),
          'o-' || (value ->> 'i'), 'USD', 'cash', 1, ${AT}, ${AT}, 'automatic', 500
        FROM json_each(?1) WHERE value ->> 'sold' AND value ->> 'advocate'`).bind(json),
    ]);
  }
  await worker.db.prepare("UPDATE accounts SET settled = changed").run();
});
after(() => worker.stop());

/**
 * @param {ReadableStream} body
 * @param {Record<string, string>} headers
 */
const post = (body, headers = {}) =>
  worker.api("POST", "/v1/reconciliations?program=demo", body, { "content-type": "text/csv", ...headers });

/** All that a run has found, as `expected` writes it. */
async function found(run) {
  const response = await fetch(`${worker.base}/v1/reconciliations/${run}/findings?format=csv`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const [, ...lines] = (await response.text()).trimEnd().split("\n");
  return lines.map((line) => {
    const [, kind, at, , order] = line.split(",");
    return `${at || order} ${kind}`;
  }).sort();
}

/** The process that runs the Worker: the one child of ours that is called so. */
function workerd() {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      if (status.includes("Name:\tworkerd") && status.includes(`PPid:\t${process.pid}\n`)) return pid;
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error("there is no workerd");
}

/** The most megabytes that the process has while something is done. */
async function peak(work) {
  const pid = workerd();
  let most = 0;
  const look = () => {
    const size = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    most = Math.max(most, Number(size?.[1]) / 1_024);
  };
  const timer = setInterval(look, 50);
  try {
    return { result: await work(), most: () => most };
  } finally {
    look();
    clearInterval(timer);
  }
}

test(`${ROWS} rows come back with exactly what was planted, in time and in constant memory`, async (t) => {
  // The first makes everybody warm.
  await post(stream(10_000));
  const small = await peak(() => post(stream(10_000)));
  const before = Date.now();
  const large = await peak(() => post(stream(ROWS)));
  const seconds = (Date.now() - before) / 1_000;
  const run = large.result.body;
  assert.equal(large.result.status, 201, JSON.stringify(run));
  const all = expected(ROWS);
  const unreadable = all.filter((line) => line.endsWith(" unreadable")).length;
  assert.deepEqual([run.status, run.rows, run.unreadable], ["compared", ROWS, unreadable]);
  assert.deepEqual(await found(run.id), all);
  t.diagnostic(`${seconds} s; ${small.most()} MB at 10,000 rows, ${large.most()} MB at ${ROWS}`);
  assert.ok(seconds < SECONDS, `${seconds} s`);
  assert.ok(large.most() < small.most() + MOST_MEGABYTES, `${small.most()} MB, then ${large.most()} MB`);
});

test("a file that is cut off in the middle and sent again is one run, and sent once more it is as it was", async () => {
  const headers = { "idempotency-key": "november" };
  await assert.rejects(post(stream(20_000, 12_500), headers));
  const { items } = await worker.ok("GET", "/v1/reconciliations?program=demo&limit=1");
  assert.equal(items[0].status, "reading");
  const whole = await post(stream(20_000), headers);
  assert.equal(whole.status, 201);
  assert.equal(whole.body.id, items[0].id);
  assert.equal(whole.body.rows, 20_000);
  assert.deepEqual(await found(whole.body.id), expected(20_000));
  const count = () => worker.db.prepare(`SELECT (SELECT count(*) FROM findings) || ' ' || (SELECT count(*) FROM
    reconciliation_rows) || ' ' || (SELECT count(*) FROM reconciliation_matches) AS n`).first("n");
  const counted = await count();
  assert.match(counted, / 0 0$/);
  const again = await post(stream(20_000), headers);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.deepEqual(again.body, whole.body);
  assert.equal(await count(), counted);
});
