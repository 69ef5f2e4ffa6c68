import { Type } from 'typebox'
import { date } from '../../http/schema.ts'
import type { Look } from '../look-store.ts'

export const LookAnswer = Type.Object(
  {
    id: Type.String(),
    reason: Type.String(),
    started_date: date(),
    until_date: date('When it ends by itself.'),
  },
  { title: 'Look', description: "An operator who reads an organization's pages." },
)

export function lookToWire({ id, reason, begun_at: begun, ends_at: ends }: Look) {
  return { id, reason, started_date: begun.toISOString(), until_date: ends.toISOString() }
}
