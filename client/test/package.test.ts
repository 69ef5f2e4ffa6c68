import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { failure, many, one, startServer } from './stub-server.ts'

const run = promisify(execFile)
const client = resolve(import.meta.dirname, '..')
const root = resolve(client, '..')
const typescript = join(root, 'node_modules/typescript/bin/tsc')

// One run of the compiler each, on a machine that may be busy.
const compileTimeoutMs = 120_000

let folder: string
let examples: string[]

/** A project of somebody else's: the built package is installed, the README's examples are code. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newcomer-client-'))
  const installed = join(folder, 'node_modules/@newcomer/client')
  await mkdir(installed, { recursive: true })
  await cp(join(client, 'package.json'), join(installed, 'package.json'))
  await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  const build = join(client, 'tsconfig.build.json')
  await run(process.execPath, [typescript, '-p', build, '--outDir', join(installed, 'dist')])

  const readme = await readFile(join(client, 'README.md'), 'utf8')
  examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await Promise.all(examples.map((code, at) => writeFile(join(folder, `example-${at}.ts`), code)))
}, compileTimeoutMs)

afterAll(async () => {
  await rm(folder, { recursive: true })
})

test(
  'the README’s examples compile against the package as published',
  async () => {
    expect(examples).toHaveLength(5)
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const modules = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node']
    const files = examples.map((_, at) => `example-${at}.ts`)
    const command = [typescript, ...strict, ...modules, ...files]
    const failed: unknown = await run(process.execPath, command, { cwd: folder }).then(
      () => undefined,
      (error: { stdout: string }) => error.stdout,
    )
    expect(failed).toBeUndefined()

    const segments = [{ id: 'segment-1', organization_id: 'org-1', name: 'new' }]
    const rejected = { message: 'Not a hash', type: 'InvalidField' }
    const server = await startServer(
      one({ id: 'customer-123', segments }),
      many([{ status: 'created' }, { id: 'customer-2', status: 'rejected', error: rejected }]),
      failure(409, 'Conflict', 'Known with other content'),
      many([{ name: 'Shop', customer_segments: true }], '/v1/merchants?cursor=1'),
      many([{ name: 'Store', customer_segments: false }]),
    )
    const env = { NEWCOMER_URL: server.url, NEWCOMER_API_KEY: 'sk-0123456789abcdef' }
    const printed = []
    for (const at of [0, 1, 2, 3]) {
      const { stdout } = await run(process.execPath, [`example-${at}.js`], { cwd: folder, env })
      printed.push(stdout)
    }
    expect(printed.join('')).toBe(
      [
        'new at org-1',
        'customer-2: Not a hash',
        'This order is known with other content: use orders.update',
        'Shop true',
        'Store false',
        '',
      ].join('\n'),
    )
  },
  compileTimeoutMs,
)
