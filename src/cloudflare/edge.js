// The crossing between wasm and JavaScript, made as few times as can be: the
// request comes over as one string, a response is made by one call, a batch of
// statements goes to D1 as one.

/**
 * What a redirect looks at, one line each: method, URL, then headers and what
 * Cloudflare says of the connection. A header holds no line break.
 * @param {Request & { cf?: Record<string, any> }} request
 * @returns {string}
 */
export function read(request) {
  const headers = request.headers;
  const cf = request.cf;
  const get = (/** @type {string} */ name) => headers.get(name) ?? "";
  return [
    request.method,
    request.url,
    get("user-agent"),
    get("cookie"),
    get("sec-gpc"),
    get("sec-purpose") || get("purpose") || get("x-moz"),
    get("sec-fetch-dest"),
    get("accept-language"),
    get("cf-connecting-ip"),
    cf?.asn ?? "",
    cf?.verifiedBotCategory || cf?.botManagement?.verifiedBot ? "1" : "",
  ].join("\n");
}

/**
 * All headers, name and value in turn, one line each.
 * @param {Request} request
 * @returns {string}
 */
export function headers(request) {
  const lines = [];
  for (const [name, value] of request.headers) lines.push(name, value);
  return lines.join("\n");
}

/**
 * 302; `cookie` is empty where none is set.
 * @param {string} location
 * @param {string} cookie
 */
export function redirect(location, cookie) {
  /** @type {Record<string, string>} */
  const headers = {
    location,
    "cache-control": "no-store",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-robots-tag": "noindex",
  };
  if (cookie) headers["set-cookie"] = cookie;
  return new Response(null, { status: 302, headers });
}

/**
 * A page of our own, or no body where `html` is empty. `extra` is one more
 * header, `name: value`, or empty.
 * @param {number} status
 * @param {string} html
 * @param {string} extra
 */
export function page(status, html, extra) {
  const headers = new Headers({
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
  });
  if (html) headers.set("content-type", "text/html; charset=utf-8");
  const colon = extra.indexOf(": ");
  if (colon > 0) headers.set(extra.slice(0, colon), extra.slice(colon + 2));
  return new Response(html || null, { status, headers });
}

/**
 * An answer of the API. `lines` are its headers, name and value in turn.
 * @param {number} status
 * @param {string} lines
 * @param {Uint8Array<ArrayBuffer> | ReadableStream | null} body
 */
export function answer(status, lines, body) {
  const headers = new Headers();
  const cells = lines.split("\n");
  for (let index = 0; index + 1 < cells.length; index += 2) {
    headers.append(cells[index], cells[index + 1]);
  }
  return new Response(body, { status, headers });
}

/**
 * Runs statements in one transaction. `text` is `[[sql, [parameter, …]], …]`;
 * the answer is the rows of each, as JSON texts.
 * @param {import("@cloudflare/workers-types").D1Database} database
 * @param {string} text
 * @returns {Promise<string[]>}
 */
export async function batch(database, text) {
  /** @type {[string, unknown[]][]} */
  const statements = JSON.parse(text);
  const prepared = statements.map(([sql, parameters]) => database.prepare(sql).bind(...parameters));
  const results = await database.batch(prepared);
  return results.map((result) => JSON.stringify(result.results ?? []));
}

/**
 * What KV keeps under a key, or null.
 * @param {{ CONFIG: import("@cloudflare/workers-types").KVNamespace }} env
 * @param {string} key
 */
export async function kept(env, key) {
  return await env.CONFIG.get(key);
}

/**
 * Keeps a text in KV: until a time (Unix seconds), or for ever where that is 0.
 * @param {{ CONFIG: import("@cloudflare/workers-types").KVNamespace }} env
 * @param {string} key
 * @param {string} text
 * @param {number} until
 */
export async function keep(env, key, text, until) {
  await env.CONFIG.put(key, text, until > 0 ? { expiration: until } : {});
}

/**
 * Has KV forget a key.
 * @param {{ CONFIG: import("@cloudflare/workers-types").KVNamespace }} env
 * @param {string} key
 */
export async function forget(env, key) {
  await env.CONFIG.delete(key);
}

/**
 * Writes an object into the bucket of old clicks.
 * @param {import("@cloudflare/workers-types").R2Bucket} bucket
 * @param {string} name
 * @param {string} text
 */
export async function archive(bucket, name, text) {
  await bucket.put(name, text, { httpMetadata: { contentType: "application/x-ndjson" } });
}

