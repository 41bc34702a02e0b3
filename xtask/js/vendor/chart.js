// Charts over time, on a canvas; public/ui/chart.js gives them words and a table.
export { default as uPlot } from "uplot";
