// The code that is said aloud, for whom one meets or calls.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, toast } from "/ui/components.js";
import { Glyph } from "/ui/glyphs.js";
import { wordsFor } from "./compose.js";
import { me } from "./state.js";

/** @import { Me } from "./types.js" */

/** @param {{ who: Me }} props */
export function Say({ who }) {
  const [busy, setBusy] = useState(false);

  async function make() {
    setBusy(true);
    try {
      const { code } = await api.post("/v1/me/code");
      if (me.value) me.value = { ...me.value, code };
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  const say = wordsFor(who, "in_person").before;
  return html`<${Card} class="me-say">
    <div class="me-line"><span class="me-sign"><${Glyph} of="in_person" /></span>
      <div class="grow"><h2>Say it</h2>
        ${who.code
          ? html`<p class="me-code" aria-label="Your code"><bdi>${who.code}</bdi></p><p class="me-quote" dir="auto">${say}</p>`
          : html`<p class="muted">A short code that you can say aloud, to whom you meet or call.</p><${Button} busy=${busy} onClick=${make}>Get my code<//>`}
      </div></div>
  <//>`;
}
