// The last half hour, minute by minute, which keeps itself up to date while
// somebody looks.
import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { number, plural } from "/ui/format.js";
import { Button, Card } from "/ui/components.js";
import { tint } from "/ui/chart.js";
import { Files } from "/ui/bars.js";
import { channelName, channelToken, CHANNEL_KEYS } from "/ui/media.js";


/** @typedef {import("./types.js").LiveAnswer} LiveAnswer */

const MINUTES = 30;
const EVERY_MS = 5_000;
const MOST_MS = 60_000;

/**
 * Asks again and again: every five seconds, more seldom while it fails, and not
 * at all while the page is hidden.
 * @param {string} program
 */
function useLive(program) {
  const [answer, setAnswer] = useState(/** @type {LiveAnswer | undefined} */ (undefined));
  const [failing, setFailing] = useState(false);
  const [paused, setPaused] = useState(false);
  const now = useRef(() => {});
  useEffect(() => {
    let over = false;
    let wait = EVERY_MS;
    let timer = 0;
    let asking = false;
    const ask = async () => {
      window.clearTimeout(timer);
      if (over || asking || document.hidden || paused) return;
      asking = true;
      try {
        const fresh = await api.get("/v1/stats/live", { program });
        if (over) return;
        setAnswer(fresh);
        setFailing(false);
        wait = EVERY_MS;
      } catch {
        if (over) return;
        setFailing(true);
        wait = Math.min(MOST_MS, wait * 2);
      } finally {
        asking = false;
      }
      timer = window.setTimeout(ask, wait);
    };
    now.current = ask;
    const seen = () => { if (!document.hidden) ask(); };
    document.addEventListener("visibilitychange", seen);
    ask();
    return () => {
      over = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [program, paused]);
  return { answer, failing, paused, setPaused, again: () => now.current() };
}

/** @param {{ program: import("./types.js").Program, channel: string, file: string }} props */
export function Live({ program, channel, file }) {
  const { answer, failing, paused, setPaused, again } = useLive(program.slug);
  const minutes = (answer?.minutes ?? []).filter((one) => !channel || one.channel === channel);
  const sum = (/** @type {"human" | "suspected" | "bot" | "shares"} */ key) => minutes.reduce((total, one) => total + one[key], 0);
  const people = sum("human");
  const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", timeZone: program.zone });
  const end = answer ? Math.floor(Date.parse(answer.now) / 60_000) : 0;
  const slots = answer ? Array.from({ length: MINUTES }, (_, index) => end - MINUTES + 1 + index) : [];
  const at = (/** @type {number} */ slot) => minutes.filter((one) => Math.floor(Date.parse(one.at) / 60_000) === slot);
  const counts = slots.map((slot) => at(slot).reduce((total, one) => total + one.human, 0));
  const most = Math.max(4, ...counts);
  const latest = minutes.filter((one) => one.human + one.suspected + one.bot + one.shares > 0)
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at) || CHANNEL_KEYS.indexOf(one.channel) - CHANNEL_KEYS.indexOf(other.channel));
  const header = ["Minute", "Channel", "Clicks by people", "Suspected", "Bots", "Shares"];
  const about = `the last ${MINUTES} minutes, ${program.zone}`;

  return html`<${Card} title="Live" class="live" actions=${html`
      <span class=${failing ? "live-state failing" : paused ? "live-state paused" : "live-state"}>${failing ? "Not reached" : paused ? "Paused" : "Updates by itself"}</span>
      <${Button} kind="quiet" aria-pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? "Resume" : "Pause"}<//>`}>
    <div class="live-figures" aria-live="polite" aria-atomic="true">
      <p><strong class="live-number">${answer ? number(people) : "…"}</strong> ${plural(people, "click by people", "clicks by people")} in the last ${MINUTES} minutes${sum("shares") > 0 && `, ${number(sum("shares"))} ${plural(sum("shares"), "share", "shares")}`}</p>
    </div>
    ${failing && html`<p class="failed small">The API does not answer; asking again, ever more seldom. <${Button} kind="quiet" onClick=${again}>Ask now<//></p>`}
    <div class="live-bars" role="img" aria-label=${`Clicks by people a minute: ${counts.filter(Boolean).length === 0 ? "none" : slots.map((slot, index) => counts[index] && `${clock.format(slot * 60_000)} ${counts[index]}`).filter(Boolean).join(", ")}`}>
      ${slots.map((slot, index) => html`<span key=${slot} class="live-minute" title=${`${clock.format(slot * 60_000)}: ${counts[index]}`}>
        ${at(slot).filter((one) => one.human > 0).map((one) => html`<span key=${one.channel} class="live-part" style=${{ height: `${(one.human / most) * 100}%`, "--swatch": `var(${channelToken(one.channel)})` }}></span>`)}
      </span>`)}
    </div>
    <div class="live-ends" aria-hidden="true"><span>${slots.length > 0 && clock.format(slots[0] * 60_000)}</span><span>now</span></div>
    ${latest.length === 0
      ? html`<p class="muted small">${answer ? "Quiet at the moment. A click on a referral link shows up here within seconds: open one and watch." : "Asking …"}</p>`
      : html`<ul class="live-list">${latest.slice(0, 6).map((one) => html`<li key=${`${one.at} ${one.channel}`}>
          <time datetime=${one.at}>${clock.format(Date.parse(one.at))}</time>
          <span class="swatch" data-token=${channelToken(one.channel)} ref=${tint}></span><span>${channelName(one.channel)}</span>
          <span class="live-what">${[
            one.human && `${number(one.human)} ${plural(one.human, "click", "clicks")}`,
            one.suspected && `${number(one.suspected)} suspected`,
            one.bot && `${number(one.bot)} ${plural(one.bot, "bot", "bots")}`,
            one.shares && `${number(one.shares)} ${plural(one.shares, "share", "shares")}`,
          ].filter(Boolean).join(", ")}</span></li>`)}</ul>`}
    ${latest.length > 0 && html`<div class="ranking-tools"><${Files} label="Live" about=${about} file=${`${file}-live`} header=${header}
      raw=${latest.map((one) => [one.at, one.channel, one.human, one.suspected, one.bot, one.shares])}
      rows=${latest.map((one) => [clock.format(Date.parse(one.at)), channelName(one.channel), ...[one.human, one.suspected, one.bot, one.shares].map((value) => number(value))])} /></div>`}
  <//>`;
}
