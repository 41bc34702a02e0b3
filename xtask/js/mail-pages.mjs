// The pages of captured mail. Everything that a message brings is escaped; its
// HTML part is shown in a frame that may do nothing (mail.mjs has the policies).

/** @typedef {import("./mailbox.mjs").Message} Message */

/** @param {string} text */
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  .replaceAll('"', "&quot;").replaceAll("'", "&#39;");

/**
 * @param {string} title
 * @param {string} body
 */
const shell = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/mail.css">
<script type="module" src="/mail.js"></script>
</head>
<body>
<header><a href="/">Goodword mail</a><span>captured in development; nothing was sent</span></header>
${body}
</body>
</html>
`;

/** @param {Message} message */
const when = ({ at }) => `<time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)} UTC</time>`;

/**
 * The list, newest first.
 * @param {Message[]} messages
 * @param {string} to whose they are; everybody's if empty
 */
export function list(messages, to) {
  const rows = messages.map((message) => `<li><a href="/mail/${message.id}">
<span class="to">${escape(message.to.join(", "))}</span>
<strong>${escape(message.subject)}</strong>
${when(message)}
<span class="start">${escape(message.text.replaceAll(/\s+/g, " ").slice(0, 160))}</span>
</a></li>`);
  const whose = to ? ` to ${to}` : "";
  const empty = "<p class=\"empty\">No mail yet. What the Worker sends, sign-in links and invitations, appears here by itself.</p>";
  return shell(`${messages.length} message${messages.length === 1 ? "" : "s"}${whose}`, `<main id="list" aria-live="polite">
<h1>Mail${escape(whose)}</h1>
${rows.length > 0 ? `<ol>${rows.join("\n")}</ol>` : empty}
</main>`);
}

/**
 * One message.
 * @param {Message} message
 */
export function page(message) {
  const frame = message.html
    ? `<section aria-labelledby="html-title"><h2 id="html-title">As HTML</h2>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mail/${message.id}/html" title="The message as HTML"></iframe></section>`
    : "";
  return shell(message.subject, `<main>
<h1>${escape(message.subject)}</h1>
<dl>
<div><dt>From</dt><dd>${escape(message.from)}</dd></div>
<div><dt>To</dt><dd>${escape(message.to.join(", "))}</dd></div>
<div><dt>At</dt><dd>${when(message)}</dd></div>
</dl>
<pre id="text">${linked(message.text)}</pre>
${frame}
<p class="file"><a href="/mail/${message.id}.eml">The message as a file (.eml)</a></p>
</main>`);
}

/**
 * A text with its links made links; everything else of it is escaped.
 * @param {string} text
 */
export function linked(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"'`]+)/);
  return parts.map((part, index) => {
    if (index % 2 === 0) return escape(part);
    // The full stop behind a link ends the sentence.
    const [, url = part, rest = ""] = /^(.*?)([.,;:!?)\]]*)$/.exec(part) ?? [];
    return `<a href="${escape(url)}" rel="noopener noreferrer">${escape(url)}</a>${escape(rest)}`;
  }).join("");
}

/**
 * What stands in the frame: the message's own HTML, whose links open outside.
 * @param {string} html
 */
export const framed = (html) => html.replace(/^/, '<base target="_blank">');
