// One link: what it shall say on the left, and everything that can be done with it
// on the right. Asking for a link writes nothing, so it is there as one chooses.

import { html, useEffect, useMemo, useState } from "/vendor/ui.js";
import { api, ApiError } from "/ui/api.js";
import { Combobox } from "/ui/combobox.js";
import { Button, Card, Copy, Empty, Field, Select, Skeleton, toast } from "/ui/components.js";
import { can } from "/ui/page.js";
import { fill, messageFor } from "./brand.js";
import { CHANNELS, channelOf, isMedium, mediumName } from "/ui/media.js";
import { QrPanel } from "./qr-panel.js";
import { Spoken } from "./spoken.js";

/** Milliseconds without a change before a link is asked for. */
const PAUSE = 120;

/**
 * @param {object} props
 * @param {any} props.session
 * @param {any} props.program
 * @param {import("./brand.js").Content | undefined} props.content
 * @param {Record<string, string>} props.query
 * @param {(changes: Record<string, string>) => void} props.setQuery
 */
export function Builder({ session, program, content, query, setQuery }) {
  const medium = isMedium(query.medium) ? query.medium : "copy";
  const [advocate, setAdvocate] = useAdvocate(program.slug, query.advocate, setQuery);
  const lists = useLists(program.slug);
  const destination = destinationOf(lists?.destinations, query.destination);
  const wanted = {
    program: program.slug,
    advocate: advocate?.key ?? "",
    medium,
    destination: destination || null,
    label: query.label || null,
  };
  // Which destination is the first in use is not known before the lists are.
  const { link, fault } = useLink(wanted, lists !== undefined);

  return html`<div class="links-split">
    <${Card} title="What the link says">
      <div class="stack">
        <${Combobox} label="Advocate" required placeholder="Name, email or id" value=${advocate} onPick=${setAdvocate}
          search=${(/** @type {string} */ text) => findAdvocates(program.slug, text)} error=${fault?.fields?.advocate}
          none="No advocate is called that" />
        <${Field} label="Where it is shared" hint="Statistics keep channels apart by this." error=${fault?.fields?.medium}>
          <${Select} value=${medium} onValue=${(/** @type {string} */ chosen) => setQuery({ medium: chosen })}>
            ${CHANNELS.map(({ channel, name, media }) => html`<optgroup key=${channel} label=${name}>
              ${media.map((one) => html`<option key=${one.medium} value=${one.medium}>${one.name}</option>`)}
            </optgroup>`)}
          <//>
        <//>
        <${Field} label="Leads to" error=${fault?.fields?.destination} hint=${lists && !lists.failed && lists.destinations.length === 0
          ? html`No destination is in use. Switch one on under <a href=${`/console/programs?program=${program.slug}&tab=destinations`}>Programs → Destinations</a>.` : undefined}>
          <${Select} value=${destination} disabled=${!lists?.destinations.length}
            onValue=${(/** @type {string} */ chosen) => setQuery({ destination: chosen })}>
            ${(lists?.destinations ?? []).map((one) =>
              html`<option key=${one.slug} value=${named(one)}>${one.slug} · ${place(one.url)}</option>`)}
          <//>
        <//>
        <${Label} program=${program.slug} labels=${lists?.labels} value=${query.label} error=${fault?.fields?.label}
          mayCreate=${can(session, "programs:write")} onPick=${(/** @type {string} */ label) => setQuery({ label })} />
      </div>
    <//>
    <div class="stack">
      ${advocate ? html`
        <${Result} link=${link} fault=${fault} medium=${medium} advocate=${advocate.text} />
        <${Message} link=${link} content=${content} medium=${medium} program=${program} advocate=${advocate.text} />
        <${Spoken} wanted=${wanted} />
        <${QrPanel} link=${link} content=${content} medium=${medium} program=${program} advocate=${advocate}
          onMedium=${(/** @type {string} */ other) => setQuery({ medium: other })} />` : html`
        <${Card}>
          <${Empty} title="Whose link is it?">
            Pick an advocate. Their link is there at once, with a message to send, a code to say and a QR code to print.
            Everything that it needs to know is inside the link, so nothing has to be saved.
          <//>
        <//>`}
    </div>
  </div>`;
}

/**
 * How a link names a destination: number 0 is where it leads that names none, and
 * if that is switched off every other has to be named.
 * @param {{ slug: string, number: number }} destination
 */
const named = ({ slug, number }) => (number === 0 ? "" : slug);

/**
 * The destination that is chosen, or the first in use.
 * @param {{ slug: string, number: number }[] | undefined} all those in use, undefined until they are known
 * @param {string} asked by the address
 */
function destinationOf(all, asked) {
  const found = all?.find((one) => one.slug === asked || named(one) === asked) ?? all?.[0];
  return found ? named(found) : asked;
}

/** @param {string} url */
function place(url) {
  const { host, pathname } = new URL(url);
  return pathname === "/" ? host : host + pathname;
}

/**
 * @param {any} advocate
 * @returns {import("/ui/combobox.js").Option}
 */
const option = (advocate) => ({
  key: advocate.id,
  text: advocate.name,
  detail: advocate.email ?? advocate.external_id ?? advocate.kind,
});

/**
 * @param {string} program
 * @param {string} q
 */
async function findAdvocates(program, q) {
  const { items } = await api.get(`/v1/programs/${program}/advocates`, { q: q || undefined, status: "active", limit: 20 });
  return items.map(option);
}

/**
 * The advocate in the address, who is looked up once.
 * @param {string} program
 * @param {string} id
 * @param {(changes: Record<string, string>) => void} setQuery
 */
function useAdvocate(program, id, setQuery) {
  const [advocate, setAdvocate] = useState(/** @type {import("/ui/combobox.js").Option | undefined} */ (undefined));
  useEffect(() => {
    if (!id || advocate?.key === id) return;
    api.get(`/v1/programs/${program}/advocates/${encodeURIComponent(id)}`).then(
      (/** @type {any} */ found) => setAdvocate(option(found)),
      // An address of another program, or an old one.
      () => setQuery({ advocate: "" }),
    );
  }, [program, id]);
  /** @param {import("/ui/combobox.js").Option | undefined} picked */
  function pick(picked) {
    setAdvocate(picked);
    setQuery({ advocate: picked?.key ?? "" });
  }
  return /** @type {const} */ ([advocate, pick]);
}

/**
 * Where links can lead and what they can be labelled; undefined until it is known.
 * @param {string} program
 */
function useLists(program) {
  const [lists, setLists] = useState(/** @type {{ destinations: any[], labels: any[], failed?: boolean } | undefined} */ (undefined));
  useEffect(() => {
    const base = `/v1/programs/${program}`;
    Promise.all([api.pages(`${base}/destinations`, { limit: 200 }), api.pages(`${base}/labels`, { limit: 200 })]).then(
      ([destinations, labels]) => setLists({ destinations: destinations.filter(({ status }) => status === "active"), labels }),
      (/** @type {Error} */ fault) => {
        // A link to where they all lead can be had without the lists.
        setLists({ destinations: [], labels: [], failed: true });
        toast(fault.message, { tone: "bad" });
      },
    );
  }, [program]);
  return lists;
}

/**
 * The link of what is wanted, asked again as that changes.
 * @param {{ program: string, advocate: string, medium: string, destination: string | null, label: string | null }} wanted
 * @param {boolean} known whether that is what is wanted, or only what is known so far
 */
function useLink(wanted, known) {
  const key = JSON.stringify(wanted);
  const [answer, setAnswer] = useState(/** @type {{ key: string, link?: any, fault?: any }} */ ({ key: "" }));
  useEffect(() => {
    if (!known || !wanted.advocate) return;
    let gone = false;
    const timer = setTimeout(() => {
      api.post("/v1/links", wanted).then(
        (/** @type {any} */ link) => { if (!gone) setAnswer({ key, link }); },
        (/** @type {any} */ fault) => { if (!gone) setAnswer({ key, fault }); },
      );
    }, PAUSE);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [key, known]);
  // The link of what was wanted before is never shown for what is wanted now.
  return answer.key === key ? answer : { key };
}

/**
 * The link, ready to be taken along.
 * @param {{ link: any, fault: any, medium: string, advocate: string }} props
 */
function Result({ link, fault, medium, advocate }) {
  if (fault && Object.keys(fault.fields ?? {}).length === 0) {
    return html`<${Card} title="The link"><p class="error">${fault.detail ?? fault.message}</p><//>`;
  }
  return html`<${Card} title="The link" actions=${link ? html`<${Copy} text=${link.url} label="Copy link" />` : ""}>
    ${link ? html`<p class="links-url" data-testid="link">${link.url}</p>` : html`<${Skeleton} lines=${1} />`}
    <p class="muted">Counts for ${advocate}, as ${channelOf(medium).name}${
      channelOf(medium).media.length > 1 ? ` · ${mediumName(medium)}` : ""}.</p>
  <//>`;
}

