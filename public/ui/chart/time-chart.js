// A chart over time with its switches, its words for a reader who does not see
// it, its table, and its files.
import { html, useEffect, useId, useMemo, useRef, useState } from "/vendor/ui.js";
import { downloadBlob, downloadCsv } from "/ui/download.js";
import { Button } from "/ui/components.js";

import { names } from "./axis.js";
import { draw } from "./plot.js";
import { picture } from "./png.js";

/**
 * @typedef {import("./plot.js").Group} Group
 *
 * @typedef {object} TimeChartProps
 * @property {string} label what it shows, as a heading would say it
 * @property {string} about the range in words, for files
 * @property {string[]} starts beginnings of the points
 * @property {import("./axis.js").Unit} unit
 * @property {string} zone
 * @property {Group[]} groups
 * @property {Group[]} [bands] what lies on top of the groups, each with a switch
 * @property {string[]} [hidden] keys of groups and bands that are switched off
 * @property {(hidden: string[]) => void} [onHidden]
 * @property {import("./plot.js").Mode} [mode]
 * @property {string} [before] what the period before is called, where it is drawn
 * @property {(value: number) => string} format
 * @property {(value: number) => string} [short] the same on the axis
 * @property {any} [empty] what to say when there is nothing
 * @property {string} file the beginning of files' names
 * @property {number} [height]
 * @property {any} [controls] further switches, beside the files
 */

