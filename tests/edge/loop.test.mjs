// The closed loop over HTTP in workerd: from a share to a paid reward, by each
// channel; the same sale fifty times at once; ten thousand leads replayed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click, start, until } from "./worker.mjs";

/** @type {import("./worker.mjs").Worker} */
let worker;
before(async () => { worker = await start({ vars: { CLICK_SINK: "direct", CLICK_WINDOW_MS: "0" } }); });
after(() => worker?.stop());

const BOTH_SIDES = {
  rules: ["advocate", "prospect"].map((who) => ({
    id: `${who}-100`,
    who,
    when: "won",
    pay: { fixed: { amount: 10000, unit: "USD", form: "credit" } },
  })),
};

/**
 * A program with rules, two reps, and an advocate whom the second owns.
 * @param {string} slug
 */
async function program(slug) {
  await worker.ok("POST", "/v1/programs", { slug, name: slug });
  await worker.ok("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: "https://landing.example/hello" });
  await worker.ok("PUT", "/v1/reps/lea", { name: "Lea" });
  await worker.ok("PUT", "/v1/reps/jonas", { name: "Jonas" });
  await worker.ok("PUT", `/v1/programs/${slug}/routing`, { reps: ["lea"] });
  await worker.ok("PUT", `/v1/programs/${slug}/rules`, BOTH_SIDES);
  return worker.ok("POST", `/v1/programs/${slug}/advocates`, {
    external_id: "maya", kind: "customer", name: "Maya", email: "maya@customer.example", owner: "jonas",
  });
}

/**
 * Takes a lead to won by a sale, and the rewards to paid.
 * @param {string} slug
 * @param {any} lead
 * @param {string} order
 */
async function close(slug, lead, order) {
  for (const stage of ["accepted", "meeting", "opportunity"]) {
    await worker.ok("POST", `/v1/leads/${lead.id}/stage`, { stage });
  }
  const sold = await worker.ok("POST", "/v1/conversions", {
    program: slug, kind: "sale", order_id: order, amount: 120_000, currency: "USD", lead: lead.id,
  });
  assert.deepEqual([sold.lead, sold.matched_by], [lead.id, "lead"]);
}

for (const [channel, medium] of [["email", "email"], ["social", "linkedin"]]) {
  test(`${channel}: share, click, lead, meeting, sale, reward, paid`, async () => {
    const slug = `loop-${channel}`;
    const maya = await program(slug);
    await worker.ok("POST", "/v1/shares", { program: slug, advocate: maya.id, medium, kind: "sent", event_id: "s-1" });
    const link = await worker.ok("POST", "/v1/links", { program: slug, advocate: maya.id, medium });
    const answer = await click(link.url);
    assert.equal(answer.status, 302);
    const receipt = new URL(answer.headers.get("location") ?? "").searchParams.get("gw");
    const lead = await worker.ok("POST", "/v1/leads", {
      program: slug, prospect: { name: "Sam", email: "sam@prospect.example" }, receipts: [receipt],
    });
    // The default rule says Lea.
    assert.deepEqual([lead.advocate, lead.medium, lead.owner], [maya.id, medium, "jonas"]);
    assert.equal(lead.owner_why, "They own the advocate.");
    await close(slug, lead, `${channel}-1`);
    await paid(slug, maya, channel);
  });
}

test("verbal: said, entered in one call, meeting, sale, reward, paid", async () => {
  const slug = "loop-verbal";
  const maya = await program(slug);
  const lead = await worker.ok("POST", "/v1/referrals/verbal", {
    program: slug, medium: "phone", rep: "lea", advocate: { email: "Maya@customer.example" },
    prospect: { name: "Sam", phone: "+49 30 1234" }, place: "support call",
  });
  assert.deepEqual([lead.advocate, lead.medium, lead.owner], [maya.id, "phone", "jonas"]);
  const why = await worker.ok("GET", `/v1/leads/${lead.id}/why`);
  assert.deepEqual(
    why.decisions[0].touches.map((/** @type {any} */ t) => [t.kind, t.proof, t.place, t.verdict]),
    [["rep", "lea", "support call", "won"]],
  );
  await close(slug, lead, "verbal-1");
  await paid(slug, maya, "verbal");
  const clicks = await worker.ok("GET", `/v1/stats?program=${slug}`);
  assert.equal(clicks.total.clicks.human, 0, "no click is invented");
});

/**
 * Pays what is owed, and looks at it from all sides.
 * @param {string} slug
 * @param {any} maya
 * @param {string} channel
 */
async function paid(slug, maya, channel) {
  const payout = await worker.ok("POST", "/v1/payouts", { program: slug });
  const csv = await worker.api("GET", `/v1/payouts/${payout.id}`, undefined, { accept: "text/csv" });
  assert.match(csv.body, new RegExp(`\n1,advocate,${maya.id},Maya,maya@customer.example,credit,USD,100.00,10000,issued,`));
  await worker.ok("POST", `/v1/payouts/${payout.id}/paid`, { reference: "SEPA-1" });
  const statement = await worker.ok("GET", `/v1/programs/${slug}/advocates/${maya.id}/statement`);
  assert.deepEqual(statement.balances, [
    { unit: "USD", form: "credit", earned: 10000, held: 0, pending: 0, payable: 0, issued: 10000, paid: 10000 },
  ]);
  const { items } = await worker.ok("GET", `/v1/rewards?program=${slug}`);
  assert.deepEqual(items.map((/** @type {any} */ r) => [r.state, r.amount]), [["paid", 10000], ["paid", 10000]]);
  const funnel = await worker.ok("GET", `/v1/stats/funnel?program=${slug}&by=channel`);
  const row = funnel.rows.find((/** @type {any} */ r) => r.key === channel);
  assert.deepEqual(
    [row.clicks, row.leads, row.meetings, row.opportunities, row.won, row.revenue, row.rewards],
    [channel === "verbal" ? 0 : 1, 1, 1, 1, 1, [{ currency: "USD", amount: 120_000 }], [{ unit: "USD", amount: 20_000 }]],
  );
}

test("the same sale fifty times at once is one sale and one reward", async () => {
  const slug = "fifty";
  await program(slug);
  const lead = await worker.ok("POST", "/v1/referrals/verbal", {
    program: slug, medium: "video", rep: "lea", advocate: { id: "ext:maya" }, prospect: { email: "sam@prospect.example" },
  });
  const sale = { program: slug, kind: "sale", order_id: "o-1", amount: 5000, currency: "USD", lead: lead.id };
  const send = (/** @type {any} */ body) => worker.api("POST", "/v1/conversions", body, { "idempotency-key": "k-1" });
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(sale)));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [201]);
  assert.equal(new Set(answers.map((a) => JSON.stringify(a.body))).size, 1);
  assert.equal(answers.filter((a) => a.headers.get("idempotent-replayed") === null).length, 1);
  const count = async (/** @type {string} */ sql) => worker.db.prepare(sql).first("n");
  assert.equal(await count("SELECT count(*) AS n FROM sales WHERE order_id = 'o-1'"), 1);
  const granted = `SELECT count(*) AS n FROM ledger l JOIN rewards r ON r.id = l.reward
    WHERE r.lead = '${lead.id}' AND l.kind = 'granted' AND r.beneficiary = 'advocate'`;
  assert.equal(await count(granted), 1);
  // Another body under the key.
  const clash = await send({ ...sale, order_id: "o-2" });
  assert.deepEqual([clash.status, clash.body.type], [409, "urn:goodword:problem:conflict"]);
  assert.equal(await count("SELECT count(*) AS n FROM sales WHERE order_id = 'o-2'"), 0);
});

