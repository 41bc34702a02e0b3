// Charts: over time (on a canvas, by uPlot), and bars that are plain elements.
// A page that shows the first loads /vendor/chart.css too.
export { TimeChart, tint } from "./chart/time-chart.js";
export { color, draw } from "./chart/plot.js";
export { group, instant, names } from "./chart/axis.js";

/** @typedef {import("./chart/axis.js").Unit} Unit */
/** @typedef {import("./chart/plot.js").Group} Group */
