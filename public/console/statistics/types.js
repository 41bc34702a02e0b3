// What the API answers, as far as this page reads it (public/openapi.json).

/**
 * @typedef {{ rate: number, low: number, high: number }} Interval
 *
 * @typedef {object} Figures
 * @property {{ intent: number, sent: number }} shares
 * @property {{ human: number, suspected: number, bot: number }} clicks
 * @property {number} uniques
 *
 * @typedef {object} Answer
 * @property {(Figures & { key: string, name?: string | null })[]} rows
 * @property {Figures} total
 *
 * @typedef {object} SeriesAnswer
 * @property {string} zone
 * @property {string[]} starts
 * @property {{ channel: string, human: number[], suspected: number[], bot: number[], shares: number[], uniques: number[] }[]} series
 *
 * @typedef {object} LiveAnswer
 * @property {string} now
 * @property {{ at: string, channel: string, human: number, suspected: number, bot: number, shares: number }[]} minutes
 *
 * @typedef {object} FunnelFigures
 * @property {{ intent: number, sent: number }} shares
 * @property {number} clicks
 * @property {number} leads
 * @property {number} leads_from_clicks
 * @property {number} accepted
 * @property {number} meetings
 * @property {number} opportunities
 * @property {number} won
 * @property {number} lost
 * @property {{ currency: string, amount: number }[]} revenue
 * @property {{ unit: string, amount: number }[]} rewards
 * @property {Partial<Record<"click_to_lead" | "lead_to_meeting" | "meeting_to_opportunity" | "opportunity_to_won" | "lead_to_won", Interval | null>>} rates
 *
 * @typedef {FunnelFigures & { key?: string | null, name?: string | null }} FunnelRow
 *
 * @typedef {object} Benchmark
 * @property {string} measure
 * @property {{ kind: "rate" | "rate_below", basis_points: number } | { kind: "number", hundredths: number } | { kind: "amount", minor: number, currency: string }} figure
 * @property {string | null} [channel]
 * @property {string | null} [audience]
 * @property {boolean} sales_involved
 * @property {string} source
 * @property {number | null} [year]
 * @property {string | null} [note]
 *
 * @typedef {object} FunnelAnswer
 * @property {string} zone
 * @property {FunnelRow[]} rows
 * @property {FunnelFigures} unattributed
 * @property {FunnelFigures | null} [others]
 * @property {FunnelFigures} total
 * @property {Benchmark[]} benchmarks
 *
 * @typedef {object} Activity
 * @property {string} from
 * @property {string} to
 * @property {number} enrolled
 * @property {number} active
 * @property {Interval | null} [active_share]
 * @property {number} referring
 * @property {number} referrals
 * @property {number | null} [referrals_per_active]
 * @property {{ advocates: number, referrals: number, share?: number | null }} top
 * @property {Benchmark[]} benchmarks
 *
 * @typedef {{ key: string, name?: string | null, leads: number, accepted: number, opportunities: number, won: number }} Competitor
 *
 * @typedef {object} Quarter
 * @property {string} quarter
 * @property {string} from
 * @property {string} to
 * @property {Record<"best" | "worst", Competitor[]>} accepted
 * @property {Record<"best" | "worst", Competitor[]>} opportunities
 * @property {Record<"best" | "worst", Competitor[]>} won
 *
 * @typedef {{ slug: string, name: string, zone: string }} Program
 */

export {};
