// What the API says to an advocate of themselves.

/**
 * @typedef {{ slug: string, name: string }} ProgramName
 * @typedef {{ channel: string, medium: string, url: string }} MyLink
 * @typedef {Record<string, any>} Rule
 * @typedef {{ rule: string, count: number, amount: number, unit: string }} Earned
 * @typedef {{ unit: string, pending: number, approved: number, paid: number }} Balance
 *
 * @typedef {object} Me
 * @property {ProgramName & { zone: string, status: "active" | "disabled" }} program
 * @property {ProgramName[]} programs
 * @property {{ id: string, name: string, email: string | null, kind: "customer" | "partner" | "employee", segment: string | null, status: "active" | "disabled", shows_name: boolean, created_at: string }} advocate
 * @property {{ brand?: { color?: string, logo?: string }, messages?: import("/ui/messages.js").Message[] }} content
 * @property {{ title: string, description: string, image: string }} preview
 * @property {MyLink[]} links
 * @property {string | null} code
 * @property {{ version: number, rules: Rule[] } | null} terms
 * @property {Earned[]} earned
 * @property {{ shares: number, clicks: number, leads: number, accepted: number, meetings: number, won: number }} totals
 * @property {Balance[]} balance
 * @property {{ name: string, email: string | null } | null} contact
 * @property {{ people: number, parent: { name: string } | null }} team
 * @property {boolean} by_mail
 * @property {string} expires_at
 *
 * @typedef {object} Referred
 * @property {string} id
 * @property {string | null} name
 * @property {string | null} company
 * @property {boolean} named
 * @property {string | null} medium
 * @property {string} stage
 * @property {string} at
 * @property {{ stage: string, at: string }[]} timeline
 * @property {{ amount: number, unit: string, state: string }[]} rewards
 *
 * @typedef {{ id: string, name: string, is_member: boolean, joined_at: string | null, created_at: string, shares: number, clicks: number, leads: number, won: number }} Colleague
 */

export {};
