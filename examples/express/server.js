// A shop that keeps the receipt of a referral when somebody lands, and reports the sale with it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";

const { GOODWORD_URL, GOODWORD_KEY, GOODWORD_PROGRAM, PORT = "3000" } = process.env;
const shop = express().use(express.urlencoded({ extended: false }));
const page = (body) => `<!doctype html><html lang="en"><title>Shop</title>${body}</html>`;

shop.get("/", (request, response) => {
  // Whoever wins by the program's policy: the redirect has settled that.
  const [receipt = ""] = /^c[0-9A-Za-z]{48}$/.exec(String(request.query.gw)) ?? [];
  // Set by a server, a cookie lasts in Safari too. Not against Global Privacy Control:
  // then the form below has it, and nothing else.
  if (receipt && request.get("sec-gpc") !== "1") {
    response.cookie("gw", receipt, { httpOnly: true, secure: true, sameSite: "lax", maxAge: 90 * 86_400_000 });
  }
  response.send(page(`<form method="post" action="/orders"><input type="hidden" name="gw" value="${receipt}">
    <label>Email <input type="email" name="email" required></label> <button>Buy for $49.99</button></form>`));
});

shop.post("/orders", async (request, response) => {
  const { gw, gw_click, email } = request.body ?? {};
  const [, kept] = /(?:^|; )gw=([^;]*)/.exec(request.get("cookie") ?? "") ?? [];
  // The winner, the others (from goodword.js, if it is on the page), and what the cookie has.
  const receipts = [gw, gw_click, kept].join(" ").match(/\bc[0-9A-Za-z]{48}\b/g) ?? [];
  // A real shop takes the money here, stores the order with its receipts, and reports from there.
  const order = { order_id: randomUUID(), amount: 4999, currency: "USD", email };
  response.send(page(`<p>Thank you. Your order is <b>${order.order_id}</b>.</p>`));
  await report(order, [...new Set(receipts)]).catch(console.error);
});

/** A sale is known by its order, so that it can be reported again until it is there. */
async function report(sale, [receipt, ...others], wait = 1_000) {
  const answer = await fetch(`${GOODWORD_URL}/v1/conversions`, {
    method: "POST",
    headers: { authorization: `Bearer ${GOODWORD_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ program: GOODWORD_PROGRAM, kind: "sale", ...sale, receipt }),
  }).catch((error) => ({ ok: false, status: 503, text: () => String(error) }));
  if (answer.ok) return;
  const said = await answer.text();
  if (answer.status === 422) {
    // The sale took place all the same: what is at fault is left out, and nothing else.
    const isAtFault = (name) => JSON.parse(said).errors?.some(({ field }) => field === name);
    // One that has expired or was made up proves nothing; the next may.
    if (receipt && isAtFault("receipt")) return report(sale, others);
    if (sale.email !== undefined && isAtFault("email")) return report({ ...sale, email: undefined }, [receipt, ...others]);
  }
  const passes = answer.status >= 500 || [408, 429].includes(answer.status);
  if (!passes || wait > 60_000) throw new Error(`order ${sale.order_id} is not reported: ${said}`);
  await sleep(wait);
  return report(sale, [receipt, ...others], wait * 2);
}

shop.listen(Number(PORT), () => console.log(`The shop is open at http://localhost:${PORT}`));
