// Opens /rep, or /me, without a connection: what the page is made of is kept, and
// nothing that the API answers.
//
// Each page has a registration of its own, whose scope is the page's path. Online
// the network is asked first, so that a deployment shows at once; what is kept is
// for when it does not answer. A page and its files are kept together or not at all;
// a page that is not the kept one, letter for letter, is given no kept file.
//
// A release that changes a module and not a letter of the page is not noticed so:
// until what is kept is asked for again (an hour), a file that the network does not
// deliver in time is then of the release before.
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

  /**
   * How windows were opened: by what is kept, so that their files are of the same
   * age, or by the network, with a page that is the kept one or not. A browser that
   * does not say which window it opens has the last one under "".
   * @type {Map<string, "kept" | Promise<boolean>>}
   */
  const windows = new Map();

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
    // All of them are here before the first is put in the place of an older one.
    await Promise.all(answers.map((answer) => answer.clone().arrayBuffer()));
    const headers = new Headers(page.headers);
    headers.set(SINCE, String(Date.now()));
    const cache = await caches.open(KEPT);
    // Whatever ends this in the middle leaves no page, and not one of two ages.
    await cache.delete(PAGE);
    await Promise.all(files.map((file, n) => cache.put(file, answers[n])));
    await cache.put(PAGE, new Response(text, { headers }));
    const old = (await cache.keys()).filter(({ url }) => ![PAGE, ...files].includes(new URL(url).pathname));
    await Promise.all(old.map((request) => cache.delete(request)));
  }

  /**
   * The network's answer, or what is kept if it says nothing useful in time.
   * @param {Request} request
   * @param {Response | undefined} stored
   * @param {boolean | Promise<boolean>} may whether what is kept may be taken
   */
  async function soon(request, stored, may) {
    const answer = fetch(request);
    if (!stored) return answer;
    const instead = async () => (await may ? stored : answer);
    const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); }).then(instead);
    return Promise.race([answer.then((found) => (found.status < 500 ? found : instead()), instead), late]);
  }

  /** The page itself. @param {any} event */
  async function open(event) {
    const stored = await kept(PAGE);
    const before = await stored?.clone().text();
    const answer = await soon(event.request, stored, true);
    const id = event.resultingClientId ?? "";
    if (answer === stored) {
      windows.set(id, "kept");
      return answer;
    }
    const same = answer.clone().text().then((text) => text === before, () => false);
    windows.set(id, same);
    if (answer.ok) {
      const page = answer.clone();
      const isOld = Date.now() - Number(stored?.headers.get(SINCE) ?? 0) > FRESH;
      // It is shown already; what is kept may take its time.
      event.waitUntil(same.then((is) => (is && !isOld ? undefined : keep(page))).catch(() => {}));
    }
    return answer;
  }

  /**
   * A file of a page.
   * @param {Request} request
   * @param {string} id of the window that asks
   */
  async function file(request, id) {
    const stored = await kept(request);
    // A window that was opened before this worker was started may be of any age.
    const opened = windows.get(id) ?? windows.get("") ?? Promise.resolve(false);
    return stored && opened === "kept" ? stored : soon(request, stored, opened === "kept" || opened);
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
      event.respondWith(file(request, clientId));
    }
  });
}
