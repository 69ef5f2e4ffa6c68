import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)

test('each line of the contract names tests that are there', () => {
  const lines = readFileSync(new URL('docs/privacy.md', ROOT), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:-|it )/.test(line))
  expect(lines.length).toBeGreaterThan(15)
  for (const line of lines) {
    const files = [...line.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) => file)
    expect(files, line).not.toEqual([])
    for (const file of files) expect(existsSync(new URL(file, ROOT)), file).toBe(true)
  }
})
