// The field in which an advocate is found while one types, or registered.

import { html, useRef, useState } from "/vendor/ui.js";
import { Combobox } from "/ui/combobox.js";
import { Button, Field, Icon, Input, Segments } from "/ui/components.js";
import { KINDS, kindName } from "../console/people/words.js";
import { search } from "./known.js";

/** @import { Who } from "./entries.js" */
/** @import { Known } from "./known.js" */
/** @import { Option } from "/ui/combobox.js" */

/** No id looks like it. */
const NEW = "new";

/** @param {Known} one @returns {Option} */
const option = (one) => ({ key: one.id ?? one.fresh ?? "", text: one.name, detail: one.email ?? kindName(one.kind) });

/** The last choice. @param {string} name @returns {Option} */
const register = (name) => ({ key: NEW, text: name, label: html`<span class="register"><${Icon} name="plus" />Register “${name}”</span>` });

/**
 * @param {{
 *   program: string,
 *   who: Who | undefined,
 *   email: string,
 *   kind: string,
 *   errors: Record<string, string>,
 *   onChange: (changes: { who?: Who, email?: string, kind?: string }) => void,
 * }} props
 */
export function WhoField({ program, who, email, kind, errors, onChange }) {
  const offered = useRef(/** @type {Known[]} */ ([]));
  const [typed, setTyped] = useState("");
  const [left, setLeft] = useState(false);

  /** @param {string} text @param {(options: Option[]) => void} early */
  async function find(text, early) {
    const show = (/** @type {Known[]} */ some) => {
      offered.current = some;
      return some.map(option);
    };
    const some = await search(program, text, (some) => { if (some.length > 0) early(show(some)); });
    return [...show(some), ...(text ? [register(text)] : [])];
  }

  /** @param {Option | undefined} picked */
  function pick(picked) {
    setTyped("");
    if (!picked) return onChange({ who: undefined });
    if (picked.key === NEW) return onChange({ who: { fresh: crypto.randomUUID(), name: picked.text } });
    const one = offered.current.find(({ id, fresh }) => (id ?? fresh) === picked.key);
    if (one) onChange({ who: { id: one.id, fresh: one.fresh, name: one.name }, email: one.email ?? "", kind: one.kind });
  }

  const name = typed.trim();
  const value = who && { key: who.id ?? who.fresh ?? "", text: who.name };
  return html`<div class="who" onFocusIn=${() => setLeft(false)} onFocusOut=${() => setLeft(true)}>
    <${Combobox} label="Who recommends you?" placeholder="Find or register an advocate" error=${errors.who} required value=${value} none="Type a name to register somebody"
      search=${find} onPick=${pick} onText=${(/** @type {string} */ text) => {
        setTyped(text);
        if (who) onChange({ who: undefined });
      }} />
    ${!who && name && (left || errors.who) && html`<div class="who-left"><${Button} icon="plus" onClick=${() => pick(register(name))}>Register “${name}”<//></div>`}
    ${who && !who.id && html`<div class="who-new">
      <p><${Icon} name="plus" /><span><b>${who.name}</b> is registered along with this, and is yours.</span></p>
      <${Field} label="Their email" optional error=${errors.email}><${Input} type="email" inputmode="email" autocomplete="off" spellcheck=${false} value=${email}
        onValue=${(/** @type {string} */ email) => onChange({ email })} /><//>
      <${Segments} label="What they are" value=${kind} onChange=${(/** @type {string} */ kind) => onChange({ kind })} options=${KINDS} />
    </div>`}
  </div>`;
}
