import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMarket, setMerchant } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import type { ImportCalls } from '../imports/import-calls.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'

const SECOND = 1_000
const DAY_MS = 86_400_000
const RATES = [
  { segment: 'new', percent: 10 },
  { segment: 'active', percent: 2 },
]
const TOTAL = 10_000
const [AS_NEW, AS_ACTIVE] = [1_000, 200]
const DEVICE = '6d92078a-8246-4ba4-ae5b-76104861e7dc'

/** One person at the publisher and at the shop, and what the shop does about them. */
interface Person {
  name: string
  /** `customer` of the order that the publisher sent. */
  customer: { id: string; email_sha256: string }
  token: string
}

describe.each(databases)('what makes a person active after the click, on $name', (testDatabase) => {
  let market: Market
  let merchant: Member
  let publisher: Member
  let rival: Member
  let imports: ImportCalls
  let people = 0
  let orders = 0

  beforeAll(async () => {
    market = await createMarket(testDatabase)
    merchant = market.network.merchants[0]!
    ;[publisher, rival] = market.network.publishers as [Member, Member]
    imports = createImportCalls(market.network.url, merchant)
    await must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates: RATES }))
  })
  afterAll(async () => {
    expect(await market.drift()).toEqual([])
    await market.stop()
  })

  const pass = (ms = SECOND) => market.clock.advance(ms)
  /** Reports an order a second later; answers its id. */
  async function order(more: object): Promise<string> {
    pass()
    const order_id = `order-${++orders}`
    await must(
      merchant.call('POST', '/v1/order', { order_id, total: TOTAL, currency: 'USD', ...more }),
    )
    return order_id
  }
  const change = (id: string, body: object) => {
    pass()
    return must(merchant.call('POST', `/v1/order/${id}`, body))
  }
  const cancel = async (id: string) => {
    pass()
    await must(merchant.call('DELETE', `/v1/order/${id}`))
  }
  async function someone(): Promise<Omit<Person, 'token'>> {
    const name = `person-${++people}`
    const customer = { id: name, email_sha256: emailHash(name) }
    await must(publisher.call('POST', '/v1/customers', { ...customer, id: `u-${name}` }))
    return { name, customer }
  }
  /** Somebody whom the publisher knows follows its link, a second later. */
  async function click(person: Omit<Person, 'token'>, by = publisher): Promise<Person> {
    pass()
    const token = await market.click(by, merchant, { user: `u-${person.name}` })
    return { ...person, token }
  }
  const verdictOf = (id: string) => must(merchant.call('GET', `/v1/order/${id}/verdict`))
  /** What the publisher has of an order. */
  async function owed(id: string, by = publisher): Promise<Answer['body']> {
    const { button_order_id } = await must(merchant.call('GET', `/v1/order/${id}`))
    const all = await must(by.call('GET', '/v1/affiliation/transactions?page_size=500'))
    return all.find(
      (each: { button_order_id: string; status: string }) =>
        each.button_order_id === button_order_id && each.status !== 'declined',
    )
  }
  /** That the publisher is paid for a new customer, and that both are shown what came after the click. */
  async function expectNew(id: string, source: 'order' | 'import'): Promise<void> {
    const verdict = await verdictOf(id)
    expect(verdict).toMatchObject({ segment: 'new', judged: 'new', evidence: null })
    const { clicked_date: clicked, known_date: known } = verdict.later_evidence
    expect(verdict.later_evidence).toMatchObject({ source })
    expect(Date.parse(known)).toBeGreaterThan(Date.parse(clicked))
    expect(await owed(id)).toMatchObject({
      amount: AS_NEW,
      customer_segment: { name: 'new' },
      verdict: { segment: 'new', evidence: null, later_evidence: { source } },
    })
  }
  const conflictsOf = async (id: string) => {
    const { button_order_id } = await must(merchant.call('GET', `/v1/order/${id}`))
    const its = (all: { button_order_id: string }[]) =>
      all.filter((each) => each.button_order_id === button_order_id)
    const path = 'verdict-conflicts?page_size=500'
    return {
      merchant: its(await must(merchant.call('GET', `/v1/${path}`))),
      publisher: its(await must(publisher.call('GET', `/v1/affiliation/${path}`))),
      rival: its(await must(rival.call('GET', `/v1/affiliation/${path}`))),
    }
  }
  /** That both sides, and nobody else, are shown that the order's evidence was taken back. */
  async function expectWithdrawn(id: string, cause: string, counted: boolean): Promise<void> {
    const { merchant: own, publisher: shown, rival: others } = await conflictsOf(id)
    const verdict = await verdictOf(id)
    const withdrawn = { cause, counted, date: expect.any(String) }
    expect(verdict.evidence_withdrawn).toEqual(withdrawn)
    expect(own).toEqual([
      {
        button_order_id: verdict.button_order_id,
        order_id: id,
        claimed_new: null,
        judged: verdict.judged,
        segment: verdict.segment,
        policy: 'network',
        judged_date: verdict.judged_date,
        evidence_withdrawn: withdrawn,
      },
    ])
    const { source } = verdict.evidence ?? verdict.later_evidence
    expect(shown).toEqual([
      {
        transaction_id: (await owed(id)).id,
        button_order_id: verdict.button_order_id,
        commerce_organization: merchant.organization.id,
        judged: verdict.judged,
        segment: verdict.segment,
        judged_date: verdict.judged_date.slice(0, 10),
        evidence_withdrawn: { counted, source },
      },
    ])
    expect(others).toEqual([])
  }

  const row = ({ id, email_sha256: hash }: Person['customer']) => `${id},${hash}\n`
  const file = (...customers: Person['customer'][]) =>
    `user_id,email_sha256\n${customers.map(row).join('')}`

  /** What a shop can report of a person once they have clicked; answers what it takes back by. */
  interface Attempt {
    name: string
    /** What the shop prepares before the click. */
    before?: (person: Omit<Person, 'token'>) => Promise<string>
    after: (person: Person, prepared: string) => Promise<string>
  }
  const byOrder: Attempt[] = [
    { name: 'an order of 0', after: ({ customer }) => order({ total: 0, customer }) },
    {
      name: 'an order of 0 under another id',
      after: ({ customer }) => order({ total: 0, customer: { ...customer, id: 'somebody' } }),
    },
    {
      name: 'an order of a guest',
      after: ({ customer: { email_sha256 } }) => order({ customer: { email_sha256 } }),
    },
    {
      name: 'an order that is dated back',
      after: ({ customer }) => order({ customer, purchase_date: '2025-03-01T00:00:00Z' }),
    },
    {
      name: 'a later purchase that is reported first',
      after: ({ customer }) => {
        const later = new Date(market.clock.now().getTime() + DAY_MS / 2).toISOString()
        return order({ customer, purchase_date: later })
      },
    },
    {
      name: 'an order of 0 with the same token',
      after: ({ customer, token }) => order({ total: 0, customer, btn_ref: token }),
    },
    {
      name: 'an order of nearly as much with the same token',
      after: ({ customer, token }) => order({ total: TOTAL - 1, customer, btn_ref: token }),
    },
    {
      name: 'an order of as much in another currency with the same token',
      after: ({ customer, token }) => order({ customer, btn_ref: token, currency: 'JPY' }),
    },
    {
      name: 'an earlier order that is given to the customer',
      before: () => order({ customer: { id: `spare-${people}` } }),
      after: async ({ customer }, spare) => {
        await change(spare, { customer })
        return spare
      },
    },
    {
      name: 'an earlier order of nobody that is given to the customer',
      before: () => order({}),
      after: async ({ customer }, spare) => {
        await change(spare, { customer })
        return spare
      },
    },
    {
      name: 'a change that gives a buyer’s order the address',
      before: () => order({ customer: { id: `buyer-${people}` } }),
      after: async ({ customer }, spare) => {
        await change(spare, { customer: { ...customer, id: `buyer-${people}` } })
        return spare
      },
    },
  ]

  test.each(byOrder)('$name counts for nothing, and both see it go', async ({ before, after }) => {
    const unseen = await someone()
    const prepared = (await before?.(unseen)) ?? ''
    const person = await click(unseen)
    const trick = await after(person, prepared)
    const real = await order({ customer: person.customer, btn_ref: person.token })
    await expectNew(real, 'order')
    await cancel(trick)
    await expectNew(real, 'order')
    await expectWithdrawn(real, 'order-deleted', false)
  })

  test('a buyer who is given the address counts for nothing, and both see it go', async () => {
    const person = await click(await someone())
    const { email_sha256 } = person.customer
    for (const [id, method] of [
      ['old-buyer', 'POST'],
      ['older-buyer', 'PUT'],
    ] as const) {
      const buyer = `${id}-${person.name}`
      market.clock.advance(-DAY_MS)
      await order({ customer: { id: buyer } })
      market.clock.advance(DAY_MS)
      const path = method === 'PUT' ? `/v1/customers/${buyer}` : '/v1/customers'
      await must(merchant.call(method, path, { id: buyer, email_sha256 }))
    }
    const real = await order({ customer: { email_sha256 }, btn_ref: person.token })
    await expectNew(real, 'order')
    await must(
      merchant.call('PUT', `/v1/customers/old-buyer-${person.name}`, { emails_sha256: [] }),
    )
    await must(
      merchant.call('PUT', `/v1/customers/older-buyer-${person.name}`, { emails_sha256: [] }),
    )
    await expectWithdrawn(real, 'customer', false)
  })

  test('what the publisher alone knows of the person is no other way in', async () => {
    const person = await click(await someone())
    await order({ total: 0, customer: { id: 'x', email_sha256: person.customer.email_sha256 } })
    const real = await order({ customer: { id: `${person.name}-new` }, btn_ref: person.token })
    expect((await verdictOf(real)).later_evidence.through).toBe('publisher')
    await expectNew(real, 'order')
  })

  test('a device is no other way in', async () => {
    const person = await click(await someone())
    await order({ total: 0, customer: { id: 'y', device_id: DEVICE } })
    const { customer, token } = person
    const real = await order({ customer, advertising_id: DEVICE, btn_ref: token })
    await expectNew(real, 'order')
  })

  test.each(['purchasers', 'purchasers,replace'])(
    'a list that is imported after the click (%s) counts for nothing, and both see it undone',
    async (mode) => {
      const person = await click(await someone())
      pass()
      const { id } = await imports.run(file(person.customer), { mode })
      const real = await order({ customer: person.customer, btn_ref: person.token })
      await expectNew(real, 'import')
      pass()
      await imports.takeBack(id)
      await expectNew(real, 'import')
      await expectWithdrawn(real, 'import', false)
    },
  )

  test('erasing whoever bought is seen by both', async () => {
    const person = await click(await someone())
    const buyer = { ...person.customer, id: `gone-${person.name}` }
    await order({ total: 0, customer: buyer })
    const real = await order({ customer: person.customer, btn_ref: person.token })
    await expectNew(real, 'order')
    await must(merchant.call('DELETE', `/v1/customers/${buyer.id}`))
    await expectWithdrawn(real, 'erasure', false)
  })

  test('an order that names its click only afterwards is paid by it', async () => {
    const person = await click(await someone())
    await order({ total: 0, customer: person.customer })
    const real = await order({ customer: person.customer })
    expect(await verdictOf(real)).toMatchObject({ segment: 'active', judged: 'active' })
    await change(real, { btn_ref: person.token })
    expect(await verdictOf(real)).toMatchObject({
      segment: 'new',
      judged: 'active',
      decided_by: 'click',
      commission: { amount: AS_NEW },
    })
    expect((await owed(real)).verdict).toMatchObject({ segment: 'new', decided_by: 'click' })
  })

  describe('of several orders through one publisher', () => {
    const both = async () => {
      const person = await click(await someone())
      const { customer, token } = person
      const first = await order({ customer, btn_ref: token })
      const second = await order({ customer, btn_ref: token })
      return { person, first, second }
    }

    test('one is a new customer’s', async () => {
      const { first, second } = await both()
      expect(await owed(first)).toMatchObject({ amount: AS_NEW })
      expect(await owed(second)).toMatchObject({ amount: AS_ACTIVE })
      const { button_order_id } = await must(merchant.call('GET', `/v1/order/${first}`))
      const evidence = { source: 'order', button_order_id, same_publisher: true }
      expect((await verdictOf(second)).evidence).toMatchObject(evidence)
    })

    test('another publisher has a new customer of its own', async () => {
      const person = await someone()
      const there = await click(person, rival)
      const { customer, token } = await click(person)
      await order({ customer, btn_ref: there.token })
      const second = await order({ customer, btn_ref: token })
      await expectNew(second, 'order')
      const later = await click(person, rival)
      const third = await order({ customer, btn_ref: later.token })
      expect(await owed(third, rival)).toMatchObject({ amount: AS_ACTIVE })
    })

    test.each([
      ['is cancelled', (first: string) => cancel(first)],
      ['is reduced', (first: string) => change(first, { total: 1 })],
      [
        'becomes one in another currency',
        (first: string) => change(first, { currency: 'EUR', total: TOTAL }),
      ],
      ['is given to nobody', (first: string) => change(first, { customer: null })],
      ['came from nowhere after all', (first: string) => change(first, { btn_ref: null })],
    ])('where the first %s, the next takes its place', async (_, undo) => {
      const { person, first, second } = await both()
      const { customer, token } = person
      const third = await order({ customer, btn_ref: token })
      await undo(first)
      expect(await verdictOf(second)).toMatchObject({
        segment: 'new',
        judged: 'active',
        decided_by: 'click',
      })
      expect(await owed(second)).toMatchObject({
        amount: AS_NEW,
        customer_segment: { name: 'new' },
        verdict: { segment: 'new', decided_by: 'click' },
      })
      expect(await owed(third)).toMatchObject({ amount: AS_ACTIVE })
      const fourth = await order({ customer, btn_ref: token })
      expect(await owed(fourth)).toMatchObject({ amount: AS_ACTIVE })
    })

    test('where the next comes to more than the first, both are', async () => {
      const { second } = await both()
      await change(second, { total: TOTAL + 1 })
      expect(await owed(second)).toMatchObject({
        amount: AS_NEW,
        customer_segment: { name: 'new' },
      })
    })

    test('what is final stays as it is, and is seen', async () => {
      const { customer, token } = await click(await someone())
      const first = await order({ customer, btn_ref: token })
      const final = market.clock.now().toISOString()
      const second = await order({ customer, btn_ref: token, finalization_date: final })
      await cancel(first)
      expect(await owed(second)).toMatchObject({ amount: AS_ACTIVE })
      await expectWithdrawn(second, 'order-deleted', true)
    })
  })

  describe('what was known before the click counts', () => {
    /** The order of a person who was known, or became known again. */
    async function buyAfter(act: (person: Omit<Person, 'token'>) => Promise<unknown>) {
      const unseen = await someone()
      await act(unseen)
      const person = await click(unseen)
      return { person, buy: () => order({ customer: person.customer, btn_ref: person.token }) }
    }

    test('an order, and both see it when it is cancelled after the next', async () => {
      let earlier = ''
      const { buy } = await buyAfter(async ({ customer }) => {
        earlier = await order({ customer })
      })
      const real = await buy()
      expect(await owed(real)).toMatchObject({ amount: AS_ACTIVE })
      expect(await verdictOf(real)).not.toHaveProperty('later_evidence')
      expect(await conflictsOf(real)).toEqual({ merchant: [], publisher: [], rival: [] })
      await cancel(earlier)
      expect(await owed(real)).toMatchObject({ amount: AS_ACTIVE })
      await expectWithdrawn(real, 'order-deleted', true)
    })

    test('a list, also where another takes its place after the click', async () => {
      let earlier = ''
      const { person, buy } = await buyAfter(async ({ customer }) => {
        const list = await imports.run(file(customer), { mode: 'purchasers,replace' })
        earlier = list.id
      })
      const first = await buy()
      expect(await owed(first)).toMatchObject({ amount: AS_ACTIVE })
      pass()
      const nightly = await imports.run(file(person.customer), { mode: 'purchasers,replace' })
      const second = await buy()
      expect(await verdictOf(second)).toMatchObject({
        segment: 'active',
        evidence: { source: 'import', import_id: nightly.id },
      })
      expect((await conflictsOf(first)).publisher).toEqual([])
      pass()
      await imports.takeBack(nightly.id)
      // That gave back what the earlier list said, which the network knew before the click.
      expect((await conflictsOf(second)).publisher).toEqual([])
      await imports.takeBack(earlier)
      await expectWithdrawn(second, 'import', true)
    })

    test('a list that another replaces without the person is taken back', async () => {
      const { buy } = await buyAfter(({ customer }) =>
        imports.run(file(customer), { mode: 'purchasers,replace' }),
      )
      const real = await buy()
      pass()
      const other = { id: 'other', email_sha256: emailHash('other') }
      const { id } = await imports.run(file(other), { mode: 'purchasers,replace' })
      await expectWithdrawn(real, 'import', true)
      await imports.takeBack(id)
    })

    test('at the click that the order came from, and at no other', async () => {
      const unseen = await someone()
      const early = await click(unseen)
      await order({ customer: unseen.customer })
      const late = await click(unseen)
      const byLate = await order({ customer: unseen.customer, btn_ref: late.token })
      expect(await owed(byLate)).toMatchObject({ amount: AS_ACTIVE })
      const byEarly = await order({ customer: unseen.customer, btn_ref: early.token })
      await expectNew(byEarly, 'order')
      // What was paid as new stays so, whatever click is named afterwards.
      await change(byEarly, { btn_ref: late.token })
      expect(await owed(byEarly)).toMatchObject({ amount: AS_NEW })
    })

    test('of an order that is reported weeks after its click, too', async () => {
      const { person, buy } = await buyAfter(async () => undefined)
      await market.advance(20 * DAY_MS)
      await order({ customer: person.customer })
      await expectNew(await buy(), 'order')
    })

    test('of an order without a click, or by a token of nobody, everything', async () => {
      const { customer } = await someone()
      await order({ customer })
      for (const btn_ref of [null, 'srctok-of-nobody', 'fakesrctok-0123456789abcdef']) {
        const verdict = await verdictOf(await order({ customer, btn_ref }))
        expect(verdict).toMatchObject({ segment: 'active', evidence: { matched: 'customer_id' } })
        expect(verdict).not.toHaveProperty('later_evidence')
      }
    })
  })

  test('where the operator says so, whatever is known when the order comes counts', async () => {
    await setMerchant(market.network, merchant, { evidence_policy: 'any_time' })
    const person = await click(await someone())
    const trick = await order({ total: 0, customer: person.customer })
    const real = await order({ customer: person.customer, btn_ref: person.token })
    await setMerchant(market.network, merchant, { evidence_policy: 'before_click' })
    expect(await owed(real)).toMatchObject({ amount: AS_ACTIVE })
    await cancel(trick)
    await expectWithdrawn(real, 'order-deleted', true)
  })
})
