// What was typed, as the API takes it, and what is missing from it.

/** @import { Typed } from "./entries.js" */

/** The API's names of what the form asks. @type {Record<string, keyof Typed>} */
const FIELDS = {
  advocate: "who", "advocate.id": "who", "advocate.name": "who", "advocate.email": "email", "advocate.kind": "kind",
  prospect: "contact", "prospect.email": "contact", "prospect.phone": "contact", "prospect.name": "name", "prospect.company": "company",
  medium: "medium", note: "note",
};

/**
 * What the API refused, beside the fields of the form; the rest under "".
 * @param {{ message: string, fields: Record<string, string> }} error
 */
export function faultsOf({ message, fields }) {
  /** @type {Record<string, string>} */
  const faults = {};
  const strange = [];
  for (const [field, detail] of Object.entries(fields)) {
    if (FIELDS[field]) faults[FIELDS[field]] = detail;
    else strange.push(`${field}: ${detail}`);
  }
  if (strange.length > 0) faults[""] = strange.join(" ");
  else if (Object.keys(faults).length === 0) faults[""] = message;
  return faults;
}

/**
 * An address, a number, or both, as they were written into one field.
 * @param {string} text
 * @returns {{ email?: string, phone?: string, fault?: string }}
 */
export function contactOf(text) {
  const email = /[^\s,;<>]+@[^\s,;<>]+/.exec(text)?.[0];
  const rest = text.replace(email ?? "", "").replace(/^[\s,;<>]+|[\s,;<>]+$/g, "");
  const isNumber = /^[+(]?[\d\s()./-]{3,}$/.test(rest);
  if (rest && !isNumber) return { fault: email ? `What is “${rest}”? Write an address and a number, and nothing else.` : "Write an address, or a phone number." };
  if (!rest && !email) return { fault: "Write an address, or a phone number: how can they be reached?" };
  return { ...(email ? { email } : {}), ...(rest ? { phone: rest } : {}) };
}

/** @param {Typed} typed @param {string} unpicked what stands in the advocate's field */
export function missing({ who, contact }, unpicked = "") {
  /** @type {Record<string, string>} */
  const faults = {};
  if (!who) faults.who = unpicked ? "Choose somebody, or register them." : "Say who recommends you.";
  const { fault } = contactOf(contact.trim());
  if (fault) faults.contact = fault;
  return faults;
}

/** Without what is empty. @param {Record<string, string | undefined>} all */
const filled = (all) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value?.trim()]).filter(([, value]) => value));

/**
 * @param {Typed} typed
 * @param {{ program: string, rep: string, at: string }} where
 */
export function bodyOf({ who, email, kind, name, contact, company, medium, note }, { program, rep, at }) {
  const { email: address, phone } = contactOf(contact.trim());
  return {
    program,
    advocate: who?.id ? { id: who.id } : filled({ name: who?.name, email, kind }),
    prospect: filled({ name, email: address, phone, company }),
    medium,
    rep,
    at,
    ...filled({ note }),
  };
}
