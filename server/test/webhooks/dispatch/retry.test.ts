import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { resumeDeliveries } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { Sender, SendResult } from '../../../src/webhooks/transport/send.ts'
import { databases } from '../../support/databases.ts'
import { useWorld } from '../world.ts'

const MINUTE_MS = 60_000

/** Answers by the body, without a network. */
function senderOf(answer: (body: Record<string, unknown>) => number): Sender {
  return {
    send: ({ body }): Promise<SendResult> => {
      const status = answer(JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>)
      return Promise.resolve({ status, error: null, retryAfter: null, answer: null, durationMs: 1 })
    },
    close: () => Promise.resolve(),
  }
}

describe.each(databases)('retries on $name', (testDatabase) => {
  const world = useWorld(testDatabase)

  const failingSender = senderOf(() => 500)

  async function findPausedReason(): Promise<string | null> {
    const { rows } = await sql<{ paused_reason: string | null }>`
      select paused_reason from endpoints`.execute(world.database.db)
    return rows[0]?.paused_reason ?? null
  }

  test('go on for 72 hours, to the second; then the lane goes on', async () => {
    await world.endpoint('http://receiver.test/')
    const dispatcher = world.dispatcher({ sender: failingSender })
    const subject = world.customer()
    await world.happen(subject)
    const began = world.clock.now().getTime()
    const seconds: number[] = []
    for (;;) {
      expect(await dispatcher.deliverDue()).toBe(1)
      seconds.push((world.clock.now().getTime() - began) / 1000)
      const [lane] = await world.lanes()
      if (!lane?.due_at) break
      world.clock.advance(lane.due_at.getTime() - world.clock.now().getTime() - 1_000)
      expect(await dispatcher.deliverDue(), 'a second before it is due').toBe(0)
      world.clock.advance(1_000)
    }
    expect(seconds.slice(0, 10)).toEqual([0, 10, 30, 70, 150, 310, 630, 1270, 2550, 5110])
    expect(seconds.at(-1)).toBe(72 * 3600)
    expect(seconds).toHaveLength(81)
    expect((await world.attempts()).at(-1)).toMatchObject({ outcome: 'expired', number: 81 })
    expect(world.logged.filter((line) => /"level":40.*expired/.test(line))).toHaveLength(1)

    await world.happen(subject)
    expect(await dispatcher.deliverDue()).toBe(1)
    expect(await world.lanes()).toMatchObject([{ acked: 1, tail: 2, attempt: 1 }])
  })

  test.each([
    { failing: 4, succeeding: 0, paused: false, why: 'fewer than 5' },
    { failing: 5, succeeding: 0, paused: true, why: '5 of 5' },
    { failing: 5, succeeding: 45, paused: false, why: 'exactly 10 %' },
    { failing: 5, succeeding: 44, paused: true, why: 'more than 10 %' },
    { failing: 6, succeeding: 54, paused: false, why: 'exactly 10 %' },
    { failing: 6, succeeding: 53, paused: true, why: 'more than 10 %' },
  ])('$failing of $failing + $succeeding: $why', async ({ failing, succeeding, paused }) => {
    await world.endpoint('http://receiver.test/')
    const [bad, good] = [failing, succeeding].map((count) =>
      Array.from({ length: count }, () => world.customer()),
    ) as [string[], string[]]
    const badIds = new Set(bad.map((subject) => world.customers.get(subject)))
    const sender = senderOf(({ customer_id }) => (badIds.has(customer_id as string) ? 500 : 200))
    const dispatcher = world.dispatcher({ sender })
    if (good.length > 0) await world.happen(...good)
    await dispatcher.deliverDue()
    await world.happen(...bad)
    await dispatcher.deliverDue()
    expect(await findPausedReason()).toBe(paused ? 'failures' : null)
  })

  test('failures of more than an hour ago do not pause', async () => {
    await world.endpoint('http://receiver.test/')
    const dispatcher = world.dispatcher({ sender: failingSender })
    await world.happen(...Array.from({ length: 4 }, () => world.customer()))
    await dispatcher.deliverDue()
    world.clock.advance(60 * MINUTE_MS)
    await world.happen(world.customer())
    await dispatcher.deliverDue()
    expect(await findPausedReason()).toBeNull()
    world.clock.advance(59 * MINUTE_MS)
    await world.happen(...Array.from({ length: 4 }, () => world.customer()))
    await dispatcher.deliverDue()
    expect(await findPausedReason()).toBe('failures')
  })

  test('after a resume only what fails for the first time counts', async () => {
    const { id } = await world.endpoint('http://receiver.test/')
    const dispatcher = world.dispatcher({ sender: failingSender })
    await world.happen(...Array.from({ length: 6 }, () => world.customer()))
    await dispatcher.deliverDue()
    expect(await findPausedReason()).toBe('failures')

    world.clock.advance(MINUTE_MS)
    const by = {
      vault: world.vault,
      organization: world.publisher,
      act: SERVICE,
      now: world.clock.now(),
    }
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, by, id))
    expect(await dispatcher.deliverDue(), 'what had failed is tried at once').toBe(6)
    expect(await findPausedReason()).toBeNull()
    await world.happen(...Array.from({ length: 5 }, () => world.customer()))
    await dispatcher.deliverDue()
    expect(await findPausedReason()).toBe('failures')
  })
})
