import { expect, test } from 'vitest'

import { createClient } from '../src/index.ts'
import type { ImportFile } from '../src/index.ts'
import { startFakeImports } from './fake-imports.ts'
import type { Plan } from './fake-imports.ts'

const apiKey = 'sk-0123456789abcdef'
const rows = Array.from({ length: 100_000 }, (_, row) => `customer-${row},${'ab'.repeat(16)}`)
const file = `user_id,email_sha256\n${rows.join('\n')}\n`

async function connect(wishes: Partial<Plan> = {}, options = {}) {
  const server = await startFakeImports(wishes)
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  return { server, waits, ...createClient({ apiKey, baseUrl: server.url, sleep, ...options }) }
}

async function* chunksOf(text: string, length = 65_536) {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

const files: [string, () => ImportFile][] = [
  ['text', () => file],
  ['bytes', () => Buffer.from(file)],
  ['a blob', () => new Blob([file])],
  ['an iterable', () => chunksOf(file)],
  ['a web stream', () => new Blob([file]).stream()],
  ['a function', () => (start) => chunksOf(file.slice(start))],
]

test.each(files)('%s arrives as it is, also after lost connections', async (_, make) => {
  const { server, imports, waits } = await connect({ dropAfter: [10, 1_500_000, 3, 0, 70_000] })
  const lost: string[] = []
  const onLost = ({ error }: { error: Error }) => lost.push(error.name)
  const received = await imports.create(make(), { onLost })
  expect(received).toMatchObject({ state: 'checking', received_bytes: file.length })
  expect(server.fileOf() === file).toBe(true)
  expect(lost).toHaveLength(5)
  expect(waits.length).toBeGreaterThanOrEqual(10)
})
