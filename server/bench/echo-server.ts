import { hash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Api } from '../src/http/api.ts'
import { requireCaller } from '../src/http/authenticate.ts'
import { createMetrics } from '../src/metrics.ts'
import { createShell } from '../src/http/shell.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { createVault } from '../src/kernel/vault.ts'
import { createLog } from '../src/kernel/log.ts'
import type { Directory } from '../src/organizations/directory.ts'
import { createKeyUses } from '../src/organizations/key-uses.ts'
import { createSnapshot } from '../src/organizations/snapshot.ts'
import { Answer, answerEcho, Body } from './echo.ts'
import { ECHO_KEY } from './measure-routes.ts'

/*
 * An echo route in the program's own shell: keys, limits, metrics, strict reading of JSON and all that
 * every route has, and nothing behind it. What a route costs beyond this is what it does.
 */

const CALLER = {
  id: 'org-0000000000000001',
  number: 1,
  role: 'publisher' as const,
  name: 'Echo',
  segmentsOnAt: null,
  period: 0,
  finalizationDays: 30,
  verdictPolicy: 'network' as const,
  evidencePolicy: 'before_click' as const,
  answersPublishers: false,
  operatorMayLook: true,
  requestsPerMinute: 0,
  retentionDays: null,
  retentionSince: null,
  profile: {} as never,
  createdAt: new Date(0),
}
const snapshot = createSnapshot({
  version: 1,
  organizations: [CALLER],
  segments: [],
  partnerships: [],
  keys: [
    {
      id: 'key-0000000000000001',
      hash: hash('sha256', ECHO_KEY, 'hex'),
      organization: CALLER.number,
      expires_at: null,
    },
  ],
})
const app = createShell({
  clock: systemClock,
  log: createLog('warn'),
  vault: createVault(Buffer.alloc(32, 1)),
  directory: { current: () => snapshot } as Directory,
  keyUses: createKeyUses(systemClock),
  metrics: createMetrics(),
  operatorKey: 'op-a-key-for-the-bench-only',
  isStopping: () => false,
})
app.register((api: Api, _options, done) => {
  api.addHook('onRequest', requireCaller)
  api.post('/v1/echo', { schema: { body: Body, response: { 200: Answer } } }, (request) =>
    Promise.resolve(answerEcho(request.body)),
  )
  done()
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.once('SIGTERM', () => void app.close())
const { port } = app.server.address() as AddressInfo
process.stdout.write(`The echo serves http://127.0.0.1:${port}\n`)
