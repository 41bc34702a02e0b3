// Channels and media as this page calls and colours them.
import { CHANNELS as NAMED } from "../links/media.js";

/** In the order in which the API answers them. */
export const CHANNELS = NAMED.map(({ channel }) => channel);

/** @param {string} channel */
export const channelName = (channel) => NAMED.find((one) => one.channel === channel)?.name ?? channel;

/** The custom property of a channel's colour. @param {string} channel */
export const channelToken = (channel) => `--channel-${channel}`;

/** @param {string} medium */
export const mediumName = (medium) =>
  NAMED.flatMap(({ media }) => media).find((one) => one.medium === medium)?.name ?? medium;

/** @param {string} channel */
export const mediaOf = (channel) => NAMED.filter((one) => !channel || one.channel === channel).flatMap(({ media }) => media);
