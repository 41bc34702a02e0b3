// public/goodword.js before esbuild: what other people's sites load to carry a
// click to their forms and sales. docs/snippet.md says how it is used.
//
// It keeps receipts and decides nothing: all that the visitor's clicks have proven
// is sent along, and the Worker judges by the program's policy. Only a form that
// goes to the site's own server names one winner, in `gw`: what the last redirect
// said, or with data-touch="first" the oldest.
//
// Small is a feature here (1,400 bytes gzipped; `cargo xtask test` weighs it).

((w, d) => {
  const script = /** @type {HTMLScriptElement} */ (d.currentScript ?? d.querySelector("script[data-program]"));
  const {
    program,
    forms = "[data-goodword]",
    days = 90,
    domain,
    touch,
    consent,
    origin = new URL(script.src).origin,
  } = /** @type {Record<string, any>} */ (script.dataset);
  const key = `goodword_${program}`;
  const isPrivate = /** @type {any} */ (navigator).globalPrivacyControl;

  /** Receipts, the winner first. @type {string[]} */
  let list = [];
  /** Whether the visitor may be remembered: 1, or -1 for no, or 0 until they say. */
  let may = consent === "wait" ? 0 : 1;

  const keeps = () => may > 0 && !isPrivate;

  /**
   * What a browser forbids (storage, cookies, a rewritten address) is done without.
   * @param {() => any} what
   */
  const attempt = (what) => {
    try {
      return what();
    } catch {}
  };

  /**
   * The receipts in a text. Whatever else stands there goes no further.
   * @param {unknown} text
   */
  const read = (text) => `${text}`.match(/\bc\w{48}\b/g) ?? [];

  /**
   * When its click was made (Unix ms): the upper 48 of the 128 bits that are written
   * in 22 digits of base 62, from the 14th character on.
   * @param {string} receipt
   */
  const at = (receipt) => [...receipt.slice(13, 35)]
    .reduce((sum, digit) => sum * 62 + parseInt(digit, 36) + (digit > "Z" ? 26 : 0), 0) / 2 ** 80;

  /** @param {string} text */
  const store = (text) => {
    attempt(() => text ? localStorage.setItem(key, text) : localStorage.removeItem(key));
    if (domain) attempt(() => { d.cookie = `${key}=${text};domain=${domain};path=/;secure;samesite=lax;max-age=${text ? days * 86400 : 0}`; });
  };

  /**
   * Takes receipts in, the winner first, before those that are there.
   * @param {string[]} fresh
   */
  const take = (fresh) => {
    // Another tab may have taken some since.
    const known = [
      ...read(keeps() && [attempt(() => localStorage.getItem(key)), attempt(() => d.cookie.match(`${key}=[^;]*`))]),
      ...list,
    ];
    // A page that is only loaded again changes no order.
    if (fresh.some((receipt) => !known.includes(receipt))) known.unshift(...fresh);
    list = [...new Set(known)].filter((receipt) => at(receipt) > Date.now() - days * 864e5);
    if (touch === "first") list.sort((one, other) => at(one) - at(other));
    // The Worker looks at no more.
    list = list.slice(0, 20);
    if (keeps()) store(list.join("."));
  };

  const fill = () => {
    for (const form of d.querySelectorAll(forms)) {
      [["gw", list[0] ?? ""], ["gw_click", list.slice(1).join(" ")]].forEach(([name, value]) => {
        /** @type {HTMLInputElement | null} */
        let field = form.querySelector(`[name=${name}]`);
        // What the site itself has put there stays, unless the visitor withdrew.
        if (!value && (may >= 0 || !field)) return;
        if (!field) {
          field = d.createElement("input");
          field.type = "hidden";
          field.name = name;
          form.append(field);
        }
        if (field.value !== value) field.value = value;
      });
    }
  };

  const look = () => {
    const { search, href } = location;
    if (may >= 0) take(read(search.match(/[?&]gw(_click)?=\w+/g)));
    const rest = search.replace(/[?&]gw(_click)?(=[^&]*)?(?=&|$)/g, "").replace(/^&/, "?");
    // While an answer is waited for, the receipt has to outlive a reload.
    if (may && rest !== search) attempt(() => history.replaceState(history.state, "", href.replace(search, () => rest)));
    attempt(fill);
  };

  /**
   * @param {string} path
   * @param {object} body
   */
  const send = async (path, body) => {
    const response = await fetch(`${origin}/v1/public/${path}?program=${program}`, {
      method: "POST",
      // On the same zone the Worker's own cookie outlives what is kept here.
      credentials: keeps() ? "include" : "omit",
      // The next page may come before the answer.
      keepalive: true,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ program, receipts: await calls.receipts(), ...body }),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    throw Object.assign(Error(answer.title), answer);
  };

  // Each answers a promise, as it does before this is here.
  /** @type {Record<string, (...given: any[]) => Promise<any>>} */
  const calls = {
    lead: async ({ name, email, phone, company, consent, ...rest }) =>
      send("leads", { prospect: { name, email, phone, company }, consent: consent && { text: consent }, ...rest }),
    // How much it was is for the shop's server to say, so it is not even sent.
    convert: async ({ order_id }) => send("conversions", { order_id }),
    receipts: async () => {
      if (may >= 0) take([]);
      return list;
    },
    consent: async (yes) => {
      const mine = list;
      list = [];
      may = yes ? 1 : -1;
      if (yes) take(mine);
      else store("");
      look();
    },
  };

  if (isPrivate) store("");
  look();
  addEventListener("popstate", look);
  // Another tab has forgotten, by withdrawal or because all had expired.
  addEventListener("storage", (event) => { if ((event.key ?? key) === key && !localStorage.getItem(key)) calls.consent(); });
  new MutationObserver(() => attempt(fill)).observe(d, { childList: true, subtree: true });
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const change = history[name];
    history[name] = (...given) => {
      change.apply(history, given);
      look();
    };
  }
  // What was called before this was here, or is called on the stub still.
  /** @param {[string, any[], (value: any) => void]} call */
  const run = ([name, given, answer]) => answer(calls[name](...given));
  const early = /** @type {any} */ (w).goodword?.q ?? [];
  /** @type {any} */ (w).goodword = calls;
  early.push = run;
  early.forEach(run);
})(window, document);
