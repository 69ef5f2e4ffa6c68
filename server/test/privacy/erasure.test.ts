import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decryptPayload } from '../../src/events/event-payload.ts'
import { newId } from '../../src/kernel/id.ts'
import { decryptClick } from '../../src/links/click.ts'
import { decryptAnswer } from '../../src/webhooks/attempts/answer-blob.ts'
import { createMarket, readList } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'

const PEOPLE = 60
const people = Array.from({ length: PEOPLE }, (_, index) => index)
const userOf = (person: number): string => `vanishing-user-${person}`

describe.each(databases)('an erased customer of a publisher, on $name', (testDatabase) => {
  async function start() {
    const market = await createMarket(testDatabase)
    onTestFinished(() => market.stop())
    const [publisher, merchant] = [market.network.publishers[0]!, market.network.merchants[0]!]
    await must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates: [{ percent: 2 }] }))
    for (const person of people) {
      const body = { id: userOf(person), email_sha256: emailHash(`vanishing-${person}`) }
      // Some have nothing by which anybody could meet them.
      await must(publisher.call('POST', '/v1/customers', person % 2 === 0 ? body : { id: body.id }))
    }
    const tokens = await Promise.all(
      people.map((person) => market.click(publisher, merchant, { user: userOf(person) })),
    )
    const order = (person: number) => {
      const body = { order_id: `order-${person}`, total: 2_299, currency: 'USD' }
      return must(merchant.call('POST', '/v1/order', { ...body, btn_ref: tokens[person] }))
    }
    const erase = (person: number) =>
      must(publisher.call('DELETE', `/v1/customers/${userOf(person)}`))
    return { market, publisher, merchant, order, erase }
  }

  test('is nowhere any more, and in nothing that is still to be sent', async () => {
    const { market, publisher, merchant, order, erase } = await start()
    const receiver = await startReceiver(204)
    onTestFinished(() => receiver.close())
    const event_types = ['tx-pending', 'tx-validated', 'tx-declined']
    const hook = await must(
      publisher.call('POST', '/v1/webhooks', { url: receiver.url, event_types }),
    )
    await must(publisher.call('POST', `/v1/webhooks/${hook.id}/pause`, {}))
    await Promise.all(people.map(order))
    await Promise.all(
      people.map((person) => merchant.call('POST', `/v1/order/order-${person}`, { total: 5_000 })),
    )
    await answerEach(market)
    expect(await namesIn(market)).not.toEqual([])
    await Promise.all(people.map(erase))
    await must(merchant.call('DELETE', '/v1/order/order-1'))
    await must(merchant.call('POST', '/v1/order/order-2', { total: 7 }))
    expect(await namesIn(market)).toEqual([])
    const transactions = await readList(publisher.call, '/v1/affiliation/transactions')
    expect(transactions).toHaveLength(PEOPLE)
    expect(JSON.stringify(transactions)).not.toContain('vanishing-user')
    await must(publisher.call('POST', `/v1/webhooks/${hook.id}/resume`, {}))
    // An order and a change of each, and then the two above.
    await receiver.arrived(2 * PEOPLE + 2)
    const sent = receiver.received.map(({ raw }) => raw.toString())
    expect(sent.join()).not.toContain('vanishing-user')
    expect(await market.drift()).toEqual([])
  })

  test('is nowhere, also when an order comes at that very moment', async () => {
    const { market, order, erase } = await start()
    await Promise.all(
      people.flatMap((person) =>
        person % 3 === 0 ? [erase(person), order(person)] : [order(person), erase(person)],
      ),
    )
    expect(await namesIn(market)).toEqual([])
    expect(await market.drift()).toEqual([])
  })

  test('is nowhere, also when they follow a link at that very moment', async () => {
    const { market, publisher, merchant, erase } = await start()
    await Promise.all(
      people.flatMap((person) => [
        market.click(publisher, merchant, { user: userOf(person) }),
        erase(person),
      ]),
    )
    expect(await namesIn(market)).toEqual([])
  })
})

/** As if the receiver had answered to each event that is still to be sent with whom it is about. */
async function answerEach({ network }: Market): Promise<void> {
  const { vault } = network.server.parts
  const { rows } = await sql<{ endpoint: number; subject: string; sequence: number; at: Date }>`
    select endpoint, subject, tail as sequence, waiting_since as at from lanes`.execute(network.db)
  for (const { endpoint, subject, sequence, at } of rows) {
    const id = newId('attempt')
    const blob = vault.encryptBytes(`attempts/${id}`, Buffer.from('welcome, vanishing-user'))
    await sql`
      insert into attempts
        (id, endpoint, subject, sequence, at, number, outcome, status, duration_ms, blob)
      values (${id}, ${endpoint}, ${subject}, ${sequence}, ${at}, 1, 'failed', 500, 5, ${blob})`.execute(
      network.db,
    )
  }
}

/** Where anything tells of a user still: rows with their keys, and what is encrypted in others. */
async function namesIn({ network }: Market): Promise<string[]> {
  const { vault } = network.server.parts
  const found: string[] = []
  const look = (where: string, content: unknown): void => {
    if (JSON.stringify(content).includes('vanishing-user')) found.push(where)
  }
  const { rows: clicks } = await sql<{ id: string; customer: string | null; blob: Uint8Array }>`
    select id, customer, blob from clicks`.execute(network.db)
  const { rows: transactions } = await sql<{
    id: string
    customer: string | null
    blob: Uint8Array
  }>`
    select id, customer, blob from transactions`.execute(network.db)
  for (const click of clicks) look(`click ${click.id}`, decryptClick(vault, click))
  for (const { id, blob } of transactions) {
    look(`transaction ${id}`, vault.decrypt(`transactions/${id}`, blob))
  }
  const owned = [...clicks, ...transactions].filter(({ customer }) => customer !== null)
  found.push(...owned.map(({ id }) => `the customer of ${id}`))
  const { rows: events } = await sql<{ id: string; blob: Uint8Array }>`
    select id, blob from events where blob is not null`.execute(network.db)
  for (const event of events) look(`event ${event.id}`, decryptPayload(vault, event))
  const { rows: attempts } = await sql<{ id: string; blob: Uint8Array | null }>`
    select id, blob from attempts`.execute(network.db)
  for (const attempt of attempts) look(`attempt ${attempt.id}`, decryptAnswer(vault, attempt))
  return found
}
