// Runs a command in a process group of its own, and ends the whole group when
// standard input closes, when a signal comes, or when the command ends.
// `cargo xtask` holds the other end of standard input, so not even its being
// killed leaves a workerd behind: wrangler would, for workerd is its child.

import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });

child.on("error", (error) => {
  console.error(`${command} cannot be started: ${error.message}`);
  process.exit(127);
});
child.on("exit", (code) => void end(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end(0));
for (const event of ["end", "close", "error"]) process.stdin.on(event, () => void end(0));
process.stdin.resume();

let ending = false;

/** @param {number} code what to exit with once the group is gone */
async function end(code) {
  if (ending) return;
  ending = true;
  send("SIGTERM");
  // 5 s of grace, then a little for the kernel to bury them.
  for (let waited = 0; send(0) && waited < 7000; waited += 50) {
    if (waited === 5000) send("SIGKILL");
    await pause(50);
  }
  process.exit(code);
}

/**
 * @param {string | number} signal 0 only asks
 * @returns {boolean} whether anyone is left in the group
 */
function send(signal) {
  try {
    return process.kill(-(/** @type {number} */ (child.pid)), signal);
  } catch {
    return false;
  }
}
