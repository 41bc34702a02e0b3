// Modules of the pages that need no browser: where a sign-in leads, what a
// spreadsheet gets, and how numbers and days are written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cell, csv } from "../../public/ui/download.js";
import { date, money, percent, plural, relative } from "../../public/ui/format.js";
import { safeNext } from "../../public/sign-in/next.js";

test("a sign-in leads only to paths of this site", () => {
  const origin = "https://go.example";
  const own = ["/console", "/console/leads?program=a&stage=won#top", "/console/../console/team", "/%2F/elsewhere.example"];
  for (const next of own) assert.equal(new URL(safeNext(next, origin), origin).origin, origin, next);
  assert.equal(safeNext("/console/leads?program=a&stage=won#top", origin), "/console/leads?program=a&stage=won#top");

  const refused = [
    null, "", "console", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
    "javascript:alert(1)", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", " //evil.example", "/a\\..\\\\evil.example",
    "/.//evil.example", "/x/..//evil.example", "/sign-in", "/sign-in?next=/sign-in", "data:text/html,x",
  ];
  for (const next of refused) assert.equal(safeNext(next, origin), "/console", String(next));
});

test("a cell that would be a formula is text, and a number stays one", () => {
  for (const start of ["=", "+", "-", "@", "\t", "\r"]) assert.match(cell(`${start}cmd`), /^"?'/);
  assert.equal(cell(-4.5), "-4.5");
  assert.equal(cell("-4.5"), "'-4.5");
  assert.equal(cell(null), "");
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
  assert.equal(csv(["name", "n"], [["Ada\nLovelace", 1]]), 'name,n\r\n"Ada\nLovelace",1\r\n');
});

test("numbers say as much as they mean", () => {
  const plain = (/** @type {string} */ text) => text.replaceAll(/\s/gu, "");
  assert.match(plain(percent(0.0363)), /^3[.,]63%$/);
  assert.match(plain(percent(0.13)), /^13%$/);
  assert.match(plain(percent(0.1234)), /^12[.,]3%$/);
  assert.match(money(129_900, "JPY"), /129.?900/);
  assert.match(money(129_900, "EUR"), /1.?299(?!\d)/);
  assert.match(money(129_950, "EUR"), /1.?299[.,]50/);
  assert.equal(plural(1, "click", "clicks"), "click");
  assert.equal(plural(0, "click", "clicks"), "clicks");
});

test("a day stays the same in every zone, an instant does not", () => {
  const day = { day: "numeric" };
  assert.equal(date("2026-11-01", "Pacific/Kiritimati", /** @type {any} */ (day)), date("2026-11-01", "Pacific/Pago_Pago", /** @type {any} */ (day)));
  assert.notEqual(date("2026-11-01T11:30:00Z", "Pacific/Kiritimati", /** @type {any} */ (day)), date("2026-11-01T11:30:00Z", "Pacific/Pago_Pago", /** @type {any} */ (day)));
  const now = Date.parse("2026-11-25T12:00:00Z");
  assert.notEqual(relative("2026-11-25T11:59:30Z", now), relative("2026-11-25T11:00:00Z", now));
});
