// Channels and the media in them, as every page calls and colours them.

/** @typedef {{ medium: string, name: string }} Medium */
/** @typedef {{ channel: string, name: string, media: Medium[] }} Channel */

/** @param {string} channel @param {string} name @param {[medium: string, name: string][]} media @returns {Channel} */
const of = (channel, name, ...media) => ({ channel, name, media: media.map(([medium, called]) => ({ medium, name: called })) });

/** In the order in which the API answers them. */
export const CHANNELS = [
  of("email", "Email", ["email", "Email"]),
  of("social", "Social", ["linkedin", "LinkedIn"], ["x", "X"], ["facebook", "Facebook"], ["whatsapp", "WhatsApp"],
    ["instagram", "Instagram"], ["social", "Another network"]),
  of("verbal", "Verbal", ["in_person", "In person"], ["phone", "By phone"], ["video", "Video call"]),
  of("print", "Print", ["qr", "QR code"], ["print", "Card or insert"]),
  of("link", "Link", ["copy", "Copied link"], ["sms", "Text message"], ["share_sheet", "Share sheet"]),
  of("form", "Form", ["form", "Web form"]),
];

export const CHANNEL_KEYS = CHANNELS.map(({ channel }) => channel);

/** @param {string} channel */
const find = (channel) => CHANNELS.find((one) => one.channel === channel);

/** @param {string | null | undefined} channel */
export const channelName = (channel) => (channel ? (find(channel)?.name ?? channel) : "");

/** The custom property of a channel's colour. @param {string} channel */
export const channelToken = (channel) => `--channel-${channel}`;

/** The media of a channel, or all of them. @param {string} channel */
export const mediaOf = (channel) => CHANNELS.filter((one) => !channel || one.channel === channel).flatMap(({ media }) => media);

/** The channel of a medium; one that is not known stands for a link. @param {string} medium */
export const channelOf = (medium) => CHANNELS.find(({ media }) => media.some((one) => one.medium === medium)) ?? CHANNELS[4];

/** @param {string} medium */
export const isMedium = (medium) => mediaOf("").some((one) => one.medium === medium);

/** @param {string | null | undefined} medium */
export const mediumName = (medium) => (medium ? (mediaOf("").find((one) => one.medium === medium)?.name ?? medium) : "");
