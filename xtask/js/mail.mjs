// Mail in development: takes what the Worker would send by Resend, keeps it as
// files, and shows it. Nothing leaves the machine.
//
//   node xtask/js/mail.mjs --folder DIR --port N
//
// It listens on this machine's own addresses alone, and answers to its own names
// alone: in here are sign-in links, and a page elsewhere could have a name of its
// own point here.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { list, page, framed } from "./mail-pages.mjs";
import { Mailbox, Refused } from "./mailbox.mjs";

const BYTES = 5_000_000;
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Of what a message brings: it may look as it likes, and do nothing. */
const FRAME_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; " +
  "img-src data: http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const FILES = {
  "/mail.css": ["mail.css", "text/css; charset=utf-8"],
  "/mail.js": ["mail-client.mjs", "text/javascript; charset=utf-8"],
};

/**
 * @typedef {object} Capture
 * @property {string} url of the page, with a slash behind
 * @property {Mailbox} mailbox
 * @property {() => Promise<void>} stop
 */

/**
 * Starts it.
 * @param {{ folder: string, port?: number }} options any free port unless said
 * @returns {Promise<Capture>}
 */
export async function capture({ folder, port = 0 }) {
  const mailbox = new Mailbox(folder);
  /** @type {Set<import("node:http").ServerResponse>} whoever waits for news */
  const watching = new Set();
  /** @type {import("node:http").RequestListener} */
  const answer = (request, response) => {
    respond(mailbox, watching, request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  const first = await listen(answer, "127.0.0.1", port);
  const address = first.address();
  const taken = address && typeof address === "object" ? address.port : port;
  // `localhost` is either; a machine without the second has it as the first.
  const second = await listen(answer, "::1", taken).catch((error) => {
    if (error.code === "EADDRINUSE") {
      first.close();
      throw error;
    }
    return undefined;
  });
  return {
    url: `http://localhost:${taken}/`,
    mailbox,
    stop: async () => {
      for (const response of watching) response.end();
      await Promise.all([first, second].map((server) => server && new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      })));
    },
  };
}

/**
 * @param {import("node:http").RequestListener} answer
 * @param {string} host
 * @param {number} port
 * @returns {Promise<import("node:http").Server>}
 */
function listen(answer, host, port) {
  return new Promise((resolve, reject) => {
    const server = createServer(answer).once("error", reject);
    server.listen(port, host, () => resolve(server.off("error", reject)));
  });
}

/**
 * @param {Mailbox} mailbox
 * @param {Set<import("node:http").ServerResponse>} watching
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function respond(mailbox, watching, request, response) {
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Security-Policy", POLICY);
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (!/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(request.headers.host ?? "")) {
    return send(response, 421, "text/plain; charset=utf-8", "This is a mailbox on localhost.\n");
  }
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/emails") return receive(mailbox, watching, request, response);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return send(response, 405, "text/plain; charset=utf-8", "Only GET is answered here.\n");
  }
  if (pathname === "/") {
    const to = searchParams.get("to") ?? "";
    return send(response, 200, "text/html; charset=utf-8", list(await ofRecipient(mailbox, to), to));
  }
  if (pathname === "/messages") {
    const all = await ofRecipient(mailbox, searchParams.get("to") ?? "");
    return send(response, 200, "application/json", JSON.stringify(all.map(({ html, ...message }) => message)));
  }
  if (pathname === "/news") return watch(watching, response);
  const file = Object.hasOwn(FILES, pathname) ? FILES[/** @type {keyof typeof FILES} */ (pathname)] : undefined;
  if (file) return send(response, 200, file[1], readFileSync(new URL(file[0], import.meta.url)));
  const [, id = "", view = ""] = /^\/mail\/([\dTZ-]+)(\/html|\.eml|)$/.exec(pathname) ?? [];
  const message = id && await mailbox.message(id);
  if (!message) return send(response, 404, "text/plain; charset=utf-8", "There is no such message here.\n");
  if (view === ".eml") {
    response.setHeader("Content-Disposition", `attachment; filename="${id}.eml"`);
    return send(response, 200, "message/rfc822", mailbox.raw(id) ?? "");
  }
  if (view === "/html") {
    response.setHeader("Content-Security-Policy", FRAME_POLICY);
    return send(response, 200, "text/html; charset=utf-8", framed(message.html));
  }
  return send(response, 200, "text/html; charset=utf-8", page(message));
}

/**
 * @param {Mailbox} mailbox
 * @param {string} to an address; everybody's if empty
 */
async function ofRecipient(mailbox, to) {
  const all = await mailbox.messages();
  return to ? all.filter((message) => message.to.some((one) => one.toLowerCase() === to.toLowerCase())) : all;
}

/**
 * `POST /emails`.
 * @param {Mailbox} mailbox
 * @param {Set<import("node:http").ServerResponse>} watching
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function receive(mailbox, watching, request, response) {
  const refuse = (/** @type {number} */ statusCode, /** @type {string} */ name, /** @type {string} */ message) =>
    send(response, statusCode, "application/json", JSON.stringify({ statusCode, name, message }));
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST");
    return refuse(405, "method_not_allowed", "Only POST is answered here.");
  }
  // A page elsewhere cannot send this type without asking first, and is told no.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return refuse(415, "invalid_content_type", "The body must be application/json.");
  }
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BYTES) return refuse(413, "validation_error", `The body must be at most ${BYTES} bytes.`);
    parts.push(part);
  }
  let id;
  try {
    id = await mailbox.keep(JSON.parse(Buffer.concat(parts).toString("utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(422, "validation_error", "The body is not JSON.");
    if (error instanceof Refused) return refuse(422, "validation_error", error.message);
    throw error;
  }
  for (const one of watching) one.write(`data: ${id}\n\n`);
  return send(response, 200, "application/json", JSON.stringify({ id }));
}

/**
 * Tells whoever looks at the list that something came.
 * @param {Set<import("node:http").ServerResponse>} watching
 * @param {import("node:http").ServerResponse} response
 */
function watch(watching, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write("retry: 1000\n\n");
  watching.add(response);
  response.on("close", () => watching.delete(response));
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {string} type
 * @param {string | Buffer} body
 */
function send(response, status, type, body) {
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) }).end(body);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({ options: { folder: { type: "string" }, port: { type: "string" } } });
  if (!values.folder || !values.port) {
    console.error("node mail.mjs --folder DIR --port N");
    process.exit(2);
  }
  try {
    const { url } = await capture({ folder: values.folder, port: Number(values.port) });
    console.log(`listening at ${url}`);
  } catch (error) {
    console.error(`mail capture cannot start: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
