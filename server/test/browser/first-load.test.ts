import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { dist } from './browser.ts'

interface Chunk {
  file: string
  css?: string[]
  imports?: string[]
  isEntry?: boolean
}

// What a phone on a slow line waits for before it sees anything.
const MOST_BYTES = 250 * 1024

test('the first page needs at most 250 KB, compressed', () => {
  const read = (path: string) => readFileSync(new URL(path, dist))
  const manifest = JSON.parse(read('.vite/manifest.json').toString()) as Record<string, Chunk>
  const files = new Set<string>()
  function take(name: string): void {
    const chunk = manifest[name]!
    if (files.has(chunk.file)) return
    files.add(chunk.file)
    chunk.css?.forEach((each) => files.add(each))
    chunk.imports?.forEach(take)
  }
  Object.keys(manifest)
    .filter((name) => manifest[name]?.isEntry)
    .forEach(take)
  expect(files.size).toBeGreaterThan(1)
  const sizes = [...files].map((file) => gzipSync(read(file), { level: 9 }).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_BYTES)
})
