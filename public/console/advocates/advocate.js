// An advocate as the API has them, and what can be done with one.

import { api } from "/ui/api.js";

/**
 * @typedef {object} Advocate
 * @property {string} id
 * @property {string | null} external_id
 * @property {"customer" | "partner" | "employee"} kind
 * @property {string} name
 * @property {string | null} email
 * @property {"active" | "disabled"} status
 * @property {string | null} segment
 * @property {string | null} owner
 * @property {string} created_at
 * @property {string} updated_at
 * @property {string | null} [invited_at]
 * @property {string | null} [merged_into]
 */

/** @param {string} program @param {string} id */
export const pathOf = (program, id) => `/v1/programs/${program}/advocates/${encodeURIComponent(id)}`;

/** @param {string} program @param {string} id @param {object} changes @returns {Promise<Advocate>} */
export const change = (program, id, changes) => api.patch(pathOf(program, id), changes);

/** @param {string} program @param {string} id @returns {Promise<{ sent_to: string }>} */
export const invite = (program, id) => api.post(`${pathOf(program, id)}/invite`, {});

/** What stands in a table where an advocate is. @param {Advocate} advocate */
export const under = ({ email, external_id }) => [email, external_id].filter(Boolean).join(" · ");