/** @param {TimeChartProps} props */
export function TimeChart(props) {
  const { label, about, starts, unit, zone, mode = "bars", hidden = [], onHidden, before, format, empty, file, controls } = props;
  const bands = props.bands ?? [];
  const height = props.height ?? 300;
  const short = props.short ?? format;
  const id = useId();
  const [tabular, setTabular] = useState(false);
  const [point, setPoint] = useState(/** @type {number | null} */ (null));
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {import("uplot") | null} */ (null));
  const [spot, setSpot] = useState({ left: 0, width: 0 });

  const shown = useMemo(() => props.groups.filter(({ key }) => !hidden.includes(key)), [props.groups, hidden.join()]);
  const shownBands = useMemo(() => bands.filter(({ key }) => !hidden.includes(key)), [bands, hidden.join()]);
  const nothing = [...shown, ...shownBands].every(({ values }) => values.every((value) => !value));
  const named = useMemo(() => names(unit, zone), [unit, zone]);

  useEffect(() => {
    const into = frame.current;
    if (!into) return undefined;
    const make = () => {
      plot.current?.destroy();
      plot.current = draw(into, { starts, unit, zone, groups: shown, bands: shownBands, mode, short }, {
        width: Math.max(200, into.clientWidth),
        height,
        onPoint: (index) => {
          setPoint(index);
          const made = plot.current;
          if (made && index !== null) setSpot({ left: made.valToPos(index, "x"), width: made.over.clientWidth });
        },
      });
    };
    make();
    const sizes = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (plot.current && width > 0 && width !== plot.current.width) plot.current.setSize({ width, height });
    });
    sizes.observe(into);
    // Colours come from the sheet, which a switch, the system or a printer changes.
    const themes = new MutationObserver(make);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const media = ["(prefers-color-scheme: dark)", "print"].map((query) => window.matchMedia(query));
    for (const one of media) one.addEventListener("change", make);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      for (const one of media) one.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = null;
      setPoint(null);
    };
  }, [starts, unit, zone, shown, shownBands, mode, height]);

  /** @param {number | null} index */
  const go = (index) => {
    const made = plot.current;
    if (!made) return;
    if (index === null) made.setCursor({ left: -10, top: -10 });
    else made.setCursor({ left: made.valToPos(index, "x"), top: made.over.clientHeight / 2 });
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const last = starts.length - 1;
    const here = point ?? (event.key === "ArrowLeft" ? last + 1 : -1);
    const page = unit === "hour" ? 24 : 7;
    const to = {
      ArrowLeft: here - 1, ArrowRight: here + 1, ArrowDown: here - 1, ArrowUp: here + 1,
      PageDown: here - page, PageUp: here + page, Home: 0, End: last,
    }[event.key];
    if (event.key === "Escape") go(null);
    else if (to !== undefined) go(Math.min(last, Math.max(0, to)));
    else return;
    event.preventDefault();
  };

  /** @param {string} key */
  const flip = (key) => onHidden?.(hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key]);
  const sum = (/** @type {number} */ index) => shown.reduce((total, { values }) => total + (values[index] ?? 0), 0);
  const sumBefore = (/** @type {number} */ index) => shown.reduce((total, one) => total + (one.before?.[index] ?? 0), 0);
  const compared = before !== undefined && shown.some((one) => one.before);
  const words = (/** @type {number} */ index) => {
    const parts = [...shown, ...shownBands].filter(({ values }) => values[index]).map((one) => `${one.label} ${format(one.values[index])}`);
    const earlier = compared ? `, ${before} ${format(sumBefore(index))}` : "";
    return `${named.full(starts[index])}: ${format(sum(index))}${earlier}${parts.length > 0 ? `. ${parts.join(", ")}` : ""}`;
  };

  const header = ["", ...shown.map((one) => one.label), ...(shown.length > 1 ? ["Total"] : []), ...shownBands.map((one) => one.label), ...(compared ? [`${before}`] : [])];
  const row = (/** @type {number} */ index) => [
    ...shown.map(({ values }) => values[index] ?? 0),
    ...(shown.length > 1 ? [sum(index)] : []),
    ...shownBands.map(({ values }) => values[index] ?? 0),
    ...(compared ? [sumBefore(index)] : []),
  ];
  const saveCsv = () => downloadCsv(`${file}.csv`, [unit === "hour" ? "from" : unit, ...header.slice(1)], starts.map((start, index) => [start, ...row(index)]));
  const savePng = async () => {
    if (!plot.current) return;
    const legend = [
      ...shown.map((one) => ({ label: one.label, token: one.token })),
      ...shownBands.map((one) => ({ label: one.label, token: one.token, hatched: true })),
    ];
    const blob = await picture(plot.current.ctx.canvas, { title: label, about: compared ? `${about}; dashed: ${before}` : about, legend });
    if (blob) downloadBlob(`${file}.png`, blob);
  };

  const last = starts.length - 1;
  return html`<figure class="chart" aria-labelledby=${`${id}-label`}>
    <figcaption id=${`${id}-label`} class="unseen">${label}, ${about}</figcaption>
    <div class="chart-bar">
      <${Switches} groups=${props.groups} bands=${bands} hidden=${hidden} flip=${onHidden ? flip : undefined} before=${compared ? before : undefined} />
      <div class="chart-tools">
        ${controls}
        <${Button} kind="quiet" aria-expanded=${tabular} aria-controls=${`${id}-table`} onClick=${() => setTabular(!tabular)}>Table<//>
        <${Button} kind="quiet" onClick=${saveCsv} aria-label=${`${label} as CSV`}>CSV<//>
        <${Button} kind="quiet" onClick=${savePng} aria-label=${`${label} as PNG`}>PNG<//>
      </div>
    </div>
    <div class="chart-plot" tabindex="0" role="slider" aria-label=${`${label}: move with the arrow keys`}
      aria-valuemin="0" aria-valuemax=${Math.max(0, last)} aria-valuenow=${point ?? last}
      aria-valuetext=${nothing ? "nothing to show" : words(point ?? last)} aria-orientation="horizontal"
      onKeyDown=${onKey} onBlur=${() => go(null)}>
      <div ref=${frame} class="chart-canvas"></div>
      ${nothing && html`<div class="chart-empty">${empty ?? "Nothing in these days."}</div>`}
      ${!nothing && point !== null && point <= last && html`<${Tip} spot=${spot} heading=${named.full(starts[point])}
        rows=${[...shown].reverse().filter(({ values }) => values[point]).map((one) => ({ ...one, text: format(one.values[point]) }))}
        bands=${shownBands.filter(({ values }) => values[point]).map((one) => ({ ...one, text: format(one.values[point]) }))}
        total=${format(sum(point))} before=${compared ? { label: before, text: format(sumBefore(point)) } : undefined} />`}
    </div>
    <div id=${`${id}-table`} hidden=${!tabular}>
      ${tabular && html`<div class="chart-table" tabindex="0" role="region" aria-label=${`${label} as a table`}>
        <table class="table">
          <caption class="unseen">${label}, ${about}</caption>
          <thead><tr>${header.map((name, index) => html`<th scope="col" class=${index > 0 && "numeric"}>${name || (unit === "hour" ? "Hour" : unit === "day" ? "Day" : unit === "week" ? "Week" : "Month")}</th>`)}</tr></thead>
          <tbody>${starts.map((start, index) => html`<tr key=${start}><th scope="row">${named.full(start)}</th>${row(index).map((value) => html`<td class="numeric">${format(value)}</td>`)}</tr>`).reverse()}</tbody>
        </table>
      </div>`}
    </div>
  </figure>`;
}

