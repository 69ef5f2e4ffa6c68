import { Type } from 'typebox'
import type { Static } from 'typebox'
import {
  closed,
  date,
  Nullable,
  nullableDate,
  NullableInteger,
  NullableOneOf,
  NullableString,
  OneOf,
} from '../../http/schema.ts'
import { DEFAULT_BATCH_BYTES, MAX_BATCH_BYTES, MIN_BATCH_BYTES } from './batch-bound.ts'
import { validSecrets } from './endpoint.ts'
import type { Endpoint, Pause, Secret } from './endpoint.ts'
import { CAUSES, SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import type { Cause } from '../../events/event.ts'
import type { EndpointFields } from './change-endpoint.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { Snapshot } from '../../organizations/snapshot.ts'

// An event is compared with each of them.
const MAX_MERCHANTS = 100
// A week: as long as anybody takes to bring a new secret to all of its machines.
const MAX_OVERLAP_HOURS = 168
export const DEFAULT_OVERLAP_HOURS = 24

// One address, as HTML's input fields take it: no list, no name, nothing that a header could be made of.
const EMAIL =
  "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?" +
  '(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$'

const fields = {
  url: Type.String({
    minLength: 1,
    maxLength: 2048,
    description: 'https:// or http://, without user name, password and fragment.',
  }),
  event_types: Type.Array(Type.Enum([...SUBSCRIBABLE_TYPES]), {
    minItems: 1,
    uniqueItems: true,
    description: 'Events from before a type was added are not sent.',
  }),
  description: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 }),
  batch_size: Type.Integer({
    minimum: 1,
    maximum: 500,
    description: 'With more than 1 all events come in batches, of at most so many.',
  }),
  max_batch_bytes: Type.Integer({
    minimum: MIN_BATCH_BYTES,
    maximum: MAX_BATCH_BYTES,
    description:
      'A batch is cut where it would have more bytes; a single event that has more comes alone. ' +
      `${DEFAULT_BATCH_BYTES} unless given, which common receivers take.`,
  }),
  merchants: Type.Unsafe<string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string' },
    minItems: 1,
    maxItems: MAX_MERCHANTS,
    uniqueItems: true,
    description: 'Only events of these merchants, by their ids; null: of all.',
  }),
  causes: Type.Unsafe<Cause[] | null>({
    type: ['array', 'null'],
    items: { type: 'string', enum: [...CAUSES] },
    minItems: 1,
    uniqueItems: true,
    description: 'Only changes of segments for these causes; null: for all.',
  }),
  alert_email: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    maxLength: 254,
    pattern: EMAIL,
    description:
      'Who is told by mail when the webhook pauses itself. A 400 where the operator of the server has ' +
      'not set it up to send mail.',
  }),
}

const { url, event_types, ...optional } = fields

export const NewWebhookBody = Type.Object(
  { url, event_types, ...Type.Partial(Type.Object(optional)).properties },
  { ...closed, title: 'EndpointFields' },
)

export const WebhookBody = Type.Partial(Type.Object(fields), {
  ...closed,
  title: 'EndpointChange',
  description: 'Fields that are absent stay as they are.',
})

export const PingBody = Type.Object(
  {
    event_type: Type.Optional(
      Type.Enum([...SUBSCRIBABLE_TYPES], {
        description:
          'A test event that looks like one of this type, with `"test": true`, instead of a ping.',
      }),
    ),
  },
  closed,
)

export const RotationBody = Type.Object(
  {
    overlap_hours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_OVERLAP_HOURS,
        default: DEFAULT_OVERLAP_HOURS,
        description:
          'How long the secrets so far stay valid. Meanwhile webhook-signature carries a signature ' +
          'under each; X-Button-Signature stays under the oldest and changes at the end.',
      }),
    ),
  },
  closed,
)

export const WebhookPath = Type.Object({ webhook: Type.String() })

const PAUSE_REASONS = ['by-hand', 'failures', 'gone'] as const

