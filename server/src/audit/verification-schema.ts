import { Type } from 'typebox'
import { OneOf, date, nullableDate, NullableInteger } from '../http/schema.ts'
import { VERIFICATION_STATES } from './verification-store.ts'
import type { VerificationRun } from './verification-store.ts'
import { sumDrift } from './verify.ts'

/** What a verification that was waited for answers. */
export const VerificationAnswer = Type.Object(
  {
    drift: Type.Integer({ description: 'How much is wrong in all; 0 when the database is sound.' }),
    checks: Type.Array(
      Type.Object({
        name: Type.String(),
        checked: Type.Integer(),
        drift: Type.Integer(),
        samples: Type.Array(Type.String()),
      }),
    ),
  },
  { title: 'Verification' },
)

const CHECK_STATES = ['done', 'running', 'waiting', 'left-out'] as const
type CheckState = (typeof CHECK_STATES)[number]

export const RunPath = Type.Object({ verification: Type.String() })

export const RunAnswer = Type.Object(
  {
    id: Type.String(),
    state: OneOf(
      VERIFICATION_STATES,
      '`interrupted`: its process ended before it, or was not heard of for a minute.',
    ),
    begun_by: Type.String({
      description:
        'The id of the person who began it; `operator` by its key; `service` of a night.',
    }),
    started_date: date(),
    ended_date: nullableDate(),
    drift: Type.Integer({ description: 'How much is wrong, as far as it has come.' }),
    checks: Type.Array(
      Type.Object({
        name: Type.String(),
        state: OneOf(CHECK_STATES, '`left-out`: the verification was interrupted before it.'),
        checked: NullableInteger,
        drift: NullableInteger,
        samples: Type.Array(Type.String(), {
          description: 'Keys of rows that are wrong, ten at the most.',
        }),
        took_ms: NullableInteger,
      }),
      { description: 'The invariants in the order in which they are checked.' },
    ),
  },
  { title: 'VerificationRun' },
)

export function runToWire(run: VerificationRun) {
  const { id, state, begun_by, started_at, ended_at, names, results } = run
  const next: CheckState = state === 'running' ? 'running' : 'left-out'
  const later: CheckState = state === 'running' ? 'waiting' : 'left-out'
  return {
    id,
    state,
    begun_by,
    started_date: started_at.toISOString(),
    ended_date: ended_at?.toISOString() ?? null,
    drift: sumDrift(results),
    checks: names.map((name, index) => {
      const result = results[index]
      if (result) return { ...result, state: 'done' as const }
      const nothing = { checked: null, drift: null, samples: [], took_ms: null }
      return { name, state: index === results.length ? next : later, ...nothing }
    }),
  }
}
