// The tab of what became of whom one referred.

import { html } from "/vendor/ui.js";
import { Avatar, Badge, Button, Card, Empty, Icon, Notice, Skeleton } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { Go, Title, Way, When } from "./parts.js";
import { lately, rewardWords, stageBadge, story, whose } from "./story.js";

/** @import { Me, Referred } from "./types.js" */

/** @param {{ one: Referred, zone: string }} props */
function Referral({ one, zone }) {
  const [word, tone] = stageBadge(one.stage);
  const last = one.timeline[one.timeline.length - 1]?.at ?? one.at;
  return html`<li class="referral">
    <details>
      <summary>
        <${Avatar} name=${one.name ?? one.company ?? "?"} />
        <span class="grow"><strong><bdi>${whose(one)}</bdi></strong>
          <small>${one.named && one.name && one.company ? html`<bdi>${one.company}</bdi> · ` : ""}${lately(one)} · <${When} at=${last} zone=${zone} /></small></span>
        <${Badge} tone=${tone}>${word}<//><${Icon} name="down" />
      </summary>
      <div class="referral-story">
        <${Way} steps=${story(one)} zone=${zone} label=${`How it goes with ${whose(one)}`} />
        ${one.rewards.length > 0 && html`<p class="referral-rewards"><${Icon} name="rewards" />${new Intl.ListFormat("en").format(one.rewards.map(rewardWords))}</p>`}
      </div>
    </details>
  </li>`;
}

/** @param {{ who: Me, open: boolean }} props */
export function Referrals({ who, open }) {
  const list = usePaged("/v1/me/referrals", {}, 20);
  const items = /** @type {Referred[] | undefined} */ (list.items);
  return html`<${Title} about="Everybody who came by your links, and everybody whom you named. Nobody has to call to ask how it goes.">Your referrals<//>
    ${list.failed && html`<${Notice} tone="bad" title="This could not be read" action=${html`<${Button} onClick=${items ? list.more : list.reload}>Try again<//>`}>${list.failed}<//>`}
    ${!items && !list.failed && html`<${Skeleton} lines=${6} />`}
    ${items?.length === 0 && html`<${Card}><${Empty} level=${2} title="Nobody yet, and that is how everybody starts" action=${open && html`<${Go} tab="share" class="button primary">Share my link<//>`}>
      Send your link to one person who has the problem that was solved for you. Once they get in touch, you see every step here, from the first call to your reward.
    <//><//>`}
    ${items && items.length > 0 && html`<ul class="referrals">${items.map((one) => html`<${Referral} key=${one.id} one=${one} zone=${who.program.zone} />`)}</ul>
      <div class="me-more"><span class="muted small" role="status">${number(items.length)} ${plural(items.length, "referral", "referrals")}${list.next ? ", and more" : ""}</span>
        ${list.next && html`<${Button} busy=${list.busy} onClick=${list.more}>Show more<//>`}</div>`}`;
}
