import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must, startFreshNetwork } from '../../support/network.ts'
import type { Member, Network } from '../../support/network.ts'
import { createImportCalls } from '../import-calls.ts'
import type { ImportBody, ImportCalls } from '../import-calls.ts'
import { openWorkerInProcess } from './worker-beside.ts'

const HEADER = 'user_id,email_sha256\n'

/** Rows of the customers from a number to another. */
function rowsOf(from: number, to: number, cell = (n: number) => emailHash(`${n}`)): string {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index
    return `c-${n},${cell(n)}\n`
  }).join('')
}

const fileOf = (from: number, to: number): string => HEADER + rowsOf(from, to)

describe.each(databases)('$name: a replacement that takes much away', ({ create }) => {
  let network: Network
  const members = { publisher: 0, merchant: 0 }
  let role: 'publisher' | 'merchant'
  let member: Member
  let calls: ImportCalls

  beforeAll(async () => {
    // Each test has an organization of its own.
    network = await startFreshNetwork(create, {
      openWorker: openWorkerInProcess,
      publishers: 24,
      merchants: 6,
    })
    return () => network.stop()
  })
  beforeEach(() => nextOrganization('publisher'))

  function nextOrganization(its: typeof role): void {
    role = its
    const all = role === 'publisher' ? network.publishers : network.merchants
    member = all[members[role]++]!
    calls = createImportCalls(network.url, member)
  }

  const replace = async (file: string, options: { startsAtOnce?: boolean } = {}) => {
    const { id } = await must(calls.send(file, { mode: 'replace', ...options }))
    return calls.rested(id)
  }
  const countKept = async (from: number, to: number): Promise<number> => {
    const kept = await Promise.all(
      Array.from({ length: to - from }, (_, n) =>
        member.call('GET', `/v1/customers/c-${from + n}`),
      ),
    )
    return kept.filter(({ body }) => (body.object?.emails_sha256 ?? []).length > 0).length
  }
  const expectHeld = (its: ImportBody, number: number): void => {
    expect(its).toMatchObject({
      state: 'ready',
      starts_at_once: false,
      started_date: null,
      rows: 0,
    })
    expect(its.preview).toMatchObject({ removed: number, confirm: number })
    const told = its.report.findings.filter(
      ({ code }: { code: string }) => code === 'replace-takes-away',
    )
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ severity: 'warning', count: number, lines: [] })
    expect(told[0].advice).toContain(`confirm=${number}`)
  }
  const refused = (number: number) => ({
    status: 409,
    body: {
      error: {
        type: 'ConfirmationNeeded',
        message: expect.stringContaining(`confirm=${number};`),
        details: { confirm: number },
      },
    },
  })

  const THEFTS: [what: string, file: string, number: number][] = [
    ['a header alone', HEADER, 120],
    ['one row of a hundred', fileOf(0, 1), 119],
    ['an empty column of hashes', HEADER + rowsOf(0, 120, () => ''), 120],
    ['a renamed column of hashes', `user_id,Kundenkontakt\n${rowsOf(0, 120)}`, 120],
    ['other identifiers', HEADER + rowsOf(0, 120, (n) => emailHash(`other ${n}`)), 120],
    ['other ids', (HEADER + rowsOf(0, 120)).replaceAll('c-', 'd-'), 120],
    ['more than a tenth left out, and more than fifty', fileOf(0, 69), 51],
  ]

  test.each(THEFTS)('%s: stops at ready, also with start=now', async (_, file, number) => {
    await calls.run(fileOf(0, 120))
    expectHeld(await replace(file, { startsAtOnce: true }), number)
    const held = await replace(file)
    expectHeld(held, number)
    expect(await calls.start(held.id)).toMatchObject(refused(number))
    for (const wrong of [0, number - 1, number + 1]) {
      expect(await calls.start(held.id, wrong)).toMatchObject(refused(number))
    }
    expectHeld(await calls.read(held.id), number)
    expect(await countKept(0, 120), 'nothing is written').toBe(120)
    await must(calls.start(held.id, number))
    expect(await calls.rested(held.id)).toMatchObject({ state: 'finished', removed: number })
  })

  test("a merchant's: purchasers that would not have bought any more", async () => {
    nextOrganization('merchant')
    await calls.run(fileOf(0, 30), { mode: 'purchasers' })
    const { id } = await must(
      calls.send(fileOf(0, 30), { mode: 'accounts,replace', startsAtOnce: true }),
    )
    expectHeld(await calls.rested(id), 30)
  })

  test('all of a few: held as well; less than most of them: not', async () => {
    await calls.run(fileOf(0, 40))
    const less = await replace(fileOf(0, 20), { startsAtOnce: true })
    expect(less).toMatchObject({ state: 'finished', removed: 20, preview: null })
    expectHeld(await replace(HEADER, { startsAtOnce: true }), 20)
  })

  test('fifty of few, or a tenth of many: starts as it did', async () => {
    await calls.run(fileOf(0, 600))
    const tenth = await replace(fileOf(60, 600))
    expect(tenth.preview).toMatchObject({ removed: 60, confirm: null })
    await must(calls.start(tenth.id))
    expect(await calls.rested(tenth.id)).toMatchObject({ state: 'finished', removed: 60 })
    expectHeld(await replace(fileOf(115, 600), { startsAtOnce: true }), 55)
  })

  test('what calls gave is not lost, and who is known by calls counts among those that are there', async () => {
    await calls.run(fileOf(0, 55))
    const rows = Array.from({ length: 600 }, (_, n) => ({
      id: `call-${n}`,
      email_sha256: emailHash(`call ${n}`),
    }))
    await must(member.call('POST', '/v1/customers/batch', { customers: rows }))
    expect(await replace(HEADER, { startsAtOnce: true })).toMatchObject({
      state: 'finished',
      removed: 55,
    })
  })

  test('a number that is not true any more is refused: it is counted anew at the start', async () => {
    await calls.run(fileOf(0, 100))
    const held = await replace(fileOf(0, 10))
    expectHeld(held, 90)
    // Calls have one erased and one more reported; another import gives somebody else something.
    await must(member.call('DELETE', '/v1/customers/c-99'))
    await must(member.call('POST', '/v1/customers', { id: 'c-50', email_sha256: emailHash('x') }))
    await calls.run(fileOf(200, 230))
    expect(await calls.start(held.id, 90)).toMatchObject(refused(119))
    expectHeld(await calls.read(held.id), 119)
    await must(calls.start(held.id, 119))
    expect(await calls.rested(held.id)).toMatchObject({ state: 'finished', removed: 119 })
  })

  test('of two at once the later is counted once the earlier has run', async () => {
    await calls.run(fileOf(0, 60))
    const harmless = await replace(fileOf(0, 60))
    expect(harmless.preview).toMatchObject({ removed: 0, confirm: null })
    const merged = await calls.check(fileOf(100, 400))
    const [, later] = await Promise.all([must(calls.start(merged.id)), calls.start(harmless.id)])
    const its = await calls.rested(harmless.id)
    // Whichever was first: never have the others lost what they have.
    if (its.state === 'ready') expectHeld(its, 300)
    else expect(its).toMatchObject({ state: 'finished', removed: 0 })
    expect([200, 409]).toContain(later.status)
    expect(await calls.rested(merged.id)).toMatchObject({ state: 'finished', created: 300 })
    expect(await countKept(100, 400)).toBe(300)
  })

  test('a file that came in pieces is counted as a whole', async () => {
    await calls.run(fileOf(0, 100))
    const { id } = await must(calls.send(undefined, { mode: 'replace', startsAtOnce: true }))
    const [first, rest] = [HEADER + rowsOf(0, 2), rowsOf(2, 5)]
    const { received_bytes: at } = await must(calls.sendRest(id, 0, first, 'last=false'))
    await must(calls.sendRest(id, at, (first + rest).slice(at)))
    expectHeld(await calls.rested(id), 95)
  })

  test('confirm says a whole number, and is of no use elsewhere', async () => {
    const ready = await calls.check(fileOf(0, 3))
    for (const wrong of ['', 'x', '-1', '1.5']) {
      const { status } = await member.call(
        'POST',
        `/v1/imports/${ready.id}/start?confirm=${wrong}`,
        {},
      )
      expect(status, wrong).toBe(400)
    }
    await must(calls.start(ready.id, 7))
    expect(await calls.rested(ready.id)).toMatchObject({ state: 'finished', created: 3 })
  })
})
