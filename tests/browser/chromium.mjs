// A real Chromium, and a landing site on another origin for it to be sent to.
//
// The Worker answers at 127.0.0.1, the site at localhost: two sites for a
// browser, and both trustworthy, so that `Secure` cookies and speculation rules
// work without TLS.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/**
 * Headless Chromium calls itself one, which makes it a bot. This is what the
 * same one with a window says; as a flag, because an override by DevTools does
 * not reach the prefetches that the browser's process makes.
 */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/** None of these keeps Chromium from prefetching and prerendering. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--accept-lang=en-GB",
  `--user-agent=${USER_AGENT}`,
];

function executable() {
  const path = process.env.CHROMIUM;
  if (!path) throw new Error("set CHROMIUM to a Chromium's path; `cargo xtask test --only browser` finds one");
  return path;
}

/** Starts a Chromium for playwright to drive. */
export function launch() {
  return chromium.launch({ executablePath: executable(), args: FLAGS, headless: true });
}

/**
 * Starts a Chromium on a page, with nobody attached: under playwright nothing
 * is prerendered. Answers how to end it.
 * @param {string} url
 */
export function launchAlone(url) {
  const profile = mkdtempSync(join(tmpdir(), "goodword-chromium-"));
  const child = spawn(executable(), ["--headless", ...FLAGS, `--user-data-dir=${profile}`, url], { stdio: "ignore" });
  const ended = new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  return async () => {
    child.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}

/**
 * @typedef {object} Visit
 * @property {string} url path, query and no fragment, as it came over the wire
 * @property {import("node:http").IncomingHttpHeaders} headers
 */

/** Starts a site: `/hello` is its landing page, `put` adds others. */
export async function site() {
  /** @type {Map<string, string>} */
  const pages = new Map([["/hello", "<h1>Hello</h1>"]]);
  /** @type {Visit[]} */
  const visits = [];
  /** @type {(() => void) | undefined} */
  let release;
  const gate = new Promise((resolve) => { release = () => resolve(undefined); });

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    // A script of a page waits here until `open`.
    if (pathname === "/gate") {
      await gate;
      response.end();
      return;
    }
    const body = pages.get(pathname);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    visits.push({ url: request.url ?? "", headers: request.headers });
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>${pathname}</title>${body}`);
  });
  await new Promise((resolve) => server.listen(0, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the site has no port");

  return {
    /** Another site than the Worker's. */
    origin: `http://localhost:${address.port}`,
    /** Another origin on the Worker's own site. */
    sibling: `http://127.0.0.1:${address.port}`,
    /** The visits of the landing page so far. */
    landed: () => visits.filter(({ url }) => url.startsWith("/hello")),
    /**
     * @param {string} path
     * @param {string} body
     */
    put(path, body) { pages.set(path, body); return path; },
    /** Lets the scripts through that wait at `/gate`. */
    open: () => release?.(),
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** @typedef {Awaited<ReturnType<typeof site>>} Site */