const PauseAnswer = Nullable(
  Type.Object(
    {
      reason: OneOf(PAUSE_REASONS, '`gone`: it answered 410.'),
      date: date(),
      by: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'By hand: the name of the API key that called, or the id of the person.',
      }),
      failing: Type.Unsafe<number | null>({
        type: ['integer', 'null'],
        description:
          'For failures: how many of the events `attempted` in the last hour were failing.',
      }),
      attempted: NullableInteger,
      status: Type.Unsafe<number | null>({
        type: ['integer', 'null'],
        description: 'What the receiver answered last; null when it did not answer.',
      }),
      error: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'Why there was no answer.',
      }),
    },
    { title: 'EndpointPause' },
  ),
)

const webhookAnswer = {
  id: Type.String(),
  url: Type.String(),
  event_types: Type.Array(OneOf(SUBSCRIBABLE_TYPES)),
  description: NullableString,
  batch_size: Type.Integer(),
  max_batch_bytes: Type.Integer(),
  merchants: Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } }),
  causes: Type.Unsafe<Cause[] | null>({
    type: ['array', 'null'],
    items: { type: 'string', enum: [...CAUSES] },
  }),
  alert_email: NullableString,
  status: OneOf(['enabled', 'paused']),
  paused_reason: NullableOneOf(PAUSE_REASONS, 'The reason in `paused`.'),
  paused: PauseAnswer,
  previous_secrets_expire_date: nullableDate(
    'When the last of the secrets before the present one ends, or ended.',
  ),
  created_date: date(),
  modified_date: date(),
}

export const WebhookAnswer = Type.Object(webhookAnswer, { title: 'Endpoint' })

/** The only answers that show a secret: of a creation and of a rotation. */
export const SecretAnswer = Type.Object(
  {
    ...webhookAnswer,
    secret: Type.String({ description: 'Shown here only.' }),
  },
  { title: 'EndpointWithSecret' },
)

/** The numbers of these merchants. Throws a 400 for an id that is no merchant's. */
function numbersOf(merchants: string[] | null, snapshot: Snapshot): number[] | null {
  if (merchants === null) return null
  return merchants.map((id) => {
    const merchant = snapshot.byId(id)
    if (merchant?.role === 'merchant') return merchant.number
    const message = 'merchants must hold ids of merchants, as GET /v1/merchants lists them'
    throw invalidField('merchants', message)
  })
}

/** What a body says of an endpoint; members that it does not have are absent. */
export function fieldsOf(
  { merchants, ...fields }: Static<typeof WebhookBody>,
  snapshot: Snapshot,
): EndpointFields {
  return merchants === undefined ? fields : { ...fields, merchants: numbersOf(merchants, snapshot) }
}

export function webhookToWire(
  endpoint: Endpoint,
  snapshot: Snapshot,
): Static<typeof WebhookAnswer> {
  return {
    id: endpoint.id,
    url: endpoint.url,
    event_types: endpoint.eventTypes,
    description: endpoint.description,
    batch_size: endpoint.batchSize,
    max_batch_bytes: endpoint.max_batch_bytes,
    merchants: endpoint.merchants?.map((number) => snapshot.byNumber(number)?.id ?? '') ?? null,
    causes: endpoint.causes,
    alert_email: endpoint.alert_email,
    status: endpoint.pause === null ? 'enabled' : 'paused',
    paused_reason: endpoint.pause?.reason ?? null,
    paused: pauseToWire(endpoint.pause),
    previous_secrets_expire_date: endOf(endpoint.secrets),
    created_date: endpoint.createdAt.toISOString(),
    modified_date: endpoint.modifiedAt.toISOString(),
  }
}

function pauseToWire(pause: Pause | null): Static<typeof PauseAnswer> {
  if (pause === null) return null
  const { at, ...rest } = pause
  return { ...rest, date: at.toISOString() }
}

export function secretToWire(
  endpoint: Endpoint,
  { snapshot, now }: { snapshot: Snapshot; now: Date },
): Static<typeof SecretAnswer> {
  const [newest] = validSecrets(endpoint.secrets, now)
  if (!newest) throw new Error('an endpoint has no valid secret')
  return { ...webhookToWire(endpoint, snapshot), secret: newest.secret }
}

/** When the last of those that end does. */
function endOf(secrets: Secret[]): string | null {
  const ends = secrets.flatMap(({ expires_at }) => expires_at ?? []).sort()
  return ends.at(-1) ?? null
}