/**
 * The legend, whose entries are switches.
 * @param {{ groups: Group[], bands: Group[], hidden: string[], flip?: (key: string) => void, before?: string }} props
 */
function Switches({ groups, bands, hidden, flip, before }) {
  const item = (/** @type {Group} */ one, /** @type {boolean} */ hatched) => html`<label key=${one.key} class="chart-switch">
    <input type="checkbox" checked=${!hidden.includes(one.key)} onChange=${() => flip?.(one.key)} />
    <span class=${hatched ? "swatch hatched" : "swatch"} data-token=${one.token} ref=${tint}></span>${one.label}
  </label>`;
  if (!flip) {
    return html`<div class="chart-switches">${groups.length > 1 && groups.map((one) => html`<span class="chart-switch" key=${one.key}>
      <span class="swatch" data-token=${one.token} ref=${tint}></span>${one.label}</span>`)}
      ${before && html`<span class="chart-switch"><span class="swatch dashed"></span>${before}</span>`}</div>`;
  }
  return html`<fieldset class="chart-switches">
    <legend class="unseen">Shown in the chart</legend>
    ${groups.length > 1 && groups.map((one) => item(one, false))}
    ${bands.map((one) => item(one, true))}
    ${before && html`<span class="chart-switch"><span class="swatch dashed"></span>${before}</span>`}
  </fieldset>`;
}

/**
 * A swatch's colour is a token, which stays right when the theme changes.
 * @param {HTMLElement | null} element
 */
export function tint(element) {
  if (element) element.style.setProperty("--swatch", `var(${element.dataset.token})`);
}

/** @param {{ spot: { left: number, width: number }, heading: string, rows: (Group & { text: string })[], bands: (Group & { text: string })[], total: string, before?: { label?: string, text: string } }} props */
function Tip({ spot, heading, rows, bands, total, before }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    const tip = place.current;
    const area = tip?.parentElement?.querySelector(".u-over");
    if (!tip || !(area instanceof HTMLElement)) return;
    const wide = tip.offsetWidth;
    const right = spot.left + wide + 16 <= spot.width;
    const left = right ? spot.left + 12 : spot.left - wide - 12;
    tip.style.left = `${area.offsetLeft + Math.max(0, Math.min(spot.width - wide, left))}px`;
  });
  const line = (/** @type {Group & { text: string }} */ one, /** @type {boolean} */ hatched) => html`<tr key=${one.key}>
    <td><span class=${hatched ? "swatch hatched" : "swatch"} data-token=${one.token} ref=${tint}></span>${one.label}</td><td class="numeric">${one.text}</td></tr>`;
  return html`<div class="chart-tip" ref=${place} aria-hidden="true">
    <p>${heading}</p>
    <table>
      <tbody>
        ${rows.length !== 1 && html`<tr class="chart-tip-total"><td>Total</td><td class="numeric">${total}</td></tr>`}
        ${rows.map((one) => line(one, false))}
        ${bands.map((one) => line(one, true))}
        ${before && html`<tr class="chart-tip-before"><td>${before.label}</td><td class="numeric">${before.text}</td></tr>`}
      </tbody>
    </table>
  </div>`;
}
