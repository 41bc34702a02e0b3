// The pages of the console, and who sees them.

/** @typedef {"statistics" | "programs" | "advocates" | "leads" | "rewards" | "links" | "roi" | "reconciliation" | "messages" | "data" | "webhooks" | "crm" | "team" | "rep"} NavKey */

/** @typedef {{ key: NavKey, label: string, href: string, scope: string, bare?: boolean, reps?: boolean }} NavItem
 *   `bare` pages are of no program, or list all; `reps` have no other use than for reps */

/** @type {{ title: string, items: NavItem[] }[]} */
export const NAV = [
  {
    title: "Results",
    items: [
      { key: "statistics", label: "Statistics", href: "/console", scope: "statistics:read" },
      { key: "roi", label: "ROI", href: "/console/roi", scope: "statistics:read" },
      { key: "reconciliation", label: "Reconciliation", href: "/console/reconciliation", scope: "reconciliations:read" },
    ],
  },
  {
    title: "People",
    items: [
      { key: "rep", label: "My referrals", href: "/rep", scope: "leads:write", reps: true },
      { key: "leads", label: "Leads", href: "/console/leads", scope: "leads:read" },
      { key: "advocates", label: "Advocates", href: "/console/advocates", scope: "advocates:read" },
      { key: "rewards", label: "Rewards", href: "/console/rewards", scope: "rewards:read" },
    ],
  },
  {
    title: "Set up",
    items: [
      { key: "links", label: "Links", href: "/console/links", scope: "links:write" },
      { key: "programs", label: "Programs", href: "/console/programs", scope: "programs:read", bare: true },
      { key: "messages", label: "Messages", href: "/console/messages", scope: "messages:read" },
      { key: "data", label: "Data", href: "/console/data", scope: "imports:write" },
      { key: "crm", label: "CRM", href: "/console/crm", scope: "crm:read" },
      { key: "webhooks", label: "Webhooks", href: "/console/webhooks", scope: "webhooks:read", bare: true },
      { key: "team", label: "Team", href: "/console/team", scope: "team:write", bare: true },
    ],
  },
];

/** What a phone has within reach, as far as it may be seen. @type {NavKey[]} */
export const AT_HAND = ["rep", "statistics", "leads", "advocates", "links", "programs", "rewards"];
