// Somebody's own site, with goodword.js on it under a strict policy of its own: no
// inline script, Trusted Types, and the Worker's origin let in by name.

import { createServer } from "node:http";

/**
 * Starts one.
 * @param {string} worker the Worker's origin
 */
export async function openShop(worker) {
  /** @type {Map<string, { body: string, type: string }>} */
  const files = new Map();
  /** The forms that were posted to the site itself. @type {Record<string, string>[]} */
  const posted = [];
  const policy = [
    "default-src 'self'",
    `script-src 'self' ${worker}`,
    `connect-src ${worker}`,
    `form-action 'self' ${worker}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(`http://shop${request.url}`);
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      posted.push(Object.fromEntries(new URLSearchParams(body)));
    }
    const file = files.get(pathname);
    response.writeHead(file ? 200 : 404, {
      "content-type": file?.type ?? "text/plain",
      "content-security-policy": policy,
    });
    response.end(file?.body);
  });
  await new Promise((resolve) => server.listen(0, () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the shop has no port");
  // Another site than the Worker's, which answers at 127.0.0.1.
  const origin = `http://localhost:${address.port}`;

  return {
    origin,
    posted,
    /**
     * Puts a page there, with the snippet in its head.
     * @param {string} path
     * @param {string} attributes of the snippet's element
     * @param {string} body
     * @param {string} head what stands before the snippet
     */
    page(path, attributes, body = "", head = "") {
      files.set(path, {
        type: "text/html; charset=utf-8",
        body: `<!doctype html><title>A shop</title>${head}
          <script src="${worker}/goodword.js" async ${attributes}></script>${body}`,
      });
      return origin + path;
    },
    /**
     * @param {string} path
     * @param {string} body
     */
    script(path, body) { files.set(path, { type: "text/javascript", body }); },
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** @typedef {Awaited<ReturnType<typeof openShop>>} Shop */
