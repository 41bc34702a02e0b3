// Bulk: 10,000 links in a request, streamed in and out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_KEY, click, program, start } from "./worker.mjs";

let worker, demo;
before(async () => {
  worker = await start();
  demo = await program(worker);
  await worker.ok("POST", "/v1/programs/demo/labels", { slug: "autumn" });
});
after(() => worker.stop());

function post(body, type) {
  return fetch(`${worker.base}/v1/links/bulk?program=demo`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": type },
    body,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  });
}

test("10,000 rows of CSV get 10,000 links, the same each time, and the links work", async () => {
  const media = ["email", "linkedin", "phone", "qr"];
  const rows = Array.from({ length: 10_000 }, (_, n) => `${n % 2 ? demo.advocate : "ext:crm-1"},${media[n % 4]},${n % 3 ? "autumn" : ""}`);
  const csv = `advocate,medium,label\r\n${rows.join("\r\n")}\r\n`;
  const [one, two] = await Promise.all([post(csv, "text/csv"), post(csv, "text/csv")]);
  assert.equal(one.headers.get("content-type"), "text/csv; charset=utf-8");
  const text = await one.text();
  assert.equal(await two.text(), text);
  const lines = text.trim().split("\n");
  assert.equal(lines[0], "line,advocate,channel,medium,destination,label,code,url,error");
  assert.equal(lines.length, 10_001);
  const urls = lines.slice(1).map((line) => line.split(",")[7]);
  assert.equal(new Set(urls).size, 8);
  for (const url of new Set(urls)) assert.equal((await click(url)).status, 302);
  const eleven = await (await post(csv + rows[0], "text/csv")).text();
  assert.match(eleven.trim().split("\n").at(-1) ?? "", /takes 10000 rows/);
});

test("answers come while the body is still being sent", async () => {
  /** @type {any} */
  let feed;
  const body = new ReadableStream({ start: (controller) => { feed = controller; } });
  const send = (text) => feed.enqueue(new TextEncoder().encode(text));
  const row = `${JSON.stringify({ advocate: demo.advocate, channel: "email" })}\n`;
  send(row.repeat(1_500));
  const response = await post(body, "application/x-ndjson");
  const reader = /** @type {ReadableStream} */ (response.body).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.split("\n").length <= 1_000) text += (await reader.read()).value;
  // A row cut in two, then the end.
  send(row.slice(0, 20));
  send(row.slice(20));
  feed.close();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 1_501);
  assert.ok(lines.every(({ code }) => code === lines[0].code));
});
