import { expect, test } from 'vitest'
import { open, readAnswers } from '../http/raw.ts'
import { pglite } from '../support/databases.ts'
import { startNetwork } from '../support/network.ts'

test('a stop answers what is under way, takes no new calls, and ends', async () => {
  const fresh = await pglite.create()
  const network = await startNetwork({ database: fresh.database, publishers: 1, merchants: 1 })
  const authorization = `Authorization: Basic ${btoa(`${network.publishers[0]!.key}:`)}`
  const body = '{"id":"in-flight"}'
  const idle = open(network.url, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  await new Promise((resolve) => idle.once('data', resolve))
  const busy = open(
    network.url,
    `POST /v1/customers HTTP/1.1\r\nHost: a\r\n${authorization}\r\n`,
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`,
    'Expect: 100-continue\r\n\r\n',
  )
  const asking = open(network.url, 'GET /readyz HTTP/1.1\r\nHost: a\r\n')
  // The server has the headers of the one and, being asked after, the first lines of the other.
  await new Promise((resolve) => busy.once('data', resolve))

  const stopped = network.stop()
  const [answers, readiness, idleAnswers] = [
    readAnswers(busy),
    readAnswers(asking),
    readAnswers(idle),
  ]
  await expect(fetch(`${network.url}/healthz`)).rejects.toThrow()
  asking.write('\r\n')
  busy.write(body)

  expect(await readiness).toMatchObject([{ status: 503, body: { meta: { status: 'error' } } }])
  expect(await answers).toMatchObject([
    { status: 200, headers: { connection: 'close' }, body: { object: { id: 'in-flight' } } },
  ])
  expect(await idleAnswers).toEqual([])
  await stopped
  await fresh.drop()
})
