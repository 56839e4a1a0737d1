/** Work that waits for a worker: what the log's growth, its findings, subscribers and time give rise to. */
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
export type QueueName = (typeof queueNames)[number];
