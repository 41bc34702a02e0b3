//! The funnel: what came of the leads of a period, beside the shares and clicks
//! of the same period.
//!
//! Clicks are read from the tallies alone. A lead is counted where its credit
//! went, each lead once, whatever there is to be grouped by.

use super::{Database, DatabaseError, one, statement};
use crate::decode::{self, names, row};

/// A sum of each unit: minor units of a currency, or months.
pub type Sums = Vec<(String, i64)>;

names! {
    /// What a line of the funnel is.
    pub enum Place {
        /// One group.
        Row => "row",
        /// All groups that there is no room for.
        Others => "others",
        /// Leads in no group that nobody has the credit for.
        Unattributed => "unattributed",
        /// Everything.
        Total => "total",
    }
}

row! {
    /// The counts of a line.
    #[derive(Debug)]
    pub struct Line {
        /// What it is.
        pub place: Place,
        /// The group; `None` in a row of what is in none, though it has an advocate.
        pub key: Option<String>,
        /// What the group is called.
        pub name: Option<String>,
        /// Shares begun.
        pub intent: i64,
        /// Shares sent.
        pub sent: i64,
        /// Clicks of people.
        pub clicks: u64,
        /// Leads.
        pub leads: u64,
        /// … whose credit a click earned.
        pub leads_from_clicks: u64,
        /// … that were ever accepted.
        pub accepted: u64,
        /// … that ever had a meeting.
        pub meetings: u64,
        /// … that ever were an opportunity.
        pub opportunities: u64,
        /// … after a meeting.
        pub opportunities_met: u64,
        /// … that were won.
        pub won: u64,
        /// … as an opportunity.
        pub opportunities_won: u64,
        /// … that are lost.
        pub lost: u64,
        /// What they bought and did not give back.
        pub revenue: Sums = decode::embedded,
        /// What they are rewarded with.
        pub rewards: Sums = decode::embedded,
    }
}

/// Of the programs from `?1` to `?2`, the leads from `?4` to before `?5` (Unix
/// seconds), each with its group by `?3`. Machines' leads are set aside.
macro_rules! cohort {
    () => {
        "
    WITH cohort AS MATERIALIZED (
      SELECT *, grp IS NULL AND advocate IS NULL AS nobodys
      FROM (
        SELECT
          l.id, l.advocate, l.touch, l.stage,
          l.accepted_at, l.meeting_at, l.opportunity_at, l.won_at,
          CASE ?3
            WHEN 'channel' THEN m.channel
            WHEN 'medium' THEN m.name
            WHEN 'advocate' THEN l.advocate
            WHEN 'owner' THEN r.slug
            WHEN 'segment' THEN a.segment
            WHEN 'campaign' THEN b.slug
            ELSE p.slug
          END AS grp
        FROM programs p
        CROSS JOIN leads l ON l.program = p.number
        LEFT JOIN media m ON m.code = l.medium
        LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate
        LEFT JOIN reps r ON r.number = l.owner
        LEFT JOIN labels b ON b.program = l.program AND b.number = l.label
        WHERE p.number BETWEEN ?1 AND ?2
          AND l.at >= ?4 * 1000 AND l.at < ?5 * 1000
          AND l.suspected = 0))"
    };
}

