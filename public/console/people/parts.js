// Small parts that the pages about people share.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Icon, Input, Meter, Notice } from "/ui/components.js";
import { dateTime, number, relative } from "/ui/format.js";
import { flagAbout, flagName } from "./words.js";

/**
 * An address of the console that keeps the program.
 * @param {string} path
 * @param {Record<string, string | undefined>} parameters
 */
export function to(path, parameters) {
  const query = new URLSearchParams(Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  return `${path}?${query}`;
}

/** A link that changes only what this page shows: opened in a tab of its own, it works too. @param {{ href: string, onOpen: () => void, class?: string, children?: any, [attribute: string]: any }} props */
export function Inside({ href, onOpen, children, ...rest }) {
  return html`<a href=${href} ...${rest} onClick=${(/** @type {MouseEvent} */ event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen();
  }}>${children}</a>`;
}

/** When something was: near by how long ago, in full on demand. @param {{ at: string, zone?: string }} props */
export const When = ({ at, zone }) => html`<time datetime=${at} title=${dateTime(at, zone)}>${relative(at)}</time>`;

/** Why rewards are held. @param {{ flags: readonly string[] }} props */
export const Flags = ({ flags }) => flags.map((flag) => html`<${Badge} key=${flag} tone="warn"><${Icon} name="warn" /><span title=${flagAbout(flag)}>${flagName(flag)}</span><//> `);

/**
 * A search that waits for a pause in the typing.
 * @param {{ label: string, value: string, onSearch: (text: string) => void, placeholder?: string }} props
 */
export function Search({ label, value, onSearch, placeholder }) {
  const [text, setText] = useState(value);
  const asked = useRef(value);
  useEffect(() => {
    // Going back changes the address, and with it what is searched.
    if (value !== asked.current) setText(value);
    asked.current = value;
  }, [value]);
  useEffect(() => {
    if (text === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = text.trim();
      onSearch(text.trim());
    }, 200);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<div class="search"><${Icon} name="search" /><${Input} type="search" aria-label=${label} placeholder=${placeholder ?? label} value=${text} onValue=${setText} /></div>`;
}

/**
 * What a list comes to, and its next page.
 * @param {{ list: { items: any[] | undefined, next: string | null, busy: boolean, failed: string, more: () => void, reload: () => void }, one: string, other: string }} props
 */
export function More({ list, one, other }) {
  if (list.failed) return html`<${Notice} tone="bad" title="This could not be read" action=${html`<${Button} onClick=${list.items ? list.more : list.reload}>Try again<//>`}>${list.failed}<//>`;
  const count = list.items?.length ?? 0;
  if (count === 0) return null;
  return html`<div class="more"><span class="muted small" role="status">${number(count)} ${count === 1 ? one : other}${list.next ? ", and more" : ""}</span>
    ${list.next && html`<${Button} busy=${list.busy} onClick=${list.more}>Load more<//>`}</div>`;
}

/** How far something with many is. @param {{ label: string, done: number, all: number }} props */
export const Progress = ({ label, done, all }) => html`<div class="progress">
  <p role="status">${label}: ${number(done)} of ${number(all)}</p>
  <${Meter} label=${label} value=${done} max=${all} text=${`${done} of ${all}`} />
</div>`;

/** Facts, one below another. @param {{ of: (readonly [label: string, value: any] | false | null | undefined | "")[] }} props */
export const Facts = ({ of }) => html`<dl class="facts">${of.map((fact) => fact && fact[1] !== null && fact[1] !== undefined && fact[1] !== "" && html`<div key=${fact[0]}><dt>${fact[0]}</dt><dd>${fact[1]}</dd></div>`)}</dl>`;

/**
 * Advocates for a combobox.
 * @param {string} program slug
 * @param {{ status?: "active", without?: string }} [options]
 */
export const searchAdvocates = (program, { status, without } = {}) => async (/** @type {string} */ text) => {
  const { items } = await api.get(`/v1/programs/${program}/advocates`, { q: text, status, limit: 12 });
  return items.filter((/** @type {any} */ { id }) => id !== without)
    .map((/** @type {any} */ { id, name, email, external_id }) => ({ key: id, text: name, detail: email ?? external_id ?? id }));
};