/**
 * What the program says with a link of this medium.
 * @param {{ link: any, content: import("./brand.js").Content | undefined, medium: string, program: any, advocate: string }} props
 */
function Message({ link, content, medium, program, advocate }) {
  if (!content) return html`<${Card} title="Message"><${Skeleton} lines=${3} /><//>`;
  const message = messageFor(content, medium);
  const name = mediumName(medium);
  if (!message?.text) {
    return html`<${Card} title="Message">
      <p class="muted">${program.name} has no message for ${name} yet. What you write under
        ${" "}<a href=${`/console/programs?program=${program.slug}&tab=sharing`}>Programs → Sharing</a> stands here, with the link filled in.</p>
    <//>`;
  }
  const values = { advocate, program: program.name, link: link?.url ?? "…" };
  const text = fill(message.text, values);
  const subject = message.subject ? fill(message.subject, values) : "";
  const mailto = `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text)}`;
  return html`<${Card} title=${`Message for ${name}`} actions=${html`
      ${medium === "email" && link ? html`<${Button} kind="quiet" icon="mail" href=${mailto}>Write the email<//>` : ""}
      <${Copy} text=${text} label="Copy message" />`}>
    ${subject ? html`<p class="links-subject"><span class="muted">Subject</span> ${subject}</p>` : ""}
    <p class="links-message">${text}</p>
  <//>`;
}