test("fifty different sales of one advocate at once are fifty, and the ledger says so", async () => {
  const slug = "crowd";
  await program(slug);
  await worker.ok("PUT", `/v1/programs/${slug}/rules`, {
    rules: [{ id: "share", who: "advocate", when: "sale",
      pay: { percent: { basis_points: 1000, currency: "USD", form: "cash" } },
      cap: { amount: 2500, per: "advocate" } }],
  });
  const lead = await worker.ok("POST", "/v1/referrals/verbal", {
    program: slug, medium: "phone", rep: "lea", advocate: { id: "ext:maya" }, prospect: { email: "sam@prospect.example" },
  });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => worker.api("POST", "/v1/conversions", {
    program: slug, kind: "sale", order_id: `o-${n}`, amount: 1000, currency: "USD", lead: lead.id,
  })));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [201]);
  await until(async () => {
    const sum = await worker.db.prepare(`SELECT sum(l.amount) AS n FROM ledger l JOIN rewards r ON r.id = l.reward
      JOIN programs p ON p.number = r.program WHERE p.slug = '${slug}'`).first("n");
    return sum === 2500 || sum;
  }, "the share of fifty sales at its cap");
});

test("ten thousand leads are replayed under another policy, and nothing changes", async (t) => {
  const slug = "replay";
  const maya = await program(slug);
  const other = await worker.ok("POST", `/v1/programs/${slug}/advocates`, { kind: "partner", name: "Olaf", external_id: "olaf" });
  const number = await worker.db.prepare(`SELECT number FROM programs WHERE slug = '${slug}'`).first("number");
  const by = async (/** @type {string} */ id) =>
    worker.db.prepare(`SELECT number FROM advocates WHERE program = ${number} AND id = '${id}'`).first("number");
  const [first, last] = [await by(maya.id), await by(other.id)];
  const at = Date.now() - 86_400_000;
  // Each lead was touched by Olaf long ago and by Maya the day before.
  const n = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)";
  await worker.db.prepare(`INSERT INTO leads (id, program, at, moment, source, stage, suspected, advocate, medium, touch,
      terms, version, created_at, updated_at, email_hash)
    ${n} SELECT 'ld_' || printf('%022d', i), ${number}, ${at}, ${at}, 'server', 'new', 0, ${first}, 0, 'receipt',
      0, 1, ${at}, ${at}, 'replay' || i FROM n`).run();
  await worker.db.prepare(`INSERT INTO touches
    ${n} SELECT 'ld_' || printf('%022d', i), 1, 'receipt', ${at} - 20 * 86400000, ${last}, 1, 0, 0, 'a' || i, NULL, ${at}, 'x' FROM n`).run();
  await worker.db.prepare(`INSERT INTO touches
    ${n} SELECT 'ld_' || printf('%022d', i), 2, 'receipt', ${at} - 86400000, ${first}, 0, 0, 0, 'b' || i, NULL, ${at}, 'x' FROM n`).run();
  const dump = async () => JSON.stringify(await worker.db.prepare(
    `SELECT count(*), sum(version), sum(advocate), max(updated_at) FROM leads`).first());
  const before = await dump();
  const day = (/** @type {number} */ ms) => new Date(ms).toISOString().slice(0, 10);
  const began = performance.now();
  const replay = await worker.ok("POST", "/v1/attribution/what-if", {
    program: slug, from: day(at - 86_400_000), to: day(at + 86_400_000), policy: { touch: "first", window_days: 30 },
  });
  t.diagnostic(`what-if over 10,000 leads: ${Math.round(performance.now() - began)} ms`);
  assert.deepEqual([replay.leads, replay.changed], [10_000, 10_000]);
  const channel = (/** @type {string} */ key) => replay.channels.find((/** @type {any} */ c) => c.key === key);
  assert.deepEqual([channel("email").before.leads, channel("email").after.leads], [10_000, 0]);
  assert.deepEqual([channel("social").before.leads, channel("social").after.leads], [0, 10_000]);
  assert.equal(replay.advocates.length, 2);
  assert.equal(await dump(), before);
});
