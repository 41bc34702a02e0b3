// `cargo xtask dev`: from nothing to links that can be clicked, found again
// after any end, and an end that leaves nobody behind.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { click, until } from "./worker.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SECRETS = join(ROOT, ".dev.vars");
const CHANNELS = ["email", "social", "verbal"];
/** What the build and the database follow: whoever edits these makes work for the next start. */
const SOURCES = ["Cargo.lock", "Cargo.toml", "migrations", "package-lock.json", "rust-toolchain.toml", "src", "templates",
  "wrangler.toml"];
/** A build may be due first, and the tools for it. */
const SECONDS_TO_START = 600;
const SECONDS_TO_END = 15;

const folder = mkdtempSync(join(tmpdir(), "goodword-dev-"));
/** @type {Dev[]} */
const started = [];
after(async () => {
  for (const dev of started) dev.child.kill("SIGKILL");
  for (const dev of started) await nothingIsLeft(dev);
  rmSync(folder, { recursive: true, force: true });
});

/**
 * @typedef {object} Dev
 * @property {import("node:child_process").ChildProcess} child
 * @property {number} port
 * @property {number} mailPort
 * @property {string} state
 * @property {string} said all of its output
 * @property {any} ready what the ready file says
 * @property {Promise<number | string>} ended the exit code, or the signal
 */

/**
 * Starts it in a process group of its own, as a shell does, and waits until it is ready.
 * @param {string} state
 * @param {string[]} more arguments
 * @returns {Promise<Dev>}
 */
async function start(state, ...more) {
  const [port, mailPort] = [await freePort(), await freePort()];
  const file = join(folder, `ready-${started.length}.json`);
  const options = ["--port", `${port}`, "--mail-port", `${mailPort}`, "--state", state, "--ready-file", file];
  // Cargo replaces itself with xtask, so the child is xtask.
  const child = spawn("cargo", ["xtask", "dev", ...options, ...more], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  /** @type {Dev} */
  const dev = {
    child,
    port,
    mailPort,
    state,
    said: "",
    ready: undefined,
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => resolve(code ?? `${signal}`));
    }),
  };
  started.push(dev);
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text) => { dev.said += text; });
  }
  await until(() => {
    if (child.exitCode !== null || child.signalCode) throw new Error(`dev ended before it was ready:\n${dev.said}`);
    return existsSync(file) || dev.said;
  }, "the ready file", SECONDS_TO_START);
  assert.equal(statSync(file).mode & 0o777, 0o600, "it holds the key");
  dev.ready = JSON.parse(readFileSync(file, "utf8"));
  assert.deepEqual(Object.keys(dev.ready).sort(), 
    ["admin_key", "base_url", "console_url", "links", "mail_url", "stats_url"]);
  assert.equal(dev.ready.base_url, `http://localhost:${port}`);
  assert.equal(dev.ready.console_url, `http://localhost:${port}/console`);
  assert.equal(dev.ready.mail_url, `http://localhost:${mailPort}/`);
  // Whatever finds nothing afterwards finds something now.
  for (const taken of [port, mailPort]) assert.equal(await listens(taken), true);
  const names = processes(dev).join("\n");
  for (const name of [/xtask/, /supervise\.mjs/, /mail\.mjs/, /wrangler/, /workerd serve/]) assert.match(names, name);
  return dev;
}

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

/**
 * @param {number} port
 * @returns {Promise<boolean>} whether anyone takes a connection, by either protocol
 */
async function listens(port) {
  const answers = ["127.0.0.1", "::1"].map((host) => new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on("connect", () => { socket.destroy(); resolve(true); });
    socket.on("error", () => resolve(false));
  }));
  return (await Promise.all(answers)).includes(true);
}

/**
 * Command lines of all processes that belong to it: they name its state, in
 * the command or in the environment, which is inherited, or its port.
 * @param {Pick<Dev, "port" | "state">} dev
 * @returns {string[]}
 */
function processes({ port, state }) {
  const ours = new RegExp(`(workerd|wrangler|xtask).*\\b${port}\\b`, "s");
  return everyProcess()
    .filter(({ command, environment }) => `${command} ${environment}`.includes(state) || ours.test(command))
    .map(({ pid, command }) => `${pid} ${command}`);
}

