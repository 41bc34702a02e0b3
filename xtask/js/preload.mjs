// Writes into every page of public/ which modules it is going to ask for, so that
// a browser fetches them at once and not one layer of imports after another, and
// that nothing is drawn before the page is.
// `--check` writes nothing, and fails if a page's list is not what it imports.
// Pages that are named are the only ones looked at: `preload.mjs console/team.html`.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../public", import.meta.url));
const check = process.argv.includes("--check");
const named = process.argv.slice(2).filter((argument) => argument !== "--check");

/** Static imports alone: what is imported later is not needed at first. */
const IMPORT = /^\s*(?:import|export)\b(?:[^"'`;()]*\bfrom)?\s*["']([^"']+)["']/gm;
const ENTRY = /<script type="module"[^>]* src="([^"]+)"/;
const HINT = /^<link rel="modulepreload"[^>]*>\n/gm;

/**
 * The modules below one, nearest first.
 * @param {string} entry as in an address
 */
function below(entry) {
  const found = new Set([entry]);
  for (const path of found) {
    // Bundles import nothing, and are not there before the build.
    if (path.startsWith("/vendor/")) continue;
    for (const [, name] of readFileSync(join(root, path), "utf8").matchAll(IMPORT)) {
      found.add(name.startsWith("/") ? name : resolve(dirname(path), name));
    }
  }
  found.delete(entry);
  return [...found];
}

let wrong = 0;
for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".html") || (named.length > 0 && !named.includes(name))) continue;
  const file = join(root, name);
  const before = readFileSync(file, "utf8");
  const entry = ENTRY.exec(before)?.[1];
  if (!entry) continue;
  const hints = below(resolve(`/${dirname(name)}`, entry)).map((path) => `<link rel="modulepreload" href="${path}">\n`).join("");
  // A page without imports has something to show without its script.
  if (hints === "") continue;
  const after = before.replace(HINT, "").replace(/<script type="module"(?: blocking="render")?/, `${hints}<script type="module" blocking="render"`);
  if (after === before) continue;
  wrong += 1;
  if (check) console.error(`public/${name}: its modulepreload links are not what it imports; run node xtask/js/preload.mjs`);
  else writeFileSync(file, after);
}
process.exitCode = check && wrong > 0 ? 1 : 0;
