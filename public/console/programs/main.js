// `/console/programs`: the list of the programs, or one of them.

import { html } from "/vendor/ui.js";
import { chooseProgram, page, reloadPrograms } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { List } from "./list.js";
import { One } from "./one.js";

/** @import { Session } from "/ui/page.js" */

/** @param {{ session: Session }} props */
function Programs({ session }) {
  const [{ program, tab }, change] = useQuery({ program: "", tab: "settings" });

  /** Opens a program, here and in the shell. @param {string} slug @param {boolean} made */
  async function open(slug, made = false) {
    if (made) await reloadPrograms();
    change({ program: slug, tab: made ? "destinations" : "settings" }, { push: true });
    chooseProgram(slug, ["tab"]);
  }

  if (program === "") return html`<${List} session=${session} onOpen=${open} />`;
  return html`<${One} key=${program} slug=${program} tab=${tab} session=${session} onTab=${(/** @type {string} */ to) => change({ tab: to })}
    onList=${() => change({ program: "", tab: "settings" }, { push: true })} />`;
}

page({ title: "Programs", nav: "programs", needs: "programs:read", keep: ["tab"], view: Programs });
