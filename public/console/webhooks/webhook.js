// An endpoint as the API has it, and what its states mean.

import { capital } from "../people/words.js";

/** @typedef {import("/ui/components/shown.js").Tone} Tone */

/**
 * @typedef {object} Webhook
 * @property {string} id
 * @property {string} url
 * @property {string} description
 * @property {string[]} types none for all of them
 * @property {string | null} program
 * @property {"active" | "paused" | "disabled"} status
 * @property {string | null} why
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} old_secret_until
 * @property {number} waiting
 * @property {number} failed
 * @property {{ at: string, status: number | null, ok: boolean } | null} last
 */

/**
 * @typedef {object} Delivery
 * @property {string} event
 * @property {string} type
 * @property {number} sequence
 * @property {string} subject
 * @property {"waiting" | "delivered" | "failed"} state
 * @property {number} attempts
 * @property {string | null} due_at
 * @property {string | null} delivered_at
 * @property {number | null} status
 * @property {string | null} error
 */

/** @typedef {{ at: string, took_ms: number | null, status: number | null, error: string | null, answer: string }} Attempt */

/** @param {string} id */
export const pathOf = (id) => `/v1/webhooks/${encodeURIComponent(id)}`;

/** @type {Record<Webhook["status"], [name: string, tone: Tone | undefined]>} */
export const STATUSES = { active: ["Active", "good"], paused: ["Paused", "bad"], disabled: ["Switched off", undefined] };

/** @type {Record<Delivery["state"], [name: string, tone: Tone | undefined]>} */
export const STATES = { waiting: ["Waiting", "info"], delivered: ["Delivered", "good"], failed: ["Failed", "bad"] };

/** An address without what every one has. @param {string} url */
export const shortUrl = (url) => url.replace(/^https:\/\//, "").replace(/\/$/, "");

/**
 * How a try went, in a few words.
 * @param {{ status: number | null, error: string | null }} attempt
 */
export const outcome = ({ status, error }) => (error ? capital(error) : status ? `Answered ${status}` : "No answer");
