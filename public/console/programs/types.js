// What the API says of a program, as far as this page edits it.

/**
 * @typedef {{ title: string, description: string, image: string }} Preview
 *
 * @typedef {object} Program
 * @property {string} slug
 * @property {number} number
 * @property {string} name
 * @property {"active" | "disabled"} status
 * @property {string} zone
 * @property {"first" | "last"} touch
 * @property {number} window_days
 * @property {boolean} cookie
 * @property {"none" | "utm" | "all"} pass_through
 * @property {Preview} preview
 * @property {string} created_at
 * @property {string} updated_at
 *
 * @typedef {Pick<Program, "name" | "status" | "zone" | "touch" | "window_days" | "cookie" | "pass_through" | "preview">} Settings
 *
 * @typedef {object} Destination
 * @property {string} slug
 * @property {number} number
 * @property {string} url
 * @property {"active" | "disabled"} status
 * @property {string} created_at
 * @property {string} updated_at
 *
 * @typedef {object} Content
 * @property {{ color: string, logo: string, card: string }} brand
 * @property {import("/ui/messages.js").Message[]} messages
 * @property {{ headline: string, body: string, button: string, consent: string }} landing
 * @property {{ subject: string, text: string }} invitation
 *
 * @typedef {object} Version
 * @property {number} n
 * @property {string} at
 * @property {string} by
 * @property {"program" | "content" | "destination" | "rules"} what
 * @property {string | null} key
 * @property {Record<string, any> | null} before
 * @property {Record<string, any> | null} after
 */

/**
 * Rules are kept as they were written, whatever is in them: the form reads what
 * it knows and leaves the rest alone.
 * @typedef {Record<string, any>} Rule
 * @typedef {{ version: number, rules: Rule[], created_at: string, created_by: string }} RulesVersion
 * @typedef {{ rule: string, who: string, unit: string, count: number, amount: number }} Paid
 * @typedef {{ program: string, days: number, accounts: number, rewards: Paid[] }} DryRun
 */

export {};
