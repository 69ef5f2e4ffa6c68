import { beforeAll, describe, expect, test } from 'vitest'
import { createWorkerPool } from '../../../src/imports/worker/open-worker.ts'
import { databases } from '../../support/databases.ts'
import { must, useNetwork } from '../../support/network.ts'
import { createImportCalls } from '../import-calls.ts'
import type { ImportCalls } from '../import-calls.ts'

const script = new URL('./greedy-worker.ts', import.meta.url)
const openWorker = createWorkerPool(script, { maxHeapMb: 48, maxCallMs: 2_000 })

describe.each(databases)('$name: an import whose worker takes too much', ({ create }) => {
  const network = useNetwork(create, { publishers: 2, merchants: 0, openWorker })
  let imports: ImportCalls

  beforeAll(() => {
    imports = createImportCalls(network.url, network.publishers[0]!)
  })

  /** Another's import, at the same time, and one of its own afterwards. */
  async function expectOthersUnhurt(): Promise<void> {
    const other = createImportCalls(network.url, network.publishers[1]!)
    expect(await other.run('user_id\nc-1\n')).toMatchObject({ state: 'finished', rows: 1 })
    expect(await imports.run('user_id\nc-1\n')).toMatchObject({ state: 'finished', rows: 1 })
  }

  test.each([
    ['memory-in-parse', 'memory'],
    ['time-in-parse', 'processor time'],
    ['memory-in-check', 'memory'],
  ])('is refused, alone: %s', async (id, resource) => {
    const { id: its } = await must(imports.send(`user_id\n${id}\n`))
    const others = expectOthersUnhurt()
    expect(await imports.rested(its)).toMatchObject({
      state: 'refused',
      error: {
        type: 'ImportTooCostly',
        message: expect.stringContaining(`needs more ${resource} than one may have`) as unknown,
      },
    })
    await others
  })

  test('is cancelled once it runs, and what it gave can be undone', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => `first-${index}`)
    const { id } = await must(
      imports.send(['user_id', ...rows, 'time-in-run', ''].join('\n'), { startsAtOnce: true }),
    )
    const ended = await imports.rested(id)
    expect(ended).toMatchObject({ state: 'cancelled', error: { type: 'ImportTooCostly' } })
    expect(await imports.takeBack(id)).toMatchObject({ state: 'undone' })
    await expectOthersUnhurt()
  })
})
