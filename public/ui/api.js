// The API as pages ask it: JSON in, JSON out, problems as errors.
//
// Owns what happens to whoever is not signed in. The cookie goes along by itself,
// and no page holds a key; one that stands in a page of somebody else's is given a
// token for an hour (`askAs`).

/** What the API refused, or that it could not be reached (`status` 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{ type?: string, title?: string, detail?: string, errors?: { field: string, detail: string }[] }} problem
   */
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.type = problem.type ?? "";
    this.title = problem.title ?? "";
    this.detail = problem.detail ?? "";
    /** What is wrong with which field. @type {Record<string, string>} */
    this.fields = {};
    for (const { field, detail } of problem.errors ?? []) this.fields[field] ??= sentence(detail);
  }
}

/**
 * The API begins without a capital: it speaks of the field before it.
 * @param {string} text
 */
const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) : text) + (/[.!?]$/.test(text) ? "" : ".");

/** @typedef {Record<string, string | number | boolean | null | undefined>} Query */

/**
 * @param {string} path
 * @param {Query} [query] what is undefined, null or empty is left out
 */
function address(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const search = parameters.toString();
  return search ? `${path}?${search}` : path;
}

/** Leads to the page that signs in, and from there back to here. */
export function signIn() {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/**
 * As whom this page asks, and what becomes of whoever is not signed in.
 * @typedef {object} Caller
 * @property {string} token goes in the place of the cookie; "" for the cookie
 * @property {() => Promise<boolean>} refused whether to ask again; otherwise the
 *   question fails, unless this never answers because the page is about to go
 */

/** @type {Caller} */
const caller = {
  token: "",
  refused: async () => {
    if (location.pathname === "/sign-in") return false;
    signIn();
    // The page is about to go: whoever waits need not hear of it.
    return new Promise(() => {});
  },
};

/** Changes what differs from the console's. @param {Partial<Caller>} changes */
export function askAs(changes) {
  Object.assign(caller, changes);
}

/** The problem in an answer that is none of JSON's is told by its status. @param {Response} response */
async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return response.status === 429
      ? { title: "Too many requests", detail: "That was asked too often. Wait a minute, and try again." }
      : { title: "The server failed", detail: `The server could not do this (${response.status}). Try again in a moment.` };
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, keepalive?: boolean }} [options]
 *   with `keepalive` it is sent even if the page goes before
 * @returns {Promise<any>}
 */
async function ask(method, path, options = {}) {
  const { body, headers = {}, signal, keepalive } = options;
  const { token } = caller;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      keepalive,
      // Whoever brings a token is nobody else, whatever cookies there are.
      credentials: token ? "omit" : "same-origin",
      headers: {
        accept: "application/json",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { title: "Not reached", detail: "The server could not be reached. Check your connection, and try again." });
  }
  if (response.status === 401) {
    // Another question may have brought the new token meanwhile.
    if (caller.token !== token || await caller.refused()) return ask(method, path, options);
  }
  if (!response.ok) throw new ApiError(response.status, await problemOf(response));
  if (response.status === 204) return undefined;
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

export const api = {
  /**
   * @param {string} path
   * @param {Query} [query]
   * @param {{ signal?: AbortSignal }} [options]
   */
  get: (path, query, options) => ask("GET", address(path, query), options),

  /**
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [headers]
   * @param {{ signal?: AbortSignal, keepalive?: boolean }} [options]
   */
  post: (path, body = {}, headers, options) => ask("POST", path, { body, headers, ...options }),

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {Record<string, string>} [headers]
   */
  patch: (path, body, headers) => ask("PATCH", path, { body, headers }),

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {Record<string, string>} [headers]
   */
  put: (path, body, headers) => ask("PUT", path, { body, headers }),

  /**
   * @param {string} path
   * @param {Query} [query]
   */
  delete: (path, query) => ask("DELETE", address(path, query)),

  /**
   * All items of a list, page by page.
   * @param {string} path
   * @param {Query} [query]
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<any[]>}
   */
  async pages(path, query = {}, options) {
    const items = [];
    let cursor;
    do {
      const answer = await ask("GET", address(path, { limit: 200, ...query, cursor }), options);
      items.push(...answer.items);
      cursor = answer.next;
    } while (cursor);
    return items;
  },
};
