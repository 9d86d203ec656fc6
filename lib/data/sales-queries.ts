/**
 * The saved queries. Athena asks for the first and the last day (`'2027-03-01'`, with the quotes): a query reads, and
 * costs, no more than those. Revenue is in minor currency units, so a currency is never added to another.
 */
export const SALES_QUERIES = {
  SalesPerEventAndDay: {
    description: 'Sales per event and day: purchases, seats and revenue, from the first day to the last',
    sql: `
SELECT day, event_id, currency,
       count(DISTINCT coalesce(reference, purchase_id)) AS purchases,
       count(*) AS seats,
       sum(price) AS revenue_minor_units
FROM sales
WHERE day BETWEEN ? AND ?
GROUP BY day, event_id, currency
ORDER BY day, event_id, currency`,
  },
  RevenuePerTier: {
    description: 'Revenue per tier of each event: seats and revenue, from the first day to the last',
    sql: `
SELECT event_id, tier, currency,
       count(*) AS seats,
       sum(price) AS revenue_minor_units
FROM sales
WHERE day BETWEEN ? AND ?
GROUP BY event_id, tier, currency
ORDER BY event_id, revenue_minor_units DESC`,
  },
} as const satisfies Record<string, { description: string; sql: string }>;