/** @returns {{ pid: string, command: string, environment: string }[]} */
function everyProcess() {
  if (process.platform !== "linux") {
    // -E adds the environment to the command.
    const lines = execFileSync("ps", ["-axwwE", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 1 << 26 });
    return lines.split("\n").map((line) => {
      const [pid = "", ...words] = line.trim().split(" ");
      return { pid, command: words.join(" "), environment: "" };
    });
  }
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).map((pid) => {
    /** @param {string} file */
    const read = (file) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // It has ended meanwhile, or is someone else's.
      }
    };
    return { pid, command: read("cmdline"), environment: read("environ") };
  });
}

/** @param {Dev} dev */
async function nothingIsLeft(dev) {
  await until(async () => {
    const left = processes(dev);
    for (const port of [dev.port, dev.mailPort]) {
      if (await listens(port)) left.push(`someone listens on ${port}`);
    }
    return left.length === 0 || left;
  }, "what dev left behind", SECONDS_TO_END);
}

/**
 * Asks as the operator.
 * @param {Dev} dev
 * @param {string} url
 */
async function ask(dev, url) {
  const response = await fetch(new URL(url, dev.ready.base_url), {
    headers: { authorization: `Bearer ${dev.ready.admin_key}` },
  });
  assert.equal(response.status, 200, url);
  return /** @type {Promise<any>} */ (response.json());
}

/**
 * @param {Dev} dev
 * @returns {Promise<Record<string, any>>} clicks by class of each channel that has any
 */
async function clicks(dev) {
  const { rows } = await ask(dev, dev.ready.stats_url);
  return Object.fromEntries(rows
    .filter(({ clicks }) => clicks.human + clicks.suspected + clicks.bot > 0)
    .map(({ key, clicks }) => [key, clicks]));
}

/**
 * Follows a link to the page of the demo.
 * @param {Dev} dev
 * @param {string} link
 */
async function follow(dev, link) {
  const response = await click(link);
  assert.equal(response.status, 302, link);
  const location = response.headers.get("location") ?? "";
  assert.ok(location.startsWith(`${dev.ready.base_url}/demo/`), location);
  assert.match(new URL(location).searchParams.get("gw") ?? "", /^c1[0-9A-Za-z]{47}$/);
  const landing = await fetch(location);
  assert.equal(landing.status, 200, location);
  await landing.body?.cancel();
}

/** @param {Dev} dev */
const codes = ({ ready }) => Object.entries(ready.links).map(([channel, url]) => {
  const { origin, pathname } = new URL(url);
  assert.equal(origin, ready.base_url);
  assert.match(pathname, /^\/[0-9A-Za-z]{26}$/);
  return [channel, pathname];
}).sort();

/**
 * @param {number} since
 * @returns {boolean} whether a source has changed, come or gone
 */
function edited(since) {
  const names = SOURCES.flatMap((source) => {
    const path = join(ROOT, source);
    const inside = statSync(path).isDirectory() ? readdirSync(path, { encoding: "utf8", recursive: true }) : [];
    return [path, ...inside.map((name) => join(path, name))];
  });
  return names.some((name) => (statSync(name, { throwIfNoEntry: false })?.ctimeMs ?? Infinity) >= since);
}

const secrets = () => (existsSync(SECRETS) ? readFileSync(SECRETS, "utf8") : undefined);
/**
 * @param {Record<string, any>} before
 * @param {string[]} channels in which a person has clicked since
 */
function withPeople(before, channels) {
  const after = structuredClone(before);
  for (const channel of channels) after[channel].human += 1;
  return after;
}

