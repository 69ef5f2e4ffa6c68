import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('uncaught-program.ts', import.meta.url))

// A process of its own: the test runner has its own ideas of uncaught errors.
function run(way: string): Promise<{ code: number | null; lines: string[] }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, way], (_error, stdout) => {
      resolve({ code: child.exitCode, lines: stdout.trim().split('\n') })
    })
  })
}

test.each([
  ['in a timer'],
  ['in a tick'],
  ['in a promise'],
  ['in a promise, later'],
  ['in a listener'],
  ['with an error event'],
])('an error that nobody catches %s fails the work that it arose in, and no other', async (way) => {
  expect(await run(way)).toEqual({
    code: 3,
    lines: [
      'contained: thrown',
      'the work: thrown',
      'the neighbour: done',
      'the call: thrown',
      'contained: thrown',
      'the process: of nobody',
    ],
  })
})