/**
 * Sends a message of clicks. As text: what is JSON of our own arrives as it was sent.
 * @param {{ CLICKS: import("@cloudflare/workers-types").Queue }} env
 * @param {string} text
 */
export async function send(env, text) {
  await env.CLICKS.send(text, { contentType: "text" });
}

/**
 * The texts of a batch of messages; what is no text is empty.
 * @param {import("@cloudflare/workers-types").MessageBatch} batch
 */
export function texts(batch) {
  return batch.messages.map(({ body }) => (typeof body === "string" ? body : ""));
}

/**
 * Has a batch delivered again.
 * @param {import("@cloudflare/workers-types").MessageBatch} batch
 */
export function retry(batch) {
  batch.retryAll();
}

/**
 * Waits so many milliseconds.
 * @param {number} millis
 */
export function wait(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/**
 * The next piece of a body, or undefined after the last.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 */
export async function piece(reader) {
  return (await reader.read()).value;
}

/**
 * Whether one more of `key` is within the limit.
 * @param {{ LIMITS: { limit(options: { key: string }): Promise<{ success: boolean }> } }} env
 * @param {string} key
 */
export async function limit(env, key) {
  const { success } = await env.LIMITS.limit({ key });
  return success;
}

/**
 * Hands a letter to whoever carries mail: Cloudflare's binding `EMAIL`, or a
 * provider with the form of Resend's `POST /emails` at `MAIL_URL`. Answers as
 * `outside` does.
 * @param {{ EMAIL?: { send(letter: object): Promise<{ messageId?: string } | undefined> }, MAIL_FROM?: string, MAIL_URL?: string, MAIL_KEY?: string }} env
 * @param {string} letter as JSON (src/domain/letter.rs)
 */
export async function mail(env, letter) {
  const { id, unsubscribe, ...said } = JSON.parse(letter);
  if (!env.MAIL_FROM || !(env.EMAIL || env.MAIL_URL)) {
    throw new Error("mail needs MAIL_FROM, and the binding EMAIL or MAIL_URL");
  }
  // RFC 8058: a mail program ends letters by one request that nobody has to look at.
  const headers = unsubscribe
    ? { "List-Unsubscribe": `<${unsubscribe}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
    : {};
  const message = { from: env.MAIL_FROM, ...said, headers };
  if (env.EMAIL) {
    const sent = await env.EMAIL.send(message);
    return `200\n\n0\n${JSON.stringify({ id: sent?.messageId ?? null })}`;
  }
  const lines = ["content-type", "application/json", "authorization", `Bearer ${env.MAIL_KEY ?? ""}`];
  if (id) lines.push("idempotency-key", id);
  return await outside("POST", String(env.MAIL_URL), lines.join("\n"), JSON.stringify(message), 2_000, 10_000);
}

/**
 * Asks somebody else's server: `lines` are the headers, name and value in turn. The
 * answer is its status, what it says of another try (seconds, or nothing), how long it took
 * (milliseconds), and what of its body is within `most` bytes, parted by line breaks. A
 * redirect is an answer like others.
 * @param {string} method
 * @param {string} url
 * @param {string} lines
 * @param {string} body
 * @param {number} most
 * @param {number} patience in milliseconds, to the end of the answer
 */
export async function outside(method, url, lines, body, most, patience) {
  const { headers } = answer(200, lines, null);
  const begun = Date.now();
  const response = await fetch(url, {
    method,
    headers,
    body: body || null,
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
  });
  const after = response.headers.get("retry-after") ?? "";
  const seconds = /^\d+$/.test(after) ? Number(after) : Math.ceil((Date.parse(after) - Date.now()) / 1000);
  const text = await beginning(response, most);
  const wait = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 864_000) : "";
  return [response.status, wait, Date.now() - begun, text].join("\n");
}

/**
 * The first bytes of a body as text; the rest is not read.
 * @param {Response} response
 * @param {number} most
 */
async function beginning(response, most) {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let left = most; left > 0;) {
    const { value } = await reader.read();
    if (!value) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  return text;
}

/**
 * A variable or secret of the Worker, or nothing.
 * @param {Record<string, unknown>} env
 * @param {string} name
 */
export function variable(env, name) {
  const value = env[name];
  return typeof value === "string" && value ? value : undefined;
}

/**
 * What an error says, whatever was thrown.
 * @param {unknown} error
 */
export function describe(error) {
  return error instanceof Error ? error.message : String(error);
}
