import { expect } from 'vitest'
import type { Call } from '../support/network.ts'
import type { ChildServer } from './child-server.ts'

export const orderOf = (prefix: string, index: number) => ({
  order_id: `${prefix}-${index}`,
  total: index,
  currency: 'USD',
  customer: { id: `${prefix}-customer-${index % 50}` },
})

/**
 * Asks the server to stop while 300 orders are under way, `<prefix>-0` and on, and answers what came of each: 200, or
 * that its connection was not made any more. The server has to end well.
 */
export async function stopUnderWay(
  server: ChildServer,
  shop: Call,
  prefix: string,
): Promise<(number | 'no connection')[]> {
  const calls = Array.from({ length: 300 }, (_, index) =>
    shop('POST', '/v1/order', orderOf(prefix, index)).then(
      ({ status }) => status,
      () => 'no connection' as const,
    ),
  )
  // With the first answer of them the server has surely begun on the others.
  await Promise.race(calls)
  const stopped = server.stop()
  const statuses = await Promise.all(calls)
  expect(await stopped, server.output()).toBe(0)
  // A call whose connection was not made yet is refused; one that was taken is answered.
  expect(new Set(statuses).difference(new Set([200, 'no connection']))).toEqual(new Set())
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0)
  return statuses
}