/**
 * A label: one that is there, or a new one.
 * @param {object} props
 * @param {string} props.program
 * @param {any[] | undefined} props.labels
 * @param {string} props.value
 * @param {string | undefined} props.error
 * @param {boolean} props.mayCreate
 * @param {(slug: string) => void} props.onPick
 */
function Label({ program, labels, value, error, mayCreate, onPick }) {
  const [made, setMade] = useState(/** @type {string[]} */ ([]));
  const [problem, setProblem] = useState("");
  const known = useMemo(() => [...new Set([...(labels ?? []).map(({ slug }) => slug), ...made])].sort(), [labels, made]);

  /** @param {string} text */
  async function search(text) {
    const slug = text.trim().toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
    const found = known.filter((one) => one.includes(slug)).map((one) => ({ key: one, text: one }));
    if (!mayCreate || !slug || known.includes(slug)) return found;
    return [...found, { key: `+${slug}`, text: slug, detail: "Create this label" }];
  }

  /** @param {import("/ui/combobox.js").Option | undefined} picked */
  async function pick(picked) {
    setProblem("");
    if (!picked?.key.startsWith("+")) return onPick(picked?.key ?? "");
    try {
      await api.post(`/v1/programs/${program}/labels`, { slug: picked.text });
      setMade([...made, picked.text]);
      onPick(picked.text);
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault;
      setProblem(fault.fields.slug ?? fault.detail ?? fault.title);
    }
  }

  return html`<${Combobox} label="Label" hint="A campaign, for instance. Optional." placeholder="None" search=${search} onPick=${pick}
    value=${value ? { key: value, text: value } : undefined} error=${problem || error}
    none=${mayCreate ? "Type a name to create a label" : "There is no such label"} />`;
}
