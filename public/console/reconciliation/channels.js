// What each channel comes to by our books, and by theirs.

import { html } from "/vendor/ui.js";
import { Card, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { channelName, channelToken } from "/ui/media.js";
import { amountOf } from "../people/words.js";

/** @import { ChannelTotal, Run, Total } from "./kinds.js" */

/** @param {Total} total */
const money = ({ amount_by_currency: sums }) => (sums.length === 0 ? "—" : sums.map(({ currency, amount }) => amount !== null && html`<div key=${currency} class="nowrap">${amountOf(amount, currency)}</div>`));

/** Whether both have sold the same. @param {ChannelTotal} one */
const agrees = ({ ours, theirs }) => ours.sales === theirs.sales && JSON.stringify(ours.amount_by_currency) === JSON.stringify(theirs.amount_by_currency);

/** @param {{ run: Run }} props */
export const Channels = ({ run }) => html`<${Card} title="By channel">
  <${Table} caption="What was sold by channel" stacked rows=${run.channels} rowKey=${(/** @type {ChannelTotal} */ { channel }) => channel ?? ""}
    rowClass=${(/** @type {ChannelTotal} */ one) => (agrees(one) ? undefined : "differs")} columns=${[
      { key: "channel", label: "Channel", render: (/** @type {ChannelTotal} */ { channel }) => (channel
        ? html`<span class="nowrap"><span class="swatch" style=${{ "--swatch": `var(${channelToken(channel)})` }}></span>${channelName(channel)}</span>` : "Not recommended") },
      { key: "matched", label: "Matched", numeric: true, render: (/** @type {ChannelTotal} */ one) => number(one.matched) },
      { key: "differing", label: "Differ", numeric: true, render: (/** @type {ChannelTotal} */ one) => number(one.differing) },
      { key: "our-sales", label: "Our sales", numeric: true, render: (/** @type {ChannelTotal} */ { ours }) => number(ours.sales) },
      { key: "our-amount", label: "Our amount", numeric: true, render: (/** @type {ChannelTotal} */ { ours }) => money(ours) },
      { key: "their-sales", label: "Their sales", numeric: true, render: (/** @type {ChannelTotal} */ { theirs }) => number(theirs.sales) },
      { key: "their-amount", label: "Their amount", numeric: true, render: (/** @type {ChannelTotal} */ { theirs }) => money(theirs) },
    ]} />
<//>`;
