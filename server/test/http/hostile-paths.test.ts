import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logOptions } from '../../src/kernel/log.ts'
import { databases } from '../support/databases.ts'
import { startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import openApi from '../../../openapi.json' with { type: 'json' }

const CANARY = 'canary-buyer@mail.example'

/** What stands where an id belongs, percent-encoded; `own` begins as ids of that kind do. */
const HOSTILE = [
  '%00',
  `${CANARY}%00`,
  // Half of a surrogate pair, which is no UTF-8.
  '%ED%A0%80',
  `%27%22;--${CANARY}`,
  `%5C${CANARY}%FF`,
  CANARY,
  `${CANARY}${'x'.repeat(255 - CANARY.length)}`,
  'null',
  '1e999',
  '-1',
  '99999999999999999999',
]
const PREFIXES = [
  '',
  ...['btnorder', 'key', 'org', 'tx', 'ratecard', 'import', 'endpoint', 'replay'],
]

interface Operation {
  method: string
  path: string
  query: string[]
}

const operations: Operation[] = Object.entries(openApi.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, { parameters?: { in: string; name: string }[] }>).map(
    ([method, { parameters = [] }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
    }),
  ),
)

/** Each kind of id, whole and hostile; each parameter of a query. */
function hostilePaths({ method, path, query }: Operation): string[] {
  const inPath = path.includes('{')
    ? [...HOSTILE, ...PREFIXES.flatMap((prefix) => [`${prefix}-%00`, `${prefix}-${CANARY}`])]
    : []
  const inQuery = method === 'GET' ? query : []
  return [
    ...inPath.map((id) => path.replace(/\{[^}]+\}/g, id)),
    ...inQuery.flatMap((name) =>
      HOSTILE.slice(0, 6).map((text) => `${path.replace(/\{[^}]+\}/g, 'x')}?${name}=${text}`),
    ),
  ]
}

describe.each(databases)('a path or a query with hostile text, on $name', ({ create }) => {
  let network: Network
  let logged = ''

  beforeAll(async () => {
    const lines = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString()
        done()
      },
    })
    network = await startFreshNetwork(create, {
      log: pino(logOptions('info'), lines),
      publishers: 1,
      merchants: 1,
    })
  }, 120_000)
  afterAll(() => network.stop())

  async function call({ method }: Operation, path: string, key: string): Promise<string> {
    const response = await fetch(network.url + path, {
      method,
      redirect: 'manual',
      headers: { authorization: `Basic ${btoa(`${key}:`)}` },
    })
    await response.body?.cancel()
    return response.status === 500 ? `${method} ${path}: ${response.status}` : ''
  }

  /** A publisher, a merchant and the operator each try; who may not is refused before. */
  async function tryAll(operation: Operation, path: string): Promise<string[]> {
    const { publishers, merchants, operator } = network
    const keys = [publishers[0]!.key, merchants[0]!.key, operator.key]
    return Promise.all(keys.map((key) => call(operation, path, key)))
  }

  test(
    'is answered without a 500 and without a trace in the log',
    { timeout: 240_000 },
    async () => {
      const failures: string[] = []
      for (const operation of operations) {
        const paths = hostilePaths(operation)
        const answers = await Promise.all(paths.map((path) => tryAll(operation, path)))
        failures.push(...answers.flat().filter((each) => each !== ''))
      }
      expect(failures).toEqual([])
      expect(logged).not.toBe('')
      expect(logged).not.toContain(CANARY)
      expect(operations.length, 'a control: the list of routes was read').toBeGreaterThan(60)
    },
  )

  test('an order with NUL in its id is absent', async () => {
    const shop = network.merchants[0]!.call
    for (const id of ['btnorder-%00', `btnorder-${CANARY}`, 'order-%00']) {
      expect((await shop('GET', `/v1/order/${id}`)).status).toBe(404)
      expect((await shop('GET', `/v1/order/${id}/verdict`)).status).toBe(404)
    }
  })
})
