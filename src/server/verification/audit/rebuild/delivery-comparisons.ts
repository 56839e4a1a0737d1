import { type TableComparison, same } from './alert-comparisons.js';

/** Whether an attempt on a message of this subscription failed at about the stored time of its first failure. */
const BEGAN_TO_FAIL = `EXISTS (
  SELECT FROM deliveries AS d JOIN delivery_attempts AS t ON t.delivery = d.id
   WHERE d.subscription = s.id AND NOT (t.failure IS NULL AND COALESCE(t.http_status, 250) BETWEEN 200 AND 299)
     AND t.at BETWEEN s.failing_since - interval '10 minutes' AND s.failing_since + interval '10 minutes')`;

/** Longest that an endpoint may be left alone: a day, as the longest Retry-After; one that sends has it for minutes. */
const LEFT_ALONE = `CASE
  WHEN s.paused_until > now() + interval '25 hours' THEN 'paused for a day at most'
  WHEN s.claim IS NOT NULL AND COALESCE(s.claimed_until, 'infinity') > now() + interval '1 hour' THEN 'claimed for minutes'
  WHEN (s.failures = 0) <> (s.failing_since IS NULL) OR s.failures < 0 THEN 'failing since the first failure'
  WHEN s.failing_since IS NOT NULL AND NOT ${BEGAN_TO_FAIL} THEN 'failing since an attempt that failed' END`;

const subscriptions: TableComparison = {
  table: 'subscriptions',
  key: ['id'],
  sides: same('subscriptions'),
  sql: (stored) => `
    SELECT 'id=' || s.id AS key, 'paused_until, claimed_until, failures, failing_since' AS column,
           concat_ws(', ', s.paused_until, s.claimed_until, s.failures, s.failing_since) AS stored, ${LEFT_ALONE} AS computed,
           NULL::uuid[] AS lots
      FROM ${stored} AS s WHERE ${LEFT_ALONE} IS NOT NULL`,
};

/** An escalation is dropped where its alert was acknowledged, resolved or held back before it was due. */
const MAY_BE_DROPPED = `d.type = 'alert.escalated' AND d.body IS NULL
  AND (EXISTS (SELECT FROM alerts AS a WHERE a.id = d.alert
                  AND (a.status <> 'open' OR a.inhibited_by IS NOT NULL OR a.silenced_by IS NOT NULL))
       OR EXISTS (SELECT FROM alert_changes AS c WHERE c.alert = d.alert AND c.number > d.number)
       OR EXISTS (SELECT FROM notices AS n WHERE n.alert = d.alert AND n.number > d.number))`;

/** Longest that a message may wait: for a retry or quiet hours, and for a digest or an escalation of seven days. */
const LONGEST = `CASE WHEN d.type IN ('alert.digest', 'alert.escalated') THEN interval '9 days' ELSE interval '2 days' END`;

/** Whether one attempt was accepted; whether the last one failed and was followed by no other. */
const WAS_ACCEPTED = `EXISTS (SELECT FROM delivery_attempts AS t WHERE t.delivery = d.id
  AND t.failure IS NULL AND COALESCE(t.http_status, 250) BETWEEN 200 AND 299)`;
const WAS_GIVEN_UP = `(SELECT t.next_at IS NULL AND (t.failure IS NOT NULL OR t.http_status NOT BETWEEN 200 AND 299)
                         FROM delivery_attempts AS t WHERE t.delivery = d.id ORDER BY t.attempt DESC LIMIT 1)`;

const WAITS = `CASE
  WHEN d.status = 'pending' AND d.next_at > now() + ${LONGEST} THEN 'due sooner'
  WHEN d.status = 'delivered' AND NOT ${WAS_ACCEPTED} OR d.status = 'exhausted' AND ${WAS_GIVEN_UP} IS NOT TRUE
    THEN 'an attempt that ended so'
  WHEN d.status = 'dropped' AND NOT (${MAY_BE_DROPPED}) THEN 'to be sent'
  WHEN d.step NOT BETWEEN 0 AND d.attempts
       OR d.attempts > COALESCE((SELECT max(t.attempt) FROM delivery_attempts AS t WHERE t.delivery = d.id), 0)
                       + (d.status = 'dropped')::integer THEN 'as many attempts as were made' END`;

const deliveries: TableComparison = {
  table: 'deliveries',
  key: ['id'],
  sides: same('deliveries'),
  sql: (stored) => `
    SELECT 'id=' || d.id AS key, 'status, next_at, attempts, step' AS column,
           concat_ws(', ', d.status, d.next_at, d.attempts, d.step) AS stored, ${WAITS} AS computed, NULL::uuid[] AS lots
      FROM ${stored} AS d WHERE ${WAITS} IS NOT NULL`,
};

export const deliveryComparisons: readonly TableComparison[] = [subscriptions, deliveries];
