import { Type } from 'typebox'
import type { Static } from 'typebox'
import { closed, date, nullableDate, nullableGivenDate } from '../../http/schema.ts'
import { invalidField } from '../../kernel/problem.ts'
import { parseInstantField } from '../../kernel/date-field.ts'
import type { ApiKey } from '../api-key-store.ts'
import type { CreatedApiKey } from '../create-api-key.ts'
import type { KeyUses } from '../key-uses.ts'
import { Name } from './organization-schema.ts'

const MAX_OVERLAP_HOURS = 168
export const KEY_OVERLAP_HOURS = 24

export const NewKeyBody = Type.Object(
  {
    name: Name,
    expires_date: nullableGivenDate('From then on the key is refused; absent or null: never.'),
  },
  closed,
)

export const KeyRotationBody = Type.Object(
  {
    overlap_hours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_OVERLAP_HOURS,
        default: KEY_OVERLAP_HOURS,
        description: 'How long the old key still works; 0: it ends at once.',
      }),
    ),
    expires_date: nullableGivenDate(
      'When the new key expires; null: never; absent: when the old one would have.',
    ),
  },
  closed,
)

const keyFields = {
  id: Type.String(),
  name: Type.String(),
  last_four: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'How the key ends; null in keys from before this was kept.',
  }),
  created_by: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The id of a key or a person, or `operator`; null in keys from before.',
  }),
  created_date: date(),
  expires_date: nullableDate('From then on the key is refused; null: never.'),
  replaced_by: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The id of the key that takes its place; null unless it was rotated.',
  }),
}

export const KeyAnswer = Type.Object(
  {
    ...keyFields,
    last_used_date: nullableDate(
      'Up to an hour late where several servers answer; null: not yet, as far as is known.',
    ),
  },
  { title: 'Key' },
)

export const NewKeyAnswer = Type.Object(
  { ...keyFields, key: Type.String({ description: 'Shown this once.' }) },
  { title: 'NewKey' },
)

export const OwnKeyPath = Type.Object({ key: Type.String() })

function fieldsOf({ id, name, lastFour, createdBy, createdAt, expiresAt }: WireKey) {
  return {
    ...{ id, name, last_four: lastFour, created_by: createdBy },
    created_date: createdAt.toISOString(),
    expires_date: expiresAt?.toISOString() ?? null,
  }
}

type WireKey = Pick<ApiKey, 'id' | 'name' | 'lastFour' | 'createdBy' | 'createdAt' | 'expiresAt'>

export function keyToWire(key: ApiKey, uses: KeyUses): Static<typeof KeyAnswer> {
  const times = [key.lastUsedAt, uses.find(key.id)].flatMap((time) => time?.getTime() ?? [])
  return {
    ...fieldsOf(key),
    replaced_by: key.replacedBy,
    last_used_date: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
  }
}

export function newKeyToWire(created: CreatedApiKey): Static<typeof NewKeyAnswer> {
  return { ...fieldsOf(created), replaced_by: null, key: created.key }
}

/** When a key is to expire; undefined where nothing is said. A 400 for what is over. */
export function parseExpiry(text: string | null | undefined, now: Date): Date | null | undefined {
  if (text === undefined) return undefined
  const expiresAt = parseInstantField(text, 'expires_date')
  if (expiresAt !== null && expiresAt <= now) {
    throw invalidField('expires_date', 'expires_date must be in the future')
  }
  return expiresAt
}
