// A file before it is sent: cut into parts without losing a row or its line, and what
// its columns are taken for.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parts } from "../../public/console/files/parts.js";
import { hasSeparators, hasSlashes, isHeadless } from "../../public/console/files/look.js";
import { FIELDS, NAMES, changed, guess, presetOf } from "../../public/console/reconciliation/presets.js";

const CSV = "text/csv";
const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * The parts as texts, with what has to be added to a line's number.
 * @param {Uint8Array<ArrayBuffer>} file
 * @param {"text/csv" | "application/x-ndjson"} type
 * @param {number} rows
 */
const cut = (file, type, rows) => Promise.all([...parts(file, type, rows)].map(async ({ body, before, rows: count }) => [await body.text(), before, count]));

test("every part has the names of the columns, whole rows, and says where it begins", async () => {
  const file = bytes('name,note\r\nMaya,"two\r\nlines"\r\nJonas,\r\nAylin,"a ""word"""\r\n');
  assert.deepEqual(await cut(file, CSV, 2), [
    ['name,note\r\nMaya,"two\r\nlines"\r\nJonas,\r\n', 0, 2],
    // Aylin stands on line 5, and on line 2 of her part.
    ['name,note\r\nAylin,"a ""word"""\r\n', 3, 1],
  ]);
});

test("what separates the cells goes along, and blank lines before the names do not count as them", async () => {
  const file = bytes("\uFEFFsep=;\n\nname;email\nMaya;m@x.example\nJonas;j@x.example");
  const [first, second] = await cut(file, CSV, 1);
  assert.deepEqual(first, ["sep=;\n\nname;email\nMaya;m@x.example\n", 0, 1]);
  assert.deepEqual(second, ["sep=;\n\nname;email\nJonas;j@x.example", 1, 1]);
});

test("a quote that is never closed loses no byte of what follows", async () => {
  const text = 'name\n"Maya\nJonas\nAylin\n';
  const all = await cut(bytes(text), CSV, 1);
  assert.deepEqual(all, [[text, 0, 1]]);
});

test("a file of two bytes a letter is cut between its rows", async () => {
  const text = "name\nMåya\nJonas ਊ\n";
  const file = new Uint8Array(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]));
  assert.deepEqual(await cut(file, CSV, 1), [["name\nMåya\n", 0, 1], ["name\nJonas ਊ\n", 1, 1]]);
});

test("objects need no names above them, and nothing comes of an empty file", async () => {
  const file = bytes('{"name":"a\\"b"}\n{"name":"c"}\n{"name":"d"}');
  assert.deepEqual(await cut(file, "application/x-ndjson", 2), [['{"name":"a\\"b"}\n{"name":"c"}\n', 0, 2], ['{"name":"d"}', 2, 1]]);
  assert.deepEqual(await cut(bytes(""), CSV, 2), []);
  assert.deepEqual(await cut(bytes("name,email\n"), CSV, 2), []);
});

test("the page looks for the columns that the server looks for, in the same order", () => {
  const source = readFileSync(new URL("../../src/domain/reconcile/presets.rs", import.meta.url), "utf8");
  for (const [preset, names] of Object.entries(NAMES)) {
    const [, body] = new RegExp(`const ${preset.toUpperCase()}: [^=]+= &\\[(.*?)\\n\\];`, "s").exec(source) ?? [];
    /** @type {Record<string, string[]>} */
    const theirs = {};
    for (const [, column, name] of (body ?? "").matchAll(/\((\w+), "([^"]+)"\)/g)) {
      const field = column === "EmailSha256" ? "email_sha256" : column.toLowerCase();
      (theirs[field] ??= []).push(name);
    }
    assert.deepEqual(names, theirs, preset);
    assert.deepEqual(Object.keys(theirs).filter((field) => !FIELDS.some(([key]) => key === field)), []);
  }
});

test("a file is known by its columns, and only what differs is said", () => {
  const salesforce = ["Opportunity ID", "Stage", "Amount", "Close Date", "Opportunity Owner", "Contact: Email"];
  assert.equal(presetOf(salesforce), "salesforce");
  assert.equal(presetOf(["Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date", "Deal owner"]), "hubspot");
  assert.equal(presetOf(["id", "Created date (UTC)", "Amount", "Amount Refunded", "Currency", "Status", "Customer Email"]), "stripe");
  assert.equal(presetOf(["order", "email", "amount"]), "generic");

  const columns = guess("salesforce", salesforce);
  assert.equal(columns.email, "Contact: Email");
  assert.equal(columns.order, "");
  assert.equal(changed("salesforce", salesforce, columns), undefined);
  assert.equal(changed("salesforce", salesforce, { ...columns, order: "Stage", email: "" }), '{"order":"Stage","email":"(none)"}');
});

test("what is not clear from the cells is asked, and nothing else", () => {
  assert.equal(hasSlashes(["2026-10-01", ""]), false);
  assert.equal(hasSlashes(["10/1/2026 2:05 PM"]), true);
  assert.equal(hasSeparators(["12.50", "1,234.56"]), true);
  assert.equal(hasSeparators(["12.50", "1234,56"]), false);
  assert.equal(isHeadless(["Maya", "maya@x.example"]), true);
  assert.equal(isHeadless(["Name", "E-mail"]), false);
});
