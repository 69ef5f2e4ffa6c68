import { expect, test } from 'vitest'
import type { ToldEvent } from '../support/events.ts'
import { checkAccount } from './chaos-account.ts'
import type { Account } from './chaos-account.ts'
import { isPoison } from './chaos-receiver.ts'
import type { Visit } from './chaos-receiver.ts'

const IDS = ['hook-00000000000000ff', 'hook-00000000000000fe', 'hook-0000000000000001'] as const

const owed = IDS.map((id, index): ToldEvent => {
  const to = { organization: 1, merchant: 2, previous: null, current: null, cause: 'order' }
  return { id, subject: 'somebody', sequence: index + 1, ...to }
})

/** The request that arrived as the so-manieth, answered before the next. */
function visit(number: number, status: number | null, ...sequences: number[]): Visit {
  return {
    id: `attempt-${number}`,
    events: sequences.map((sequence) => ({ id: IDS[sequence - 1]!, customer: 'c', sequence })),
    arrivedPlace: number * 2,
    answeredPlace: status === null ? null : number * 2 + 1,
    status,
    wholeAt: status === null ? null : number,
  }
}

/** An endpoint that got these requests, all recorded, and which ended like this. */
function accountOf(visits: Visit[], states: string[], more: Partial<Account> = {}): Account {
  const deliveries = states.map((state, index) => ({
    event_id: IDS[index],
    state,
    attempts: visits
      .filter(({ events }) => events.some(({ id }) => id === IDS[index]))
      .map(({ id, status }) => ({ request_id: id, status })),
  }))
  const receiver = { visits, faults: [] }
  const rest = { canBeForgotten: () => false, isComplete: true }
  return { name: 'it', receiver, owed, deliveries, ...rest, ...more }
}

const ENDED = ['acknowledged', 'acknowledged', 'refused']
const good = [visit(1, 500, 1), visit(2, 204, 1), visit(3, 200, 2), visit(4, 400, 3)]

test('it is content with failures that were sent again, batches, and what is refused alone', () => {
  expect(IDS.map(isPoison)).toEqual([false, false, true])
  checkAccount(accountOf(good, ENDED))
  checkAccount(accountOf([visit(1, 400, 1, 2, 3), visit(2, 204, 1, 2), visit(3, 400, 3)], ENDED))
  checkAccount(accountOf([...good, visit(5, 204, 1)], ENDED, { canBeForgotten: (at) => at === 2 }))
})

const faults: [string, RegExp, Account][] = [
  ['an event that never came', /neither acknowledged/, accountOf(good.slice(0, 3), ENDED)],
  ['one that the API has lost', /deeply equal/, accountOf(good, ENDED.slice(0, 2))],
  ['one that waits', /neither acknowledged/, accountOf(good, [...ENDED.slice(0, 2), 'waiting'])],
  [
    'a refusal that was one of a batch only',
    /neither acknowledged/,
    accountOf([visit(1, 204, 1), visit(2, 200, 2), visit(3, 400, 2, 3)], ENDED),
  ],
  [
    'one that came before its time',
    /before what comes before/,
    accountOf([visit(1, 500, 1), visit(2, 200, 2), visit(3, 204, 1), visit(4, 400, 3)], ENDED),
  ],
  [
    'a batch in the wrong order',
    /before what comes before/,
    accountOf([visit(1, 204, 2, 1), visit(2, 400, 3)], ENDED),
  ],
  ['a repeat', /sent again/, accountOf([...good, visit(5, 500, 2)], ENDED)],
  [
    'an answer that was not given',
    /not given/,
    accountOf(good, ENDED, {
      receiver: { visits: [...good.slice(0, 3), { ...good[3]!, id: 'attempt-9' }], faults: [] },
    }),
  ],
  [
    'an answer that was not recorded',
    /not recorded/,
    accountOf(good, ENDED, { receiver: { visits: [visit(0, 500, 1), ...good], faults: [] } }),
  ],
]

test.each(faults)('it notices %s', (_what, message, account) => {
  expect(() => checkAccount(account)).toThrow(message)
})