// `?6` and `?7` are the first and the last local day, `?8` the most rows.
//
// Every group is in two places: its own and the total, so that the total is of
// the same figures as the rows.
const FUNNEL: &str = concat!(
    cohort!(),
    ",
    tallied AS (
      SELECT
        CASE ?3 WHEN 'channel' THEN m.channel WHEN 'medium' THEN m.name ELSE t.slug END AS grp,
        t.kind, t.count
      FROM (
        SELECT p.slug, t.medium, t.kind, sum(t.count) AS count
        FROM programs p
        CROSS JOIN tallies_by_hour t ON t.program = p.number
        WHERE ?3 IN ('channel', 'medium', 'program')
          AND p.number BETWEEN ?1 AND ?2
          AND t.hour >= ?4 AND t.hour < ?5 AND t.kind IN (0, 3, 4)
        GROUP BY p.number, t.medium, t.kind) t
      CROSS JOIN media m ON m.code = t.medium
      UNION ALL
      SELECT
        CASE ?3
          WHEN 'advocate' THEN coalesce(i.merged_into, t.advocate)
          WHEN 'owner' THEN r.slug
          WHEN 'segment' THEN a.segment
          ELSE b.slug
        END,
        t.kind, t.count
      FROM (
        SELECT program, advocate, label, kind, sum(count) AS count
        FROM tallies_by_advocate
        WHERE ?3 IN ('advocate', 'owner', 'segment', 'campaign')
          AND program = ?1 AND local_day BETWEEN ?6 AND ?7 AND kind IN (0, 3, 4)
        GROUP BY advocate, label, kind) t
      LEFT JOIN advocates i INDEXED BY advocates_merged
        ON i.program = t.program AND i.number = t.advocate AND i.merged_into IS NOT NULL
      LEFT JOIN advocates a
        ON a.program = t.program AND a.number = coalesce(i.merged_into, t.advocate)
      LEFT JOIN reps r ON r.number = a.owner
      LEFT JOIN labels b ON b.program = t.program AND b.number = t.label),
    -- Groups that are shown when there is nothing in them, too.
    always AS (
      SELECT CASE ?3 WHEN 'channel' THEN channel ELSE name END AS grp, min(code) AS position
      FROM media
      WHERE ?3 IN ('channel', 'medium')
      GROUP BY 1
      UNION ALL
      SELECT slug, 0 FROM programs WHERE ?3 = 'program' AND number BETWEEN ?1 AND ?2),
    figures AS MATERIALIZED (
      SELECT
        grp, nobodys, min(position) AS position,
        coalesce(sum(count) FILTER (WHERE kind = 3), 0) AS intent,
        coalesce(sum(count) FILTER (WHERE kind = 4), 0) AS sent,
        coalesce(sum(count) FILTER (WHERE kind = 0), 0) AS clicks,
        sum(lead) AS leads,
        count(*) FILTER (WHERE touch IN ('receipt', 'cookie')) AS leads_from_clicks,
        count(accepted_at) AS accepted,
        count(meeting_at) AS meetings,
        count(opportunity_at) AS opportunities,
        count(opportunity_at) FILTER (WHERE meeting_at IS NOT NULL) AS opportunities_met,
        count(won_at) AS won,
        count(won_at) FILTER (WHERE opportunity_at IS NOT NULL) AS opportunities_won,
        count(*) FILTER (WHERE stage = 'lost') AS lost
      FROM (
        SELECT grp, nobodys, NULL AS position, NULL AS kind, 0 AS count, 1 AS lead,
          touch, stage, accepted_at, meeting_at, opportunity_at, won_at
        FROM cohort
        UNION ALL
        SELECT grp, 0, NULL, kind, count, 0, NULL, NULL, NULL, NULL, NULL, NULL FROM tallied
        UNION ALL
        SELECT grp, 0, position, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL FROM always)
      GROUP BY grp, nobodys),
    places AS MATERIALIZED (
      SELECT grp, nobodys, n,
        CASE
          WHEN nobodys THEN 'unattributed'
          WHEN grp IS NULL OR n <= ?8 THEN 'row'
          ELSE 'others'
        END AS place,
        CASE WHEN n <= ?8 THEN grp END AS key
      FROM (
        SELECT grp, nobodys, row_number() OVER (
          ORDER BY nobodys, grp IS NULL, position, leads DESC, clicks DESC, grp) AS n
        FROM figures)
      UNION ALL
      SELECT grp, nobodys, NULL, 'total', NULL FROM figures),
    money AS MATERIALIZED (
      SELECT place, key,
        json_group_array(json_array(unit, amount)) FILTER (WHERE what = 'revenue') AS revenue,
        json_group_array(json_array(unit, amount)) FILTER (WHERE what = 'rewards') AS rewards
      FROM (
        SELECT p.place, p.key, s.what, s.unit, sum(s.amount) AS amount
        FROM (
          SELECT c.grp, c.nobodys, 'revenue' AS what, s.currency AS unit,
            sum(s.amount - s.refunded) AS amount
          FROM cohort c CROSS JOIN net_sales s ON s.lead = c.id
          GROUP BY c.grp, c.nobodys, s.currency
          UNION ALL
          SELECT c.grp, c.nobodys, 'rewards', r.unit, sum(r.amount)
          FROM cohort c CROSS JOIN rewards r ON r.lead = c.id
          GROUP BY c.grp, c.nobodys, r.unit) s
        JOIN places p ON p.grp IS s.grp AND p.nobodys = s.nobodys
        GROUP BY p.place, p.key, s.what, s.unit
        ORDER BY s.unit)
      GROUP BY place, key)
    SELECT
      p.place, CAST(p.key AS TEXT) AS key,
      CASE ?3
        WHEN 'advocate' THEN (SELECT name FROM advocates WHERE program = ?1 AND number = p.key)
        WHEN 'owner' THEN (SELECT name FROM reps WHERE slug = p.key)
        WHEN 'program' THEN (SELECT name FROM programs WHERE slug = p.key)
      END AS name,
      sum(f.intent) AS intent, sum(f.sent) AS sent, sum(f.clicks) AS clicks,
      sum(f.leads) AS leads, sum(f.leads_from_clicks) AS leads_from_clicks,
      sum(f.accepted) AS accepted, sum(f.meetings) AS meetings,
      sum(f.opportunities) AS opportunities, sum(f.opportunities_met) AS opportunities_met,
      sum(f.won) AS won, sum(f.opportunities_won) AS opportunities_won, sum(f.lost) AS lost,
      coalesce(m.revenue, '[]') AS revenue, coalesce(m.rewards, '[]') AS rewards
    FROM figures f
    JOIN places p ON p.grp IS f.grp AND p.nobodys = f.nobodys
    LEFT JOIN money m ON m.place = p.place AND m.key IS p.key
    GROUP BY p.place, p.key
    ORDER BY min(p.n)"
);

