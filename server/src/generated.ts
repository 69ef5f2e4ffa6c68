import { PGlite } from '@electric-sql/pglite'
import { pgDump } from '@electric-sql/pglite-tools/pg_dump'
import swagger from '@fastify/swagger'
import { addRoutes } from './app.ts'
import { createTargetRule } from './webhooks/transport/target-rule.ts'
import { openWorker } from './imports/worker/open-worker.ts'
import { createShell } from './http/shell.ts'
import { systemClock } from './kernel/clock.ts'
import { openPGlite } from './kernel/database/database.ts'
import { createLog } from './kernel/log.ts'
import { migrate } from './kernel/database/migrate.ts'
import { KEY_BYTES, createVault } from './kernel/vault.ts'
import { createParts } from './parts.ts'

const DESCRIPTION = `Tells, in real time, whether a publisher's customer is new to a merchant or active there.

Every answer is one JSON envelope: \`object\` or \`objects\`, or \`error\` with a message for people, a
\`type\` for programs and \`details.field\` where a field is wrong. Every report is idempotent: the same
call again is safe. \`X-Request-Id\` of an answer finds the request in the server's log.`

/** The description of the API, made from the schemas of its routes. */
export async function generateOpenApi(): Promise<string> {
  const database = await openPGlite()
  const parts = createParts({
    database,
    vault: createVault(Buffer.alloc(KEY_BYTES)),
    clock: systemClock,
    log: createLog('silent'),
    targetRule: createTargetRule({ mode: 'production', webhookAllow: [], webhookPorts: [443] }),
    openWorker,
    eventDays: 30,
  })
  const shellParts = { ...parts, operatorKey: '', isStopping: () => false }
  const app = createShell(shellParts)
  try {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Newcomer',
          version: '1',
          description: DESCRIPTION,
          license: { name: 'Apache-2.0' },
        },
        tags: [
          { name: 'customers', description: 'Report customers and read their segments.' },
          { name: 'orders', description: 'Report orders; what makes a customer active.' },
          {
            name: 'merchants',
            description: 'The merchants, and how a publisher stands with each.',
          },
          { name: 'offers', description: 'What a user would earn now, merchant by merchant.' },
          { name: 'links', description: 'Links to merchants, and the hosts they may lead to.' },
          { name: 'webhooks', description: 'Endpoints that are told when a segment changes.' },
          { name: 'operator', description: 'For whoever runs the server.' },
          { name: 'health', description: 'For whatever watches over the server.' },
        ],
        components: {
          securitySchemes: {
            key: {
              type: 'http',
              scheme: 'basic',
              description: "An organization's API key as user name, with an empty password.",
            },
            operatorKey: {
              type: 'http',
              scheme: 'basic',
              description: "The operator's key as user name, with an empty password.",
            },
          },
        },
      },
    })
    addRoutes(app, { ...shellParts, isReady: () => Promise.resolve(true) })
    await app.ready()
    return `${JSON.stringify(app.swagger(), null, 2)}\n`
  } finally {
    await app.close()
    await database.close()
  }
}

/** The schema that the migrations make. */
export async function generateSchema(): Promise<string> {
  const instance = await PGlite.create()
  const database = await openPGlite({ instance })
  await migrate(database)
  const dump = await pgDump({ pg: instance, args: ['--schema-only', '--no-owner'] })
  const text = await dump.text()
  await database.close()
  return normalize(text)
}

/** Without what differs from one dump to the next: a random word, and versions. */
function normalize(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => !/^\\(un)?restrict |^-- Dumped (from|by) /.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .concat('\n')
}
