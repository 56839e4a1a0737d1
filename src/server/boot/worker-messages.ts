/** What the process that answers HTTP asks its worker. */
export type Question = 'metrics' | 'readiness';

/** A question to the worker, by the channel between the two processes. */
export interface Asked {
  number: number;
  question: Question;
}

/** A message of the worker: that it has started, or the answer to a question. */
export type WorkerMessage = 'started' | { number: number; answer: string | null };