/// The five at one end of the standings.
macro_rules! five {
    ($order:literal) => {
        concat!(
            "json((SELECT json_group_array(json(document)) FROM (
              SELECT document FROM standings ORDER BY ",
            $order,
            ", key LIMIT 5)))"
        )
    };
}

// Of two with as many, whoever made them of fewer leads is the better one.
const QUARTER: &str = concat!(
    cohort!(),
    ",
    standings AS MATERIALIZED (
      SELECT *, json_object('key', key, 'name', (
          SELECT name FROM reps WHERE ?3 = 'owner' AND slug = key),
        'leads', leads, 'accepted', accepted, 'opportunities', opportunities, 'won', won)
        AS document
      FROM (
        SELECT grp AS key, count(*) AS leads, count(accepted_at) AS accepted,
          count(opportunity_at) AS opportunities, count(won_at) AS won
        FROM cohort WHERE grp IS NOT NULL
        GROUP BY grp))
    SELECT json_object('program', ?6, 'zone', ?7, 'quarter', ?8, 'from', ?9, 'to', ?10,
      'by', ?11,
      'accepted', json_object(
        'best', ",
    five!("accepted DESC, leads"),
    ", 'worst', ",
    five!("accepted, leads DESC"),
    "),
      'opportunities', json_object(
        'best', ",
    five!("opportunities DESC, leads"),
    ", 'worst', ",
    five!("opportunities, leads DESC"),
    "),
      'won', json_object(
        'best', ",
    five!("won DESC, leads"),
    ", 'worst', ",
    five!("won, leads DESC"),
    ")) AS document"
);

// From `?2` to before `?3` (Unix seconds), which are the local days `?4` to `?5`.
const ADVOCATES: &str = "
    WITH
    referred AS MATERIALIZED (
      SELECT l.advocate, count(*) AS leads
      FROM leads l
      CROSS JOIN advocates a ON a.program = l.program AND a.number = l.advocate
      WHERE l.program = ?1 AND l.at >= ?2 * 1000 AND l.at < ?3 * 1000
        AND l.suspected = 0 AND a.status = 'active'
      GROUP BY l.advocate),
    shared AS MATERIALIZED (
      SELECT DISTINCT coalesce(i.merged_into, t.advocate) AS advocate
      FROM (
        SELECT DISTINCT advocate FROM tallies_by_advocate
        WHERE program = ?1 AND local_day BETWEEN ?4 AND ?5 AND kind IN (3, 4)) t
      LEFT JOIN advocates i INDEXED BY advocates_merged
        ON i.program = ?1 AND i.number = t.advocate AND i.merged_into IS NOT NULL),
    enrolled AS (
      SELECT count(*) AS enrolled,
        count(*) FILTER (WHERE number IN (SELECT advocate FROM referred)
          OR number IN (SELECT advocate FROM shared)) AS active
      FROM advocates WHERE program = ?1 AND status = 'active'),
    referrals AS (
      SELECT count(*) AS referring, coalesce(sum(leads), 0) AS referrals,
        coalesce(max(top), 0) AS top,
        coalesce(sum(leads) FILTER (WHERE n <= top), 0) AS top_referrals
      FROM (
        SELECT leads, row_number() OVER (ORDER BY leads DESC) AS n,
          (count(*) OVER () + 99) / 100 AS top
        FROM referred))
    SELECT * FROM enrolled, referrals";

row! {
    /// What advocates did in a period. Those who are disabled count for nothing.
    #[derive(Debug)]
    pub struct Advocates {
        /// Advocates.
        pub enrolled: u64,
        /// … who shared, or have the credit for a lead.
        pub active: u64,
        /// … who have the credit for a lead.
        pub referring: u64,
        /// Leads that they have the credit for.
        pub referrals: u64,
        /// The busiest hundredth of those who refer, rounded up.
        pub top: u64,
        /// The leads of these.
        pub top_referrals: u64,
    }
}

/// The funnel's lines, in their order, with at most so many rows.
pub async fn lines(
    db: &dyn Database,
    // The first program and the last one.
    programs: (u16, u16),
    by: &str,
    // The first instant, and the first one after (Unix seconds).
    (start, end): (i64, i64),
    // The first local day and the last one.
    (from, to): (i32, i32),
    most: u16,
) -> Result<Vec<Line>, DatabaseError> {
    let (first, last) = programs;
    let statement = statement!(FUNNEL, first, last, by, start, end, from, to, most);
    one(db, statement).await?.all()
}

/// What a ranking is of, and how its answer is headed.
#[derive(Debug)]
pub struct Ranking<'a> {
    /// Number of the program.
    pub program: u16,
    /// The groups: `campaign` or `owner`.
    pub group: &'static str,
    /// The first instant, and the first one after (Unix seconds).
    pub instants: (i64, i64),
    /// `program`, `zone`, `quarter`, `from`, `to`, `by`.
    pub head: [&'a str; 6],
}

/// The best and the worst of a quarter, as the API shows them.
pub async fn quarter(db: &dyn Database, ranking: &Ranking<'_>) -> Result<String, DatabaseError> {
    let (number, (start, end)) = (ranking.program, ranking.instants);
    let mut statement = statement!(QUARTER, number, number, ranking.group, start, end);
    statement.parameters.extend(ranking.head.map(Into::into));
    one(db, statement).await?.document()
}

/// What a program's advocates did between two instants (Unix seconds, the last
/// one excluded), which are those local days.
pub async fn advocates(
    db: &dyn Database,
    program: u16,
    (start, end): (i64, i64),
    (from, to): (i32, i32),
) -> Result<Advocates, DatabaseError> {
    let statement = statement!(ADVOCATES, program, start, end, from, to);
    let found: Option<Advocates> = one(db, statement).await?.first()?;
    found.ok_or(DatabaseError::Short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;
    use rusqlite::ToSql;

    /// The steps of a statement's plan, with values of the types that D1 binds.
    fn plan(sql: &str, parameters: &[&dyn ToSql]) -> Vec<String> {
        Sqlite::migrated().with(|connection| {
            let mut explain = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let steps = explain.query_map(parameters, |row| row.get("detail"));
            steps.unwrap().collect::<Result<_, _>>().unwrap()
        })
    }

    #[test]
    fn the_funnel_searches_by_index_and_scans_only_what_it_has_made() {
        let (program, start, end) = (1.0, 1_795_305_600.0, 1_795_392_000.0);
        let (day, most) = (20_779.0, 1_000.0);
        let leads = "SEARCH l USING INDEX leads_by_age (program=? AND at>? AND at<?)";
        let by_hour = "SEARCH t USING PRIMARY KEY (program=? AND hour>? AND hour<?)";
        let by_advocate = "SEARCH tallies_by_advocate USING PRIMARY KEY \
            (program=? AND local_day>? AND local_day<?)";
        let funnel: &[&dyn ToSql] = &[
            &program, &program, &"owner", &start, &end, &day, &day, &most,
        ];
        let quarter: &[&dyn ToSql] = &[
            &program, &program, &"owner", &start, &end, &"", &"", &"", &"", &"", &"",
        ];
        for (sql, parameters, searched) in [
            (
                FUNNEL,
                funnel,
                &[
                    leads,
                    by_hour,
                    by_advocate,
                    "SEARCH s USING INDEX sales_by_lead (lead=?)",
                    "SEARCH r USING COVERING INDEX refunds_by_order (program=? AND order_id=?)",
                    "SEARCH r USING INDEX rewards_by_lead (lead=?)",
                ][..],
            ),
            (QUARTER, quarter, &[leads]),
            (
                ADVOCATES,
                &[&program, &start, &end, &day, &day],
                &[
                    leads,
                    by_advocate,
                    "SEARCH advocates USING PRIMARY KEY (program=?)",
                ],
            ),
        ] {
            let steps = plan(sql, parameters);
            for step in searched {
                assert!(
                    steps.iter().any(|found| found == step),
                    "{step}: {steps:#?}"
                );
            }
            for step in &steps {
                if let Some(scanned) = step.strip_prefix("SCAN ") {
                    // The sixteen media, and what the statement has made itself.
                    let own = [
                        "media",
                        "cohort",
                        "c",
                        "t",
                        "always",
                        "figures",
                        "f",
                        "s",
                        "money",
                        "standings",
                        "referred",
                        "shared",
                        "enrolled",
                        "referrals",
                        "CONSTANT ROW",
                    ];
                    let made = own.contains(&scanned) || scanned.starts_with("(subquery");
                    assert!(made, "{step}: {steps:#?}");
                }
                assert!(!step.contains("clicks"), "{steps:#?}");
            }
        }
    }
}
