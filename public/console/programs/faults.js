// What can be told to be wrong with a draft before it is sent, by field.

import { isColor } from "/ui/color.js";
import { urlFault } from "./check.js";
import { placeholderFault } from "./words.js";

/** @import { Content, Settings } from "./types.js" */

/** @param {string} text */
const lineFault = (text) => ([...text].length > 200 ? "At most 200 characters." : placeholderFault(text));
/** @param {string} text */
const consentFault = (text) => ([...text].length > 1_000 ? "At most 1,000 characters." : placeholderFault(text));
/** @param {string} text */
const textFault = (text) => ([...text].length > 2_000 ? "At most 2,000 characters." : placeholderFault(text));

/**
 * @param {Settings} settings
 * @param {Content} content
 * @returns {Record<string, string>}
 */
export function faultsOf(settings, content) {
  /** @type {[string, string | undefined | false][]} */
  const found = [
    ["name", settings.name === "" ? "A name is needed." : settings.name.length > 200 && "At most 200 characters."],
    ["window_days", !(Number.isInteger(settings.window_days) && settings.window_days >= 1 && settings.window_days <= 365) && "From 1 to 365 days."],
    ["preview.title", settings.preview.title.length > 200 && "At most 200 characters."],
    ["preview.description", settings.preview.description.length > 1_000 && "At most 1,000 characters."],
    ["preview.image", settings.preview.image !== "" && urlFault(settings.preview.image)?.error],
    ["brand.color", content.brand.color !== "" && !isColor(content.brand.color) && "A colour is written like #0a6653."],
    ["invitation.subject", lineFault(content.invitation.subject)],
    ["invitation.text", textFault(content.invitation.text)],
    ...["headline", "body", "button", "consent"].map((key) => /** @type {[string, string | undefined]} */ ([
      `landing.${key}`, (key === "consent" ? consentFault : key === "body" ? textFault : lineFault)(/** @type {Record<string, string>} */ (content.landing)[key]),
    ])),
    ...content.messages.flatMap((message) => ["subject", "text"].map((key) => /** @type {[string, string | undefined]} */ ([
      `messages.${message.channel}.${message.medium ?? ""}.${key}`, (key === "subject" ? lineFault : textFault)(/** @type {any} */ (message)[key]),
    ]))),
  ];
  return Object.fromEntries(found.flatMap(([path, fault]) => (fault ? [[path, fault]] : [])));
}
