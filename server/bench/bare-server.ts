import { hash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { Answer, answerEcho, Body } from './echo.ts'
import type { EchoBody } from './echo.ts'
import { ECHO_KEY } from './measure-routes.ts'

/*
 * What the framework costs by itself, and nothing else: a bare Fastify that reads a body like that
 * of POST /v1/customers, checks it against a schema, looks up the hash of the Basic key, and writes an
 * answer of the same shape through a schema. No database, log, metrics or limits, no strict reading
 * of JSON, no other route.
 */

const app = fastify()
const keys = new Set([hash('sha256', ECHO_KEY, 'hex')])
app.addHook('onRequest', (request, reply, done) => {
  const [, encoded = ''] = (request.headers.authorization ?? '').split(' ')
  const key = Buffer.from(encoded, 'base64').toString().slice(0, -1)
  if (keys.has(hash('sha256', key, 'hex'))) done()
  else void reply.code(401).send()
})
app.post<{ Body: EchoBody }>(
  '/v1/echo',
  { schema: { body: Body, response: { 200: Answer } } },
  (request, reply) => void reply.send(answerEcho(request.body)),
)
await app.listen({ host: '127.0.0.1', port: 0 })
process.once('SIGTERM', () => void app.close())
const { port } = app.server.address() as AddressInfo
process.stdout.write(`The bare echo serves http://127.0.0.1:${port}\n`)
