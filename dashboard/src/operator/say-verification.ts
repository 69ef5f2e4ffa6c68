import type { Verification } from '../api/operator.ts'

/** What came of it, in a sentence. */
export function sayOutcome(run: Pick<Verification, 'state' | 'drift'>): string {
  const found = run.drift === 0 ? 'no drift' : `drift: ${run.drift.toLocaleString('en')}`
  if (run.state === 'finished') return found
  return run.state === 'running' ? `running, ${found} so far` : `interrupted, ${found} by then`
}
