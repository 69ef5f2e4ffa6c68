import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importKey } from '../../src/imports/store/import.ts'
import { unpackBatch, unpackRejects } from '../../src/imports/store/batch.ts'
import type { RejectStep } from '../../src/imports/store/batch.ts'
import { createDice } from '../crash/dice.ts'
import type { Dice } from '../crash/dice.ts'
import { databases } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'
import { pack, pickBodyForm, sendCut } from './cut-upload.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportCalls } from './import-calls.ts'
import { makeFormedFile } from './receive-file-forms.ts'

// Several pieces of what is read at once, and several batches.
const ROWS = 5_000
// A file in each encoding on each database.
const SEEDS = { PGlite: [0, 1, 2, 3, 4], PostgreSQL: [5, 6, 7, 8, 9] }

describe.each(databases)('a file whose connection breaks, on $name', ({ name, create }) => {
  let network: Network
  let ask: Ask
  let imports: ImportCalls
  const complaints: string[] = []

  beforeAll(async () => {
    const log = pino({ level: 'warn' }, { write: (line) => void complaints.push(line) })
    network = await startFreshNetwork(create, { publishers: 1, merchants: 0, log })
    ask = createAsk(network.url, network.publishers[0]!)
    imports = createImportCalls(network.url, network.publishers[0]!)
  })
  afterAll(async () => {
    await network.stop()
  })

  /** What is kept of the file: every row and every reject, part by part. */
  async function readKept(id: string): Promise<unknown[]> {
    const { organization } = network.publishers[0]!
    const { rows: owners } = await sql<{ number: number }>`
      select number from organizations where id = ${organization.id}`.execute(network.db)
    const key = importKey(owners[0]!, id)
    const { vault } = network.server.parts
    const { rows: parts } = await sql<{ number: number; blob: Uint8Array }>`
      select number, blob from import_batches where import = ${key} order by number`.execute(
      network.db,
    )
    const { rows: rejects } = await sql<{ number: number; step: RejectStep; blob: Uint8Array }>`
      select number, step, blob from import_rejects where import = ${key} order by number, step`.execute(
      network.db,
    )
    return [
      ...parts.map(({ number, blob }) => [number, unpackBatch(vault, key, number, blob)]),
      ...rejects.map((each) => [each.number, each.step, unpackRejects(vault, key, each)]),
    ]
  }

  /** Sends the file from where it is kept, cut again and again. */
  async function sendInPieces(id: string, bytes: Buffer, dice: Dice): Promise<void> {
    const path = `/v1/imports/${id}/file?offset=`
    const { organization: _, ...member } = network.publishers[0]!
    for (let cuts = 1 + dice.whole(3); cuts > 0; cuts--) {
      const { received_bytes: offset } = await imports.read(id)
      const rest = { bytes: bytes.subarray(offset), form: pickBodyForm(dice), dice }
      const to = { url: network.url, key: member.key }
      await sendCut(to, `PUT ${path}${offset}`, { ...rest, share: dice.next() })
    }
    for (let offset = 0; ;) {
      const form = pickBodyForm(dice)
      const body = pack(bytes.subarray(offset), form)
      const headers = { 'content-encoding': form.encoding }
      const stream = (async function* () {
        yield await Promise.resolve(body)
      })()
      const sent = await ask('PUT', path + offset, {
        headers,
        body: form.isChunked ? stream : body,
      })
      if (sent.status === 200) return
      expect(sent).toMatchObject({ status: 409, body: { error: { type: 'Conflict' } } })
      // It may be that what the broken connection brought was begun on later than this.
      const { received_bytes: kept } = sent.body.error.details
      offset = kept ?? (await imports.read(id)).received_bytes
    }
  }

  test.each(SEEDS[name])('is read to the last row as if it had come whole (%s)', async (seed) => {
    const dice = createDice(seed)
    const { bytes, form } = makeFormedFile(seed, ROWS)
    const whole = await imports.check(bytes)
    expect(whole, form).toMatchObject({ received_bytes: bytes.length })
    expect(whole.total_rows).toBeGreaterThanOrEqual(ROWS)
    const { id } = await must(imports.send(undefined))
    await sendInPieces(id, bytes, dice)
    const cut = await imports.rested(id)
    const { id: _, created_date: __, ...its } = whole
    expect(cut, form).toMatchObject(its)
    expect(await readKept(id)).toEqual(await readKept(whole.id))
    expect(await imports.rejects(id)).toBe(await imports.rejects(whole.id))
    await imports.cancel(id)
    await imports.cancel(whole.id)
    expect(complaints).toEqual([])
  })
})
