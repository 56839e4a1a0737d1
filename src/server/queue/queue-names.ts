/** Names of the queues, one for each kind of background work. */
export const queueNames = [
  'verification',
  'audit',
  'alerts',
  'deliveries',
  'deadlines',
  'index',
  'witnesses',
  'sweeps',
] as const;
