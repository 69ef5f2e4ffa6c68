import { PGlite } from '@electric-sql/pglite'
import { pgDump } from '@electric-sql/pglite-tools/pg_dump'
import { readFileSync } from 'node:fs'
import swagger from '@fastify/swagger'
import type { SwaggerTransform } from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { addRoutes } from './app.ts'
import { createTargetRule } from './webhooks/transport/target-rule.ts'
import { openWorker } from './imports/worker/open-worker.ts'
import { createShell } from './http/shell.ts'
import { systemClock } from './kernel/clock.ts'
import { openPGlite } from './kernel/database/database.ts'
import { createLog } from './kernel/log.ts'
import { migrate } from './kernel/database/migrate.ts'
import { KEY_BYTES, createVault } from './kernel/vault.ts'
import type { Examples } from './openapi/add-examples.ts'
import { describeApi } from './openapi/describe-api.ts'
import { base } from './openapi/document.ts'
import type { Json, OpenApi } from './openapi/document.ts'
import { layOut } from './openapi/lay-out.ts'
import { EmptyBody } from './http/schema.ts'
import { listRoutes } from './openapi/list-routes.ts'
import { createParts } from './parts.ts'

/** What is made from the routes: openapi.json and the list of them. */
export interface ApiFiles {
  openApi: string
  routes: string
}

/** The description of the API, made from the schemas of its routes. */
export async function generateApi(): Promise<ApiFiles> {
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
  const routes: RouteOptions[] = []
  try {
    app.addHook('onRoute', (route) => void routes.push(route))
    await app.register(swagger, { openapi: base, transform: withFacts })
    addRoutes(app, { ...shellParts, isReady: () => Promise.resolve(true) })
    await app.ready()
    const document = describeApi(app.swagger() as unknown as OpenApi, readExamples())
    return {
      openApi: `${layOut(document as unknown as Json)}\n`,
      routes: listRoutes(routes),
    }
  } finally {
    await app.close()
    await database.close()
  }
}

/** What a route's `config` says goes along with its schema. */
function withFacts({ schema, url, route }: Parameters<SwaggerTransform>[0]) {
  const { only, errors, answers, isStreamed, isUnlimited } = route.config ?? {}
  const hasEmptyBody = schema.body === EmptyBody
  const facts = { only, errors, answers, isStreamed, isUnlimited, hasEmptyBody }
  return { schema: { ...schema, 'x-route': facts }, url }
}

function readExamples(): Examples {
  const file = new URL('openapi/examples.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Examples
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
