// Which column of a file is what: what each preset looks for, and what is left to
// say. The server looks for the same (src/domain/reconcile/presets.rs, which a test
// holds against this), and what is chosen here goes before it.

import { plainName } from "../files/look.js";

export const PRESETS = /** @type {const} */ ([
  ["salesforce", "Salesforce opportunities"],
  ["hubspot", "HubSpot deals"],
  ["stripe", "Stripe payments"],
  ["generic", "Another file"],
]);

/** @typedef {(typeof PRESETS)[number][0]} Preset */

/** @param {string} preset */
export const presetName = (preset) => PRESETS.find(([key]) => key === preset)?.[1] ?? preset;

/** Ours, as the API calls them, with what they are. @type {readonly (readonly [field: string, label: string])[]} */
export const FIELDS = [
  ["lead", "Our lead id"],
  ["order", "Order id"],
  ["external", "Customer id"],
  ["email", "Email"],
  ["email_sha256", "Hash of the email"],
  ["record", "Their id of the row"],
  ["stage", "Stage or status"],
  ["amount", "Amount"],
  ["refunded", "Refunded"],
  ["currency", "Currency"],
  ["at", "Date"],
  ["owner", "Owner"],
  ["reason", "Why it was lost"],
];

/** Without one of these no row finds a lead or a sale of ours. */
export const KEYS = ["lead", "order", "external", "email", "email_sha256", "record"];

/** The likelier first. @type {Record<Preset, Record<string, readonly string[]>>} */
export const NAMES = {
  salesforce: {
    lead: ["Goodword Lead", "Goodword Lead ID", "Goodword_Lead__c"],
    order: ["Order Number", "Order ID"],
    external: ["Customer ID", "Customer Number", "Account Number"],
    email: ["Email", "Contact Email", "Contact: Email", "Primary Contact: Email"],
    record: ["Opportunity ID", "Opportunity: Opportunity ID", "Id"],
    amount: ["Amount"],
    currency: ["Amount Currency", "Opportunity Currency", "CurrencyIsoCode"],
    stage: ["Stage", "StageName"],
    owner: ["Opportunity Owner: Email", "Opportunity Owner Email", "Opportunity Owner", "Opportunity Owner: Full Name", "Owner"],
    at: ["Close Date"],
    reason: ["Closed Lost Reason", "Loss Reason", "Lost Reason"],
  },
  hubspot: {
    lead: ["Goodword lead", "Goodword lead ID"],
    order: ["Order number", "Order ID"],
    external: ["Customer ID", "Customer number"],
    email: ["Email", "Contact email", "Associated Contact Emails"],
    record: ["Record ID", "Record ID - Deal", "Deal ID", "hs_object_id"],
    amount: ["Amount"],
    currency: ["Currency", "deal_currency_code"],
    stage: ["Deal Stage"],
    owner: ["Deal owner"],
    at: ["Close Date"],
    reason: ["Closed Lost Reason"],
  },
  stripe: {
    lead: ["goodword_lead (metadata)", "lead (metadata)"],
    order: ["order_id (metadata)", "order (metadata)", "metadata.order_id"],
    external: ["Customer ID", "customer"],
    email: ["Customer Email", "receipt_email"],
    record: ["id"],
    amount: ["Amount"],
    refunded: ["Amount Refunded"],
    currency: ["Currency"],
    stage: ["Status"],
    at: ["Created date (UTC)", "Created (UTC)", "Created"],
  },
  generic: {
    lead: ["lead", "lead id"],
    order: ["order", "order id", "order number"],
    external: ["external", "external id", "customer", "customer id"],
    email: ["email", "e-mail address", "customer email"],
    email_sha256: ["email sha256"],
    record: ["record", "record id", "id"],
    amount: ["amount", "total"],
    refunded: ["refunded", "amount refunded"],
    currency: ["currency"],
    stage: ["stage", "status"],
    owner: ["owner", "rep"],
    at: ["at", "date", "closed at", "paid at", "close date"],
    reason: ["reason"],
  },
};

/** What is sent for a column that the file has, and that is not to be read. */
const NONE = "(none)";

/**
 * The column of each of ours, by its name in the file, as the server would find it.
 * @param {Preset} preset
 * @param {readonly string[]} header
 * @returns {Record<string, string>}
 */
export function guess(preset, header) {
  return Object.fromEntries(FIELDS.map(([field]) => {
    const found = (NAMES[preset][field] ?? []).flatMap((name) => header.find((column) => plainName(column) === plainName(name)) ?? []);
    return [field, found[0] ?? ""];
  }));
}

/**
 * Whose export it seems to be: the preset that knows most of its columns.
 * @param {readonly string[]} header
 * @returns {Preset}
 */
export function presetOf(header) {
  const known = (/** @type {Preset} */ preset) => Object.values(guess(preset, header)).filter(Boolean).length;
  // Between equals, the names that are nobody's in particular.
  return PRESETS.map(([key]) => key).reduce((best, key) => (known(key) > known(best) ? key : best), /** @type {Preset} */ ("generic"));
}

/**
 * What differs from the guess, as the API takes it.
 * @param {Preset} preset
 * @param {readonly string[]} header
 * @param {Record<string, string>} columns
 */
export function changed(preset, header, columns) {
  const guessed = guess(preset, header);
  const different = Object.entries(columns).filter(([field, name]) => name !== guessed[field]).map(([field, name]) => [field, name || NONE]);
  return different.length > 0 ? JSON.stringify(Object.fromEntries(different)) : undefined;
}

/**
 * What stands in a column.
 * @param {readonly string[][]} rows
 * @param {readonly string[]} header
 * @param {string} column
 */
export function cellsOf(rows, header, column) {
  const at = header.indexOf(column);
  return at < 0 ? [] : rows.map((row) => row[at] ?? "").filter(Boolean);
}
