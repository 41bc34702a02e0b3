// Prints the user agents of the pinned npm packages, one JSON object a line:
// {set, ua, weight}. Owns how each package keeps its data, and no judgement.
// Run with the directory that holds node_modules as its only argument.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const modules = join(process.argv[2] ?? ".", "node_modules");
const require = createRequire(join(modules, "dump-agents.cjs"));

/** @param {string} path @returns {any} */
const json = (path) => JSON.parse(readFileSync(join(modules, path), "utf8"));

/** @param {string} set @param {string} ua @param {number} [weight] */
function print(set, ua, weight = 1) {
  process.stdout.write(`${JSON.stringify({ set, ua, weight })}\n`);
}

const list = json("crawler-user-agents/crawler-user-agents.json");
for (const { instances } of list) {
  for (const ua of instances) print("listed", ua);
}

// Matomo keeps expressions, not instances. Each alternative that is a plain
// name is put into the one shape that says nothing else of being a robot.
const name = /^[A-Za-z][\w .!-]{3,40}$/;
for (const { regex } of require("node-device-detector/regexes/bots.js")) {
  for (const part of regex.split("|")) {
    const plain = part.replace(/\\([./-])/g, "$1").replace(/\[ _-\]\??|\\s\??/g, " ").replace(/\/?$/, "");
    if (!name.test(plain)) continue;
    print("matomo compatible", `Mozilla/5.0 (compatible; ${plain}/1.0)`);
    print(
      "matomo appended",
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 ${plain}/1.0`,
    );
  }
}

for (const { userAgent, weight } of json("user-agents/dist/user-agents.json")) {
  print("browser", userAgent, weight);
}

// Of ua-parser-js the last release that carries its tests, under an alias.
for (const kind of ["browser", "cpu", "device", "engine", "os"]) {
  for (const { ua } of json(`ua-parser-js-tests/test/${kind}-test.json`)) {
    if (ua) print("odd browser", ua);
  }
}
