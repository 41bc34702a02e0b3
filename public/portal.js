// <goodword-portal>: an advocate's own page within a page of yours.
//
//   <script src="https://go.example/portal.js" defer></script>
//   <goodword-portal token="gwp_…"></goodword-portal>
//
// The token is one that your server asks for (`POST /v1/programs/…/advocates/…/token`)
// and lasts an hour. Once it has run out, `goodword-expired` is fired: set another.
// It is handed to the frame by a message, and stands in no address.
//
// A classic script, since one from elsewhere that is a module needs CORS, and in a
// block, so that it leaves nothing behind but the element.
{
  const src = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";
  const { origin } = new URL(src || location.href);
  if (!src) console.error("goodword-portal: load portal.js by a classic <script src>; a bundle does not know where it is from.");

  /** Before the frame has said how high it is (px), and the least that a dialog needs. */
  const LEAST = 480;

  class GoodwordPortal extends HTMLElement {
    static observedAttributes = ["token", "theme"];

    #frame = document.createElement("iframe");
    #token = "";
    #ready = false;
    #looking = false;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      // A sheet that is made here is let through where no style in a page is.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`:host { display: block } :host([hidden]) { display: none }
        iframe { display: block; width: 100%; min-height: ${LEAST}px; border: 0; border-radius: inherit; color-scheme: normal }`);
      root.adoptedStyleSheets = [sheet];
      // Some browsers complain of what they do not know.
      this.#frame.allow = "share" in navigator ? "web-share; clipboard-write" : "clipboard-write";
      this.#frame.referrerPolicy = "no-referrer";
      this.#frame.height = String(LEAST);
    }

    connectedCallback() {
      // A property that was set before this element was known would hide ours.
      if (Object.hasOwn(this, "token")) {
        const { token } = this;
        delete (/** @type {any} */ (this).token);
        this.token = token;
      }
      this.#frame.title = this.getAttribute("label") ?? "Recommend us";
      addEventListener("message", this.#hear);
      addEventListener("scroll", this.#look, { capture: true, passive: true });
      addEventListener("resize", this.#look, { passive: true });
      this.#ready = false;
      this.#frame.src = `${origin}/me/embed`;
      this.shadowRoot?.append(this.#frame);
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
      removeEventListener("scroll", this.#look, { capture: true });
      removeEventListener("resize", this.#look);
      this.#frame.remove();
    }

    /** @param {string} name @param {string | null} _ @param {string | null} value */
    attributeChangedCallback(name, _, value) {
      if (name === "token") this.#token = value ?? "";
      this.#hand();
    }

    get token() { return this.#token; }

    set token(value) {
      this.#token = value ?? "";
      this.#hand();
    }

    #hand() {
      if (this.#token) this.#tell({ goodword: "token", token: this.#token, theme: this.getAttribute("theme") });
    }

    /** To our own page alone, whatever else may have got into the frame. @param {object} message */
    #tell(message) {
      if (this.#ready) this.#frame.contentWindow?.postMessage(message, origin);
    }

    /** Says which part of the frame is in sight: it is as high as its content, and cannot know. */
    #look = () => {
      if (this.#looking) return;
      this.#looking = true;
      requestAnimationFrame(() => {
        this.#looking = false;
        const { top, bottom } = this.#frame.getBoundingClientRect();
        const from = Math.max(0, -top);
        const height = Math.min(bottom, innerHeight) - top - from;
        if (height > 0) this.#tell({ goodword: "seen", top: from, height });
      });
    };

    /** @param {MessageEvent} event */
    #hear = ({ source, origin: from, data }) => {
      if (source !== this.#frame.contentWindow || from !== origin) return;
      if (data?.goodword === "ready") {
        this.#ready = true;
        this.#hand();
        this.#look();
      } else if (data?.goodword === "height" && Number.isFinite(data.height)) {
        this.#frame.style.height = `${Math.max(LEAST, data.height)}px`;
        this.#look();
      } else if (data?.goodword === "expired") {
        this.dispatchEvent(new CustomEvent("goodword-expired", { bubbles: true, composed: true }));
      }
    };
  }

  // Loaded twice, the first one stays.
  if (!customElements.get("goodword-portal")) customElements.define("goodword-portal", GoodwordPortal);
}
