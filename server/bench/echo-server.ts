import { hash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { ECHO_KEY } from './measure-routes.ts'

/*
 * What the framework costs by itself, and nothing else: a bare Fastify that reads a body like that
 * of POST /v1/customers, checks it against a schema, looks up the hash of the Basic key, and writes an
 * answer of the same shape through a schema. No database, log, metrics or limits, no strict reading
 * of JSON, no other route.
 */

const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const Body = Type.Object(
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
const Answer = Type.Object({
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
const SEGMENT = {
  id: 'segment-0000000000000001',
  organization_id: 'org-0000000000000001',
  name: 'new',
}

const app = fastify()
const keys = new Set([hash('sha256', ECHO_KEY, 'hex')])
app.addHook('onRequest', (request, reply, done) => {
  const [, encoded = ''] = (request.headers.authorization ?? '').split(' ')
  const key = Buffer.from(encoded, 'base64').toString().slice(0, -1)
  if (keys.has(hash('sha256', key, 'hex'))) done()
  else void reply.code(401).send()
})
app.post<{ Body: Static<typeof Body> }>(
  '/echo',
  { schema: { body: Body, response: { 200: Answer } } },
  (request, reply) => {
    const { id, email_sha256: email } = request.body
    const date = new Date().toISOString()
    void reply.send({
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
    })
  },
)
await app.listen({ host: '127.0.0.1', port: 0 })
process.once('SIGTERM', () => void app.close())
const { port } = app.server.address() as AddressInfo
process.stdout.write(`The echo serves http://127.0.0.1:${port}\n`)
