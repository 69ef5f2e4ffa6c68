import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../support/clock.ts'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must, useNetwork } from '../../support/network.ts'
import type { Answer } from '../../support/network.ts'
import { openWorkerInProcess } from './worker-beside.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'
import { ACCOUNTS, MERGED, PURCHASERS, quiet, replacing, rowOf } from './history-rows.ts'
import { History } from './history.ts'

const [PUBLISHER, OTHER, MERCHANT] = [0, 1, 2]
const FIRST = '2024-11-29T00:00:00.000Z'
const LAST = '2025-02-14T18:30:00.000Z'

describe.each(databases)('imports and what they are evidence of, on $name', ({ create }) => {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = useNetwork(create, {
    clock,
    openWorker: openWorkerInProcess,
    publishers: 2,
    merchants: 1,
  })
  let history: History
  let round = 0

  beforeEach(() => {
    round++
    history = new History(network, clock)
  })
  afterEach(async () => {
    const places = history.model.list()
    await history.expectTruth(places)
    await history.expectVerdicts()
    for (const place of places) await history.erase(place)
  })

  const idOf = (name: string): string => `${name}-${round}`
  const mail = (name: string): string => emailHash(`${name}-${round}`)
  const at = (organization: number, name: string) => ({ organization, id: idOf(name) })
  const last = () => history.imports.at(-1)!

  /** Orders and answers the verdict, which was compared with the model's. */
  async function buy(order: string, id: string | null, emails: string[]): Promise<Answer['body']> {
    await history.order(idOf(order), {
      merchant: MERCHANT,
      id: id === null ? null : idOf(id),
      identifiers: emails,
    })
    return history.orders.at(-1)!.verdict
  }
  const cancel = (order: string) => history.cancel({ merchant: MERCHANT, id: idOf(order) })
  const file = (...rows: Parameters<typeof rowOf>[]) => rows.map((each) => rowOf(...each))
  const fromImport = (more: object = {}) => ({
    segment: 'active',
    evidence: { source: 'import', import_id: last().id, ...more },
  })
  const dates = { first: FIRST, last: LAST }

  test('who is in a file of purchasers has bought, and when is told', async () => {
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')], dates]), PURCHASERS)
    const told = { first_purchase_date: FIRST, last_purchase_date: LAST }
    expect(await buy('own', 'ada', [])).toMatchObject(
      fromImport({ matched: 'customer_id', ...told }),
    )
    const guest = await buy('guest', null, [mail('ada')])
    expect(guest).toMatchObject(fromImport({ matched: 'email_sha256', ...told }))
  })

  test('who is in a file of accounts has not', async () => {
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')], dates]), ACCOUNTS)
    expect(await buy('own', 'ada', [])).toMatchObject({ segment: 'new', evidence: null })
  })

  test('once the file is undone nobody has by it, and what was judged stays', async () => {
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), PURCHASERS)
    await history.report(at(PUBLISHER, 'p'), [mail('ada')])
    expect(await buy('before', 'bob', [mail('ada')])).toMatchObject(fromImport())
    await cancel('before')
    await history.undo(last())
    expect(history.model.read(at(MERCHANT, 'ada')), 'nobody tells of her any more').toBeUndefined()
    expect(history.model.read(at(PUBLISHER, 'p'))).toMatchObject({ active: [] })
    expect(await buy('after', 'bob', [mail('ada')])).toMatchObject({ segment: 'new' })
  })

  test('an order that came after the file takes its place when it is undone', async () => {
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), PURCHASERS)
    await buy('first', 'ada', [])
    await history.undo(last())
    const later = await buy('second', 'ada', [])
    expect(later).toMatchObject({ segment: 'active', evidence: { source: 'order' } })
    await cancel('first')
    await cancel('second')
    expect(await buy('third', 'ada', [])).toMatchObject({ segment: 'new' })
  })

  test('the file counts on when the earlier order is cancelled', async () => {
    expect(await buy('first', 'ada', [mail('ada')])).toMatchObject({ segment: 'new' })
    await history.import(MERCHANT, file([idOf('ada'), [], dates]), PURCHASERS)
    const second = await buy('second', 'ada', [])
    expect(second, 'what was known first').toMatchObject({ evidence: { source: 'order' } })
    await cancel('first')
    expect(await buy('third', 'ada', [])).toMatchObject(fromImport({ first_purchase_date: FIRST }))
  })

  test('of two files the first is named, with its own dates; then the second', async () => {
    const earlier = file([idOf('ada'), [mail('ada')], { first: null, last: FIRST }])
    await history.import(MERCHANT, earlier, PURCHASERS)
    const first = last()
    expect(await buy('a', 'ada', [])).toMatchObject(fromImport({ last_purchase_date: FIRST }))
    await history.import(MERCHANT, file([idOf('ada'), [], dates]), PURCHASERS)
    const named = await buy('b', 'ada', [])
    expect(named.evidence).toMatchObject({ import_id: first.id, first_purchase_date: null })
    await cancel('a')
    await cancel('b')
    await history.undo(first)
    expect(await buy('c', 'ada', [])).toMatchObject(fromImport({ last_purchase_date: LAST }))
  })

  test('accounts in place of purchasers: nobody has bought by the file', async () => {
    const rows = file([idOf('ada'), [mail('ada')]], [idOf('bob'), [mail('bob')]])
    await history.import(MERCHANT, rows, PURCHASERS)
    await history.report(at(OTHER, 'p'), [mail('ada')])
    await buy('bobs', 'bob', [])
    const its = await history.import(MERCHANT, rows, replacing(ACCOUNTS))
    expect(its).toMatchObject({ unchanged: 2, removed: 2 })
    expect(history.model.read(at(OTHER, 'p'))).toMatchObject({ active: [] })
    expect(await buy('of-ada', 'ada', [])).toMatchObject({ segment: 'new' })
    const bobs = await buy('of-bob', 'bob', [])
    expect(bobs, 'he has ordered').toMatchObject({ evidence: { source: 'order' } })
  })

  test('identifiers that a call replaces are gone; the purchase is not', async () => {
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), PURCHASERS)
    await history.report(at(MERCHANT, 'ada'), [mail('new')], true)
    expect(await buy('a', 'bob', [mail('ada')])).toMatchObject({ segment: 'new' })
    expect(await buy('b', 'eve', [mail('new')])).toMatchObject(fromImport())
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), PURCHASERS)
    expect(await buy('c', 'zoe', [mail('ada')])).toMatchObject({ segment: 'active' })
  })

  test('an erased customer has not bought; the undo of the file takes nothing more', async () => {
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), PURCHASERS)
    await history.erase(at(MERCHANT, 'ada'))
    expect(await buy('a', 'ada', [mail('ada')])).toMatchObject({ segment: 'new' })
    await history.undo(last())
    expect(history.model.read(at(MERCHANT, 'ada'))).toMatchObject({ active: [MERCHANT] })
  })

  test('a customer that the file says nothing new of moves with its neighbour', async () => {
    // Ada is known as she is from a first file; Bob's purchase makes her identifier a buyer's.
    await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), ACCOUNTS)
    await buy('a', 'bob', [])
    const rows = file([idOf('ada'), [mail('ada')]], [idOf('bob'), [mail('ada')]])
    await history.import(MERCHANT, rows, ACCOUNTS)
    expect(history.model.read(at(MERCHANT, 'ada'))).toMatchObject({ active: [MERCHANT] })
  })

  describe('webhooks', () => {
    const receivers: Receiver[] = []
    beforeAll(async () => {
      for (const { call } of [...network.publishers, ...network.merchants]) {
        const receiver = await startReceiver(204)
        receivers.push(receiver)
        const body = { url: receiver.url, event_types: ['segment-change'] }
        await must(call('POST', '/v1/webhooks', body))
      }
    })
    afterAll(async () => {
      for (const receiver of receivers) await receiver.close()
    })
    const toldOf = (organization: number) =>
      receivers[organization]!.received.map(({ body }) => body).filter(({ customer_id: id }) =>
        String(id).endsWith(`-${round}`),
      )

    test("a merchant's file moves everybody; a quiet one tells only the others", async () => {
      await history.report(at(MERCHANT, 'ada'), [mail('ada')])
      await history.import(PUBLISHER, file([idOf('p'), [mail('ada')]]), MERGED)
      await history.report(at(OTHER, 'o'), [mail('ada')])
      const before = receivers.map(({ received }) => received.length)
      await history.import(MERCHANT, file([idOf('ada'), [mail('ada')]]), quiet(PURCHASERS))
      await receivers[PUBLISHER]!.arrived(before[PUBLISHER]! + 1)
      await receivers[OTHER]!.arrived(before[OTHER]! + 1)
      await history.undo(last())
      await history.import(MERCHANT, file([idOf('ada'), []]), PURCHASERS)
      for (const number of [PUBLISHER, OTHER]) await receivers[number]!.arrived(before[number]! + 3)
      await receivers[MERCHANT]!.arrived(before[MERCHANT]! + 1)

      expect(toldOf(MERCHANT), 'the loud one alone').toMatchObject([
        { cause: 'import', sequence: 3, segments: { current: [{ name: 'active' }] } },
      ])
      for (const number of [PUBLISHER, OTHER]) {
        expect(toldOf(number)).toMatchObject([
          { cause: 'import', sequence: 1, segments: { current: [{ name: 'active' }] } },
          { cause: 'import', sequence: 2, segments: { current: [{ name: 'new' }] } },
          { cause: 'import', sequence: 3, segments: { current: [{ name: 'active' }] } },
        ])
      }
    })

    test("a publisher's first file moves nobody, and is told of later moves", async () => {
      await buy('a', 'ada', [mail('ada')])
      const [before] = receivers.map(({ received }) => received.length)
      await history.import(PUBLISHER, file([idOf('p'), [mail('ada')]], [idOf('q'), []]), MERGED)
      expect(history.model.read(at(PUBLISHER, 'p'))).toMatchObject({ active: [MERCHANT] })
      await history.import(PUBLISHER, file([idOf('q'), [mail('ada')]]), MERGED)
      await receivers[PUBLISHER]!.arrived(before! + 1)
      expect(toldOf(PUBLISHER)).toMatchObject([{ customer_id: idOf('q'), cause: 'import' }])
    })
  })
})
