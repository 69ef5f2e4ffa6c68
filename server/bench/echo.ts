import { Type } from 'typebox'
import type { Static } from 'typebox'

/* What both echoes take and answer: the shapes of POST /v1/customers. */

const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] })
export const Body = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7E]+$' }),
    email_sha256: NullableString,
  },
  { additionalProperties: false },
)
const Segment = Type.Object({
  id: Type.String(),
  organization_id: Type.String(),
  name: Type.String(),
})
export const Answer = Type.Object({
  meta: Type.Object({ status: Type.Literal('ok') }),
  object: Type.Object({
    id: Type.String(),
    email_sha256: NullableString,
    emails_sha256: Type.Array(Type.String()),
    advertising_id: NullableString,
    segments: Type.Array(Segment),
    created_date: Type.String(),
    modified_date: Type.String(),
  }),
})
export type EchoBody = Static<typeof Body>

const SEGMENT = {
  id: 'segment-0000000000000001',
  organization_id: 'org-0000000000000001',
  name: 'new',
}

export function answerEcho({ id, email_sha256: email }: EchoBody): Static<typeof Answer> {
  const date = new Date().toISOString()
  return {
    meta: { status: 'ok' },
    object: {
      id,
      email_sha256: email,
      emails_sha256: email === null ? [] : [email],
      advertising_id: null,
      segments: [SEGMENT],
      created_date: date,
      modified_date: date,
    },
  }
}
