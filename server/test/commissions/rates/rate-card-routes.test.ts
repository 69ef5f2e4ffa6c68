import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { manualClock } from '../../support/clock.ts'
import { must, startFreshNetwork } from '../../support/network.ts'
import type { Answer, Call, Network } from '../../support/network.ts'

const DAY_MS = 86_400_000
const flat = (percent: string) => [{ segment: 'default', category: null, percent }]

describe.each(databases)('rate cards on $name', ({ create }) => {
  const clock = manualClock()
  let network: Network
  let start: number
  let taken = 0
  let merchant: Call
  let merchantId: string
  let stranger: Call
  let publisher: Call

  beforeAll(async () => {
    network = await startFreshNetwork(create, { clock, publishers: 2, merchants: 16 })
    publisher = network.publishers[0]!.call
    stranger = network.merchants[0]!.call
  }, 30_000)
  afterAll(() => network.stop())

  // A merchant that has no cards.
  const takeMerchant = (): void => {
    start = clock.now().getTime()
    const member = network.merchants[++taken]!
    merchant = member.call
    merchantId = member.organization.id
  }

  const publisherId = (index: number): string => network.publishers[index]!.organization.id
  /** An instant so many days from the beginning of the test. */
  const day = (days: number): string => new Date(start + days * DAY_MS).toISOString()
  const createCard = (body: object, call = merchant): Promise<Answer> =>
    call('POST', '/v1/rate-cards', { name: 'Card', rates: flat('5'), ...body })
  const read = (id: string): Promise<Answer['body']> =>
    must(merchant('GET', `/v1/rate-cards/${id}`))

  describe('what can be done', () => {
    beforeEach(takeMerchant)

    test('a card is in force from now on, and is answered as it was sent', async () => {
      const rates = [
        { segment: 'new', category: ' Shoes ', percent: 12.5 },
        { segment: 'active', percent: '2.0500' },
        { fixed: 500, currency: 'usd' },
      ]
      const card = await must(createCard({ name: 'Spring', rates }))
      const answered = [
        { segment: 'new', category: 'shoes', percent: '12.5' },
        { segment: 'active', category: null, percent: '2.05' },
        { segment: 'default', category: null, fixed: 500, currency: 'USD' },
      ]
      const version = {
        version: 1,
        start_date: day(0),
        end_date: null,
        rates: answered,
        created_date: day(0),
      }
      expect(card).toEqual({
        id: expect.stringMatching(/^ratecard-[0-9a-f]{16}$/),
        name: 'Spring',
        publisher_id: null,
        state: 'in_force',
        ...version,
        versions: [version],
      })
      expect(await read(card.id)).toEqual(card)
      const { versions: _versions, ...listed } = card
      expect(await must(merchant('GET', '/v1/rate-cards'))).toEqual([listed])
    })

    test('a version replaces the one before it from its start on, to the millisecond', async () => {
      const { id } = await must(createCard({ start_date: day(-7) }))
      const change = { rates: flat('8'), start_date: day(2), end_date: day(3), name: 'Later' }
      const changed = await must(merchant('POST', `/v1/rate-cards/${id}`, change))
      expect(changed).toMatchObject({ name: 'Later', version: 1, state: 'in_force' })
      expect(changed.versions).toMatchObject([
        { version: 1, start_date: day(-7), end_date: null, rates: flat('5') },
        { version: 2, start_date: day(2), end_date: day(3), rates: flat('8') },
      ])
      const shown = async (): Promise<unknown[]> => {
        const merchants: { id: string; rates: { percent: string }[] }[] = await must(
          publisher('GET', '/v1/merchants'),
        )
        const { rates } = merchants.find(({ id: each }) => each === merchantId)!
        const { version, state } = await read(id)
        return [version, state, rates.map(({ percent }) => percent)]
      }
      clock.advance(2 * DAY_MS - 1)
      expect(await shown()).toEqual([1, 'in_force', ['5']])
      clock.advance(1)
      expect(await shown()).toEqual([2, 'in_force', ['8']])
      clock.advance(DAY_MS - 1)
      expect(await shown()).toEqual([2, 'in_force', ['8']])
      clock.advance(1)
      expect(await shown()).toEqual([2, 'ended', []])
    })

    test('members that are absent stay as they are; what changes nothing adds no version', async () => {
      const { id } = await must(createCard({ end_date: day(9) }))
      const change = (body: object): Promise<Answer['body']> =>
        must(merchant('POST', `/v1/rate-cards/${id}`, body))
      clock.advance(DAY_MS)
      expect((await change({ rates: flat('5') })).versions).toHaveLength(1)
      expect(await change({ name: 'Other' })).toMatchObject({ name: 'Other', version: 1 })
      const second = { version: 2, start_date: day(1), end_date: day(9), rates: flat('6') }
      expect(await change({ rates: flat('6') })).toMatchObject({ name: 'Other', ...second })
      expect(await change({ end_date: null })).toMatchObject({ version: 3, end_date: null })
      expect(await change({ end_date: null })).toMatchObject({ version: 3, rates: flat('6') })
    })

    test('a card that is ended is ended, with what was scheduled for it', async () => {
      const { id } = await must(createCard({}))
      await must(merchant('POST', `/v1/rate-cards/${id}`, { start_date: day(5), rates: flat('9') }))
      const end = (body?: object): Promise<Answer> =>
        merchant('POST', `/v1/rate-cards/${id}/end`, body)
      const later = await must(end({ end_date: day(7) }))
      expect(later.versions[2]).toMatchObject({ start_date: day(5), end_date: day(7) })
      expect(later.versions[2].rates).toEqual(flat('9'))
      expect(later).toMatchObject({ state: 'in_force', version: 1 })
      const now = await must(end())
      expect(now).toMatchObject({ state: 'ended', version: 4, end_date: day(0), rates: flat('5') })
      clock.advance(6 * DAY_MS)
      expect(await must(end())).toMatchObject({ state: 'ended', version: 4 })
      expect((await end({ end_date: day(5) })).body.error.details.field).toBe('end_date')
      // It may begin again.
      const again = { rates: flat('3'), end_date: null }
      const begun = await must(merchant('POST', `/v1/rate-cards/${id}`, again))
      expect(begun).toMatchObject({ state: 'in_force', version: 5, start_date: day(6) })
    })

    test('a card that was to begin later can be called off', async () => {
      const { id, state } = await must(createCard({ start_date: day(3) }))
      expect(state).toBe('scheduled')
      const ended = await must(merchant('POST', `/v1/rate-cards/${id}/end`))
      expect(ended).toMatchObject({ state: 'ended', end_date: day(0) })
      await must(createCard({}))
    })

    test('two cards of one scope are never in force at once', async () => {
      const first = await must(createCard({ start_date: day(0), end_date: day(10) }))
      const refused = await createCard({ start_date: day(9) })
      expect(refused.status).toBe(409)
      expect(refused.body.error).toMatchObject({
        type: 'Conflict',
        message: expect.stringContaining(
          `${first.id} is for the same publishers and in force from`,
        ),
        details: { rate_card_id: first.id },
      })
      // Before it, after it, and for whom it isn't.
      await must(createCard({ start_date: day(-10), end_date: day(0) }))
      const next = await must(createCard({ start_date: day(10) }))
      const own = { publisher_id: publisherId(0) }
      await must(createCard(own))
      await must(createCard({ publisher_id: publisherId(1) }))
      await must(createCard({}, stranger))
      expect((await createCard(own)).status).toBe(409)
      // A change is held to the same.
      const path = `/v1/rate-cards/${first.id}`
      const longer = await merchant('POST', path, { end_date: null })
      expect([longer.status, longer.body.error.details]).toEqual([409, { rate_card_id: next.id }])
      expect((await read(first.id)).versions).toHaveLength(1)
    })

    test('of twenty cards created at once, one is', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => createCard({})))
      const statuses = answers.map(({ status }) => status).sort((a, b) => a - b)
      expect(statuses).toEqual([200, ...Array<number>(19).fill(409)])
      expect(await must(merchant('GET', '/v1/rate-cards'))).toHaveLength(1)
    })

    test('changes at once are versions one after another', async () => {
      const { id } = await must(createCard({}))
      const percents = Array.from({ length: 10 }, (_, index) => String(index + 10))
      const changes = percents.map((percent) =>
        must(merchant('POST', `/v1/rate-cards/${id}`, { rates: flat(percent) })),
      )
      await Promise.all(changes)
      const { versions } = await read(id)
      const numbers = versions.map(({ version }: { version: number }) => version)
      expect(numbers).toEqual(Array.from({ length: 11 }, (_, index) => index + 1))
    })

    test('lists are paged, the oldest first', async () => {
      const ids: string[] = []
      for (let index = 0; index < 5; index++) {
        const dates = { start_date: day(index), end_date: day(index + 1) }
        ids.push((await must(createCard(dates))).id)
        clock.advance(1)
      }
      const seen: string[] = []
      let path: string | null = '/v1/rate-cards?page_size=2'
      while (path !== null) {
        const { body }: Answer = await merchant('GET', path)
        seen.push(...body.objects.map(({ id }: { id: string }) => id))
        path = body.meta.next && body.meta.next.replace(network.url, '')
      }
      expect(seen).toEqual(ids)
    })

    test('cards are their merchant’s own', async () => {
      const { id } = await must(createCard({}))
      const calls: [string, string][] = [
        ['GET', `/v1/rate-cards/${id}`],
        ['POST', `/v1/rate-cards/${id}`],
        ['POST', `/v1/rate-cards/${id}/end`],
        ['GET', '/v1/rate-cards/ratecard-0000000000000000'],
      ]
      for (const [method, path] of calls) {
        const { status, body } = await stranger(method, path)
        expect([method, path, status, body.error?.type]).toEqual([method, path, 404, 'NotFound'])
      }
      for (const [method, path] of [
        ...calls,
        ['GET', '/v1/rate-cards'],
        ['POST', '/v1/rate-cards'],
      ]) {
        const body = method === 'POST' ? { name: 'Card', rates: flat('1') } : undefined
        const isEnd = path!.endsWith('/end')
        const { status } = await publisher(method!, path!, isEnd ? {} : body)
        expect([method, path, status]).toEqual([method, path, 401])
      }
      expect((await read(id)).state).toBe('in_force')
    })

    test('two hundred rates with long categories fit', async () => {
      const rates = Array.from({ length: 200 }, (_, at) => ({
        percent: '1.0001',
        category: `${at} ${'ü'.repeat(250)}`,
      }))
      expect((await must(createCard({ rates }))).rates).toHaveLength(200)
    })

    test('the past of a card is not changed', async () => {
      const { id } = await must(createCard({ start_date: day(4) }))
      const change = (body: object): Promise<Answer> =>
        merchant('POST', `/v1/rate-cards/${id}`, { rates: flat('9'), ...body })
      clock.advance(DAY_MS)
      const bodies = [{ start_date: day(0.99) }, { start_date: day(3) }, {}]
      for (const body of bodies) {
        const { status, body: answer } = await change(body)
        expect([status, answer.error?.details.field]).toEqual([400, 'start_date'])
      }
      const { status, body } = await change({ start_date: day(5), end_date: day(4.5) })
      expect([status, body.error.details.field]).toEqual([400, 'end_date'])
      // At the same start, what was scheduled is put right.
      const { versions } = await must(change({ start_date: day(4) }))
      expect(versions).toHaveLength(2)
      clock.advance(3 * DAY_MS)
      expect(await read(id)).toMatchObject({ state: 'in_force', version: 2, rates: flat('9') })
    })
  })

  describe('what can not', () => {
    beforeAll(takeMerchant)

    test.each<[string, object, string]>([
      ['more than four decimals', { rates: [{ percent: '0.00005' }] }, 'rates[0].percent'],
      ['the same as a number', { rates: [{ percent: 0.00005 }] }, 'rates[0].percent'],
      ['more than all', { rates: [{ percent: '100.0001' }] }, 'rates[0].percent'],
      ['an unknown currency', { rates: [{ fixed: 1, currency: 'ZZZ' }] }, 'rates[0].currency'],
      ['no currency', { rates: [{ percent: 1 }, { fixed: 1 }] }, 'rates[1].currency'],
      ['an amount of 2^53', { rates: [{ fixed: 2 ** 53, currency: 'USD' }] }, 'rates[0].fixed'],
      ['a large amount', { rates: [{ fixed: 1e12 + 1, currency: 'USD' }] }, 'rates[0].fixed'],
      ['a negative amount', { rates: [{ fixed: -1, currency: 'USD' }] }, 'rates[0].fixed'],
      ['neither kind', { rates: [{}] }, 'rates[0]'],
      ['the same subject', { rates: [{ percent: 1 }, { percent: 2, category: null }] }, 'rates[1]'],
      ['no rates', { rates: [] }, 'rates'],
      [
        'too many',
        { rates: Array.from({ length: 201 }, (_, at) => ({ percent: 1, category: `${at}` })) },
        'rates',
      ],
      ['an end before the start', { start_date: '2025-01-02', end_date: '2025-01-01' }, 'end_date'],
      ['an end at the start', { start_date: '2025-01-02', end_date: '2025-01-02' }, 'end_date'],
      ['no date', { start_date: 'soon' }, 'start_date'],
      ['a publisher that is none', { publisher_id: 'org-0000000000000000' }, 'publisher_id'],
      ['no name', { name: ' ' }, 'name'],
      ['an unknown member', { percent: 5 }, 'percent'],
    ])('refuses %s', async (_name, body, field) => {
      const { status, body: answer } = await createCard(body)
      expect([status, answer.error.type, answer.error.details]).toEqual([
        400,
        'InvalidField',
        { field },
      ])
      expect(await must(merchant('GET', '/v1/rate-cards'))).toEqual([])
    })

    test('a card is for a publisher, and a merchant is none', async () => {
      const { status, body } = await createCard({ publisher_id: merchantId })
      expect([status, body.error.details.field]).toEqual([400, 'publisher_id'])
    })
  })
})
