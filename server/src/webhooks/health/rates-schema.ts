import { Type } from 'typebox'
import type { Static } from 'typebox'
import { NullableInteger } from '../../http/schema.ts'
import type { Rates } from '../attempts/minute-count.ts'

/** What came of the requests of a time. */
export const RatesAnswer = Type.Object({
  attempts: Type.Integer({ description: 'Requests; the four after it count their events.' }),
  acknowledged: Type.Integer(),
  refused: Type.Integer(),
  failed: Type.Integer(),
  expired: Type.Integer(),
  p50_ms: NullableInteger,
  p99_ms: NullableInteger,
})

export function ratesToWire({ p50Ms, p99Ms, ...counts }: Rates): Static<typeof RatesAnswer> {
  return { ...counts, p50_ms: p50Ms, p99_ms: p99Ms }
}
