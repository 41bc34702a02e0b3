// A drawing over time: what uPlot is told. It draws; words, switches and the
// table are time-chart.js.
import { uPlot } from "/vendor/chart.js";

import { ceiling, marks, names } from "./axis.js";

/**
 * @typedef {object} Group
 * @property {string} key
 * @property {string} label
 * @property {string} token the custom property of its colour
 * @property {number[]} values
 * @property {number[]} [before] the same of the period before
 *
 * @typedef {"bars" | "lines"} Mode
 *
 * @typedef {object} Drawing
 * @property {string[]} starts
 * @property {import("./axis.js").Unit} unit
 * @property {string} zone
 * @property {Group[]} groups what is added up, those shown alone
 * @property {Group[]} bands what lies on top of it, hatched
 * @property {Mode} mode
 * @property {(value: number) => string} short a number on the axis
 */

/** @param {string} token */
export function color(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim() || "#777";
}

/** Colours read once a drawing: the canvas asks for them again and again. */
function palette() {
  const sheet = getComputedStyle(document.documentElement);
  /** @type {Map<string, string>} */
  const known = new Map();
  return (/** @type {string} */ token) => {
    let value = known.get(token);
    if (value === undefined) known.set(token, (value = sheet.getPropertyValue(token).trim() || "#777"));
    return value;
  };
}

const dpr = () => window.devicePixelRatio || 1;

/**
 * Lines aslant, so that a band is told from a channel without its colour.
 * @param {CanvasRenderingContext2D} context
 * @param {string} ink
 * @param {string} paper
 * @param {number} gap
 */
function hatch(context, ink, paper, gap) {
  const size = Math.round(gap * dpr());
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  pen.fillStyle = paper;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = ink;
  pen.lineWidth = 1.25 * dpr();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? ink;
}

/** @param {number[][]} columns @param {number} length */
function stacked(columns, length) {
  const sums = Array.from({ length }, () => 0);
  return columns.map((values) => {
    values.forEach((value, index) => { sums[index] += value ?? 0; });
    return sums.slice();
  });
}

/**
 * @param {Drawing} drawing
 * @param {(token: string) => string} ink
 * @returns {{ series: uPlot.Series[], data: number[][] }}
 */
function layers({ starts, groups, bands, mode }, ink) {
  /** @type {uPlot.Series[]} */
  const series = [];
  /** @type {number[][]} */
  const data = [];
  const length = starts.length;
  const paths = /** @type {any} */ (uPlot.paths);
  const bars = paths.bars({ size: [0.74, 44], radius: 0, gap: 0 });
  const line = paths.linear();
  /** @param {uPlot.Series} one @param {number[]} values */
  const add = (one, values) => {
    series.push({ points: { show: false }, ...one });
    data.push(values);
  };
  /** @param {Group} band @param {number[]} values @param {number} index */
  const addBand = (band, values, index) => {
    /** @type {CanvasPattern | string | undefined} */
    let pattern;
    add({
      label: band.key,
      paths: mode === "bars" ? bars : line,
      width: 1,
      stroke: ink(band.token),
      fill: (u) => (pattern ??= hatch(u.ctx, ink(band.token), ink("--raised"), index === 0 ? 5 : 8)),
    }, values);
  };

  if (mode === "bars") {
    const all = [...groups, ...bands];
    const sums = stacked(all.map(({ values }) => values), length);
    // The whole first, and what it is made of over it.
    for (let index = all.length - 1; index >= 0; index -= 1) {
      const one = all[index];
      if (index >= groups.length) addBand(one, sums[index], index - groups.length);
      else add({
        label: one.key,
        paths: bars,
        width: all.length > 1 ? 1 : 0,
        stroke: ink("--raised"),
        fill: ink(one.token),
      }, sums[index]);
    }
    const before = groups.flatMap((one) => (one.before ? [one.before] : []));
    if (before.length > 0) {
      const sum = stacked(before, length).at(-1) ?? [];
      add({ label: "before", paths: line, width: 1.5, dash: [5, 4], stroke: ink("--ink") }, sum);
    }
    return { series, data };
  }

  const sums = stacked(bands.map(({ values }) => values), length);
  for (let index = bands.length - 1; index >= 0; index -= 1) addBand(bands[index], sums[index], index);
  for (const one of groups) {
    if (one.before) {
      add({ label: `${one.key} before`, paths: line, width: 1.25, dash: [4, 4], stroke: ink(one.token) }, one.before);
    }
  }
  for (const one of groups) {
    add({
      label: one.key,
      paths: line,
      width: 2,
      stroke: ink(one.token),
      points: { show: length <= 14, size: 6, fill: ink(one.token), width: 0 },
    }, one.values);
  }
  return { series, data };
}

/**
 * Draws into an element.
 * @param {HTMLElement} into
 * @param {Drawing} drawing
 * @param {{ width: number, height: number, onPoint: (index: number | null) => void }} how
 * @returns {uPlot}
 */
export function draw(into, drawing, { width, height, onPoint }) {
  const { starts, unit, zone, short } = drawing;
  const named = names(unit, zone);
  const ink = palette();
  const { series, data } = layers(drawing, ink);
  const last = Math.max(0, starts.length - 1);
  const font = `12px ${getComputedStyle(into).fontFamily}`;
  /** @type {number | null} */
  let told = null;
  /** @type {uPlot.Options} */
  const options = {
    width,
    height,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    scales: {
      // Half a point of room, so that the first and the last bar are whole.
      x: { time: false, range: () => [-0.6, last + 0.6] },
      y: { range: (_, __, highest) => [0, ceiling(highest)] },
    },
    series: [{}, ...series],
    axes: [
      {
        font,
        size: 34,
        gap: 6,
        stroke: ink("--muted"),
        grid: { show: false },
        ticks: { stroke: ink("--line"), width: 1, size: 5 },
        splits: (u) => marks(starts, unit, zone, Math.max(2, Math.floor(u.bbox.width / dpr() / 68))),
        values: (_, splits) => splits.map((index, place) => {
          const start = starts[index];
          if (start === undefined) return "";
          const former = starts[splits[place - 1]];
          const above = named.above(start);
          const changes = former === undefined ? unit === "hour" : named.above(former) !== above;
          return changes ? `${named.short(start)}\n${above}` : named.short(start);
        }),
      },
      {
        font,
        gap: 6,
        size: (_, values) => 18 + 7 * Math.max(1, ...(values ?? []).map((value) => String(value).length)),
        stroke: ink("--muted"),
        grid: { stroke: ink("--line"), width: 1, dash: [2, 4] },
        ticks: { show: false },
        incrs: [1, 2, 5].flatMap((step) => [step]).concat(
          Array.from({ length: 11 }, (_, power) => [10, 20, 25, 50].map((step) => step * 10 ** power)).flat(),
        ),
        space: 44,
        values: (_, splits) => splits.map(short),
      },
    ],
    cursor: {
      y: false,
      points: { show: drawing.mode === "lines", size: 8 },
      drag: { x: false, y: false },
    },
    hooks: {
      setCursor: [(u) => {
        const index = u.cursor.idx ?? null;
        if (index === told) return;
        told = index;
        onPoint(index);
      }],
    },
  };
  const columns = /** @type {uPlot.AlignedData} */ ([starts.map((_, index) => index), ...data]);
  return new uPlot(options, columns, into);
}