test("dev makes a demo whose clicks count, outlives a kill, and leaves nobody behind", async (t) => {
  const state = join(folder, "demo");
  const began = Date.now();
  const before = secrets();
  const first = await start(state);
  const secretsMade = secrets();
  if (before && /^LINK_KEYS=./m.test(before) && /^ADMIN_KEY=./m.test(before)) assert.equal(secretsMade, before);
  assert.ok(secretsMade?.includes(first.ready.admin_key));
  const made = codes(first);
  assert.deepEqual(made.map(([channel]) => channel), CHANNELS);
  const past = await clicks(first);

  await t.test("the demo has a past, and nothing of it is of the future", async () => {
    assert.deepEqual(Object.keys(past).sort(), ["email", "form", "link", "print", "social", "verbal"]);
    for (const [channel, { human, suspected, bot }] of Object.entries(past)) {
      assert.ok(human > 50 && suspected + bot > 1, `${channel}: ${human} ${suspected} ${bot}`);
    }
    for (const state of ["pending", "held", "approved", "issued", "paid"]) {
      const { items } = await ask(first, `/v1/rewards?program=demo&state=${state}`);
      assert.ok(items.length > 0, state);
    }
    const { items: payouts } = await ask(first, "/v1/payouts?program=demo");
    assert.equal(payouts.length, 2);
    const { items: leads } = await ask(first, "/v1/leads?program=demo&limit=200");
    assert.ok(leads.length > 100, `${leads.length} leads`);
    const times = [...payouts.map(({ created_at }) => created_at), ...leads.map(({ at }) => at)].map(Date.parse);
    assert.ok(Math.max(...times) < Date.now() && Math.min(...times) > Date.now() - 91 * 86_400_000);
  });

  await t.test("what the Worker sends is captured beside it", async () => {
    const sent = await fetch(new URL("/emails", first.ready.mail_url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ from: "a@b.example", to: "dev@c.example", subject: "Hello", text: "there" }),
    });
    assert.equal(sent.status, 200);
    const [message] = /** @type {any} */ (await (await fetch(new URL("/messages", first.ready.mail_url))).json());
    assert.equal(message.subject, "Hello");
    assert.ok(existsSync(join(state, "mail", `${message.id}.eml`)));
  });

  await t.test("a click on each link is a human's in its channel", async () => {
    for (const channel of CHANNELS) await follow(first, first.ready.links[channel]);
    const stats = new URL(first.ready.stats_url);
    assert.equal(`${stats.origin}${stats.pathname}`, `${first.ready.base_url}/v1/stats`);
    assert.equal(stats.searchParams.get("by"), "channel");
    let seen;
    await until(async () => {
      seen = await clicks(first);
      return CHANNELS.every((channel) => seen[channel]?.human > past[channel].human) || seen;
    }, "three clicks", 30);
    assert.deepEqual(seen, withPeople(past, CHANNELS));
  });

  await t.test("when it is killed, everything ends that it has started", async () => {
    assert.ok(first.child.kill("SIGKILL"));
    assert.equal(await first.ended, "SIGKILL");
    await nothingIsLeft(first);
  });

  const second = await start(state);

  await t.test("a second start repeats nothing", async (t) => {
    if (edited(began)) {
      t.diagnostic("sources were edited meanwhile: what was built again is not looked at");
    } else {
      assert.match(second.said, /the Worker in build\/ is current/);
      assert.doesNotMatch(second.said, /building|migrating|installing|adding|secrets|a past/);
    }
    assert.equal(second.ready.admin_key, first.ready.admin_key);
    assert.equal(secrets(), secretsMade);
    assert.deepEqual(codes(second), made);
    assert.deepEqual(await clicks(second), withPeople(past, CHANNELS));
    const programs = await ask(second, "/v1/programs");
    assert.deepEqual(programs.items.map(({ slug }) => slug).sort(), ["demo", "partners"]);
    const advocates = await ask(second, "/v1/programs/demo/advocates?limit=200");
    const ids = advocates.items.map(({ external_id }) => external_id);
    assert.equal(new Set(ids).size, 30);
    assert.equal(ids.length, 30);
    const destinations = await ask(second, "/v1/programs/demo/destinations");
    assert.equal(destinations.items.length, 4);
    assert.ok(destinations.items.every(({ url }) => url.startsWith(`${second.ready.base_url}/demo/`)));
    assert.equal((await (await fetch(new URL("/messages", second.ready.mail_url))).json()).length, 1);
  });

  await t.test("the links lead to where it listens now", async () => {
    assert.notEqual(second.port, first.port);
    await follow(second, second.ready.links.email);
    await until(async () => {
      const { email } = await clicks(second);
      return email?.human === past.email.human + 2 || email;
    }, "the second click", 30);
  });

  await t.test("Ctrl-C ends it and everything that it has started", async () => {
    assert.ok(second.child.kill("SIGINT"));
    assert.equal(await second.ended, 0, second.said);
    assert.match(second.said, /everything has ended/);
    await nothingIsLeft(second);
  });
});

test("dev --empty makes no demo", async () => {
  const dev = await start(join(folder, "empty"), "--empty");
  assert.equal(dev.ready.links, null);
  assert.equal(dev.ready.stats_url, null);
  assert.deepEqual((await ask(dev, "/v1/programs")).items, []);
  // As a terminal does it: to the whole group.
  process.kill(-Number(dev.child.pid), "SIGINT");
  assert.equal(await dev.ended, 0, dev.said);
  await nothingIsLeft(dev);
});
