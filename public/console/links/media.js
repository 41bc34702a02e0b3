// Channels and the media inside them, in words.

/** @typedef {{ medium: string, name: string }} Medium */

/** @type {{ channel: string, name: string, media: Medium[] }[]} */
export const CHANNELS = [
  { channel: "email", name: "Email", media: [{ medium: "email", name: "Email" }] },
  {
    channel: "social",
    name: "Social",
    media: [
      { medium: "linkedin", name: "LinkedIn" },
      { medium: "x", name: "X" },
      { medium: "facebook", name: "Facebook" },
      { medium: "whatsapp", name: "WhatsApp" },
      { medium: "instagram", name: "Instagram" },
      { medium: "social", name: "Another network" },
    ],
  },
  {
    channel: "verbal",
    name: "Verbal",
    media: [
      { medium: "in_person", name: "In person" },
      { medium: "phone", name: "Phone" },
      { medium: "video", name: "Video call" },
    ],
  },
  {
    channel: "print",
    name: "Print",
    media: [
      { medium: "qr", name: "QR code" },
      { medium: "print", name: "Card or insert" },
    ],
  },
  {
    channel: "link",
    name: "Link",
    media: [
      { medium: "copy", name: "Copied link" },
      { medium: "sms", name: "Text message" },
      { medium: "share_sheet", name: "Share sheet" },
    ],
  },
  { channel: "form", name: "Form", media: [{ medium: "form", name: "Web form" }] },
];

/**
 * The channel of a medium.
 * @param {string} medium
 */
export function channelOf(medium) {
  return CHANNELS.find(({ media }) => media.some((one) => one.medium === medium)) ?? CHANNELS[4];
}

/**
 * A medium as people call it.
 * @param {string} medium
 */
export function mediumName(medium) {
  return channelOf(medium).media.find((one) => one.medium === medium)?.name ?? medium;
}

/**
 * Whether there is such a medium.
 * @param {string} medium
 */
export const isMedium = (medium) =>
  CHANNELS.some(({ media }) => media.some((one) => one.medium === medium));

/**
 * The medium of a spoken code that goes with a link: on paper it is typed from a
 * card, everywhere else it is said.
 * @param {string} medium
 */
export function codeMedium(medium) {
  const { channel } = channelOf(medium);
  if (channel === "verbal") return medium;
  return channel === "print" ? "print" : "in_person";
}
