/**
 * A row a seat sold, of the lines that came from the first day to the last. A line that came twice, by another delivery or a replay, has
 * the same reference and seats: UNION takes each once, and so what was written by both this version and the one before.
 */
const SEATS_SOLD = `
WITH lines AS (
  SELECT * FROM sales WHERE day BETWEEN ? AND ?
),
seats_sold AS (
  SELECT reference AS purchase, eventid AS event_id, seats.seat_id, seats.tier AS tier,
         CAST(seats.price AS bigint) AS price, currency,
         date_format(from_unixtime(CAST(openedat AS bigint)), '%Y-%m-%d') AS sold_on
  FROM lines
  CROSS JOIN UNNEST(seatids, tiers, prices) AS seats (seat_id, tier, price)
  WHERE status = 'CONFIRMED'
  UNION
  SELECT coalesce(reference, purchase_id), event_id, seat_id, tier, price, currency, substr(sold_at, 1, 10)
  FROM lines
  WHERE seat_id IS NOT NULL
)`;

/**
 * The saved queries. Athena asks for the first and the last day (`'2027-03-01'`, with the quotes): a query reads, and
 * costs, no more than those. Revenue is in minor currency units, so a currency is never added to another.
 */
export const SALES_QUERIES = {
  SalesPerEventAndDay: {
    description:
      'Sales per event and day: purchases, seats and revenue of what came from the first day to the last',
    sql: `${SEATS_SOLD}
SELECT sold_on, event_id, currency,
       count(DISTINCT purchase) AS purchases,
       count(*) AS seats,
       sum(price) AS revenue_minor_units
FROM seats_sold
GROUP BY sold_on, event_id, currency
ORDER BY sold_on, event_id, currency`,
  },
  RevenuePerTier: {
    description:
      'Revenue per tier of each event: seats and revenue of what came from the first day to the last',
    sql: `${SEATS_SOLD}
SELECT event_id, tier, currency,
       count(*) AS seats,
       sum(price) AS revenue_minor_units
FROM seats_sold
GROUP BY event_id, tier, currency
ORDER BY event_id, revenue_minor_units DESC`,
  },
} as const satisfies Record<string, { description: string; sql: string }>;
