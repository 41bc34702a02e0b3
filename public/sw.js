// Opens /rep, or /me, without a connection: what the page is made of is kept, and
// nothing that the API answers.
//
// Each page has a registration of its own, whose scope is the page's path. Online
// the network is asked first, so that a deployment shows at once; what is kept is
// for when it does not answer. The files of a page are kept together or not at all.
{
  const worker = /** @type {any} */ (self);

  /** @type {string} */
  const PAGE = new URL(worker.registration.scope).pathname;
  const KEPT = `goodword ${PAGE}`;

  /** How long the network may be silent before the page opens without it (ms). */
  const PATIENCE = 2_500;

  /** How old what is kept may get before all of it is asked for again (ms). */
  const FRESH = 3_600_000;

  /** When the page was kept, as a header of its answer. */
  const SINCE = "goodword-kept";

  /** What the page names: its sheets, its modules, its manifest and icons. */
  const FILES = /<(?:link|script)\b[^>]*?\s(?:href|src)="(\/[^"]+)"/g;

  /** Windows that were opened by what is kept: their files are of the same age. @type {Set<string>} */
  const windows = new Set();

  /** @param {RequestInfo} request */
  const kept = (request) => caches.match(request, { cacheName: KEPT });

  /**
   * Keeps the page, with all that it names.
   * @param {Response} page
   */
  async function keep(page) {
    const text = await page.text();
    const files = [...new Set([...text.matchAll(FILES)].map(([, file]) => file))];
    const answers = await Promise.all(files.map((file) => fetch(file)));
    if (!answers.every(({ ok }) => ok)) throw new Error("not all files of the page are there");
    const headers = new Headers(page.headers);
    headers.set(SINCE, String(Date.now()));
    const cache = await caches.open(KEPT);
    await Promise.all(files.map((file, n) => cache.put(file, answers[n])));
    await cache.put(PAGE, new Response(text, { headers }));
    const old = (await cache.keys()).filter(({ url }) => ![PAGE, ...files].includes(new URL(url).pathname));
    await Promise.all(old.map((request) => cache.delete(request)));
  }

  /**
   * The network's answer, or what is kept if it says nothing useful in time.
   * @param {Request} request
   * @param {Response | undefined} stored
   */
  async function soon(request, stored) {
    const answer = fetch(request);
    if (!stored) return answer;
    const late = new Promise((resolve) => { setTimeout(() => resolve(stored), PATIENCE); });
    return Promise.race([answer.then((found) => (found.status < 500 ? found : stored), () => stored), late]);
  }

  /** The page itself. @param {any} event */
  async function open(event) {
    const stored = await kept(PAGE);
    const answer = await soon(event.request, stored);
    if (answer === stored) {
      windows.add(event.resultingClientId);
    } else if (answer.ok && Date.now() - Number(stored?.headers.get(SINCE) ?? 0) > FRESH) {
      // It is shown already; what is kept may take its time.
      event.waitUntil(keep(answer.clone()).catch(() => {}));
    }
    return answer;
  }

  worker.addEventListener("install", (/** @type {any} */ event) => {
    worker.skipWaiting();
    event.waitUntil(fetch(PAGE).then((page) => {
      if (!page.ok) throw new Error(`the page answered ${page.status}`);
      return keep(page);
    }));
  });

  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request, clientId } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (request.mode === "navigate") {
      if (pathname === PAGE) event.respondWith(open(event));
    } else if (["script", "style", "image", "manifest"].includes(request.destination)) {
      event.respondWith(kept(request).then((stored) => (stored && windows.has(clientId) ? stored : soon(request, stored))));
    }
  });
}
