// Signing in by the word of Cloudflare Access, whose part a server here takes:
// its keys, and tokens signed with them by Node's own RSA.

import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { start } from "./worker.mjs";

const AUDIENCE = "the-audience-tag-of-the-application";
const pairs = [0, 1].map(() => generateKeyPairSync("rsa", { modulusLength: 2048 }));
/** The keys that Access publishes; the second one is not among them. */
const keys = [{ ...pairs[0].publicKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }];
let asked = 0;
const access = createServer((request, response) => {
  asked += 1;
  assert.equal(request.url, "/cdn-cgi/access/certs");
  response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
});
/** @type {import("./worker.mjs").Worker} */
let worker;
let issuer = "";

before(async () => {
  await new Promise((resolve) => access.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = access.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  issuer = `http://127.0.0.1:${address.port}`;
  worker = await start({ vars: { ACCESS_ISSUER: issuer, ACCESS_AUDIENCE: AUDIENCE } });
  await worker.ok("POST", "/v1/team", { email: "maya@example.com", name: "Maya", role: "marketer" });
});
after(async () => {
  await worker?.stop();
  access.closeAllConnections();
  access.close();
});

const encode = (/** @type {unknown} */ part) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");

/**
 * A token as Access makes them, but for what is said.
 * @param {Record<string, unknown>} claims
 * @param {Record<string, unknown>} header
 */
function token(claims = {}, header = {}, pair = pairs[0]) {
  const now = Math.floor(Date.now() / 1_000);
  const signed = `${encode({ alg: "RS256", kid: "first", typ: "JWT", ...header })}.${encode({
    aud: [AUDIENCE], email: "maya@example.com", exp: now + 600, iat: now, nbf: now, iss: issuer, sub: "a", ...claims,
  })}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), pair.privateKey).toString("base64url")}`;
}

/** @param {string} assertion */
const ask = (assertion) => fetch(`${worker.base}/v1/session`, { headers: { "cf-access-jwt-assertion": assertion } });

test("whom Access has let in is signed in as the member of that address", async () => {
  const answer = await ask(token());
  assert.equal(answer.status, 200);
  const session = await answer.json();
  assert.deepEqual([session.role, session.email, session.expires_at], ["marketer", "maya@example.com", null]);
  // A second one asks for no keys.
  const before = asked;
  assert.equal((await ask(token())).status, 200);
  assert.equal(asked, before);
});

test("what Access has not signed for us, or no longer holds, signs nobody in", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const [header, claims, signature] = token().split(".");
  const other = encode({ ...JSON.parse(Buffer.from(claims, "base64url").toString()), email: "sam@example.com" });
  const cases = {
    "another application's": token({ aud: ["another"] }),
    "another team's": token({ iss: "https://another.cloudflareaccess.com" }),
    expired: token({ exp: now - 1 }),
    "without an end": token({ exp: undefined }),
    "not yet begun": token({ nbf: now + 600 }),
    "without an address": token({ email: undefined }),
    "of no member": token({ email: "sam@example.com" }),
    "signed with another key": token({}, {}, pairs[1]),
    "of a key that is not there": token({}, { kid: "second" }, pairs[1]),
    "without a signature": `${encode({ alg: "none", kid: "first" })}.${claims}.`,
    "of another algorithm": token({}, { alg: "HS256" }),
    "with claims exchanged": `${header}.${other}.${signature}`,
    "of two parts": `${header}.${claims}`,
    nonsense: "a.b.c",
    "no base64": "!.!.!",
  };
  for (const [what, assertion] of Object.entries(cases)) {
    assert.equal((await ask(assertion)).status, 401, what);
  }
  // Nothing of it is a fault of ours; that no mail is configured here, is.
  const faults = worker.log.filter(({ message }) => !message.includes("an invitation was not sent"));
  assert.deepEqual(faults, []);
});

test("a session by Access changes something from our own pages alone", async () => {
  const write = (/** @type {string} */ site) => fetch(`${worker.base}/v1/programs`, {
    method: "POST",
    headers: { "cf-access-jwt-assertion": token(), "sec-fetch-site": site, "content-type": "application/json" },
    body: JSON.stringify({ slug: "mine", name: "Mine" }),
  });
  assert.equal((await write("cross-site")).status, 403);
  assert.equal((await write("same-origin")).status, 201);
});
