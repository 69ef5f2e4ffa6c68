import fc from 'fast-check'
import { describe, test } from 'vitest'
import { manualClock } from '../../support/clock.ts'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { useNetwork } from '../../support/network.ts'
import { openWorkerInProcess } from './worker-beside.ts'
import type { Place, Row } from './history-model.ts'
import { History } from './history.ts'
import { EFFORT } from '../../support/effort.ts'

const RUNS = 10 * EFFORT
const CUSTOMERS = 4
const EMAILS = 4
const PUBLISHERS = 2

/** Small numbers name people, so that they meet often. */
interface GivenRow {
  customer: number
  people: number[]
  first: number | null
  last: number | null
  fault: 'no-hash' | 'no-id' | null
}

type Step =
  | { kind: 'report'; organization: number; customer: number; people: number[]; replaces: boolean }
  | { kind: 'erase'; organization: number; customer: number }
  | { kind: 'order'; merchant: number; customer: number | null; people: number[] }
  | { kind: 'cancel'; order: number }
  | {
      kind: 'import'
      organization: number
      rows: GivenRow[]
      isAccounts: boolean
      isReplacing: boolean
      isQuiet: boolean
      how: 'at-once' | 'checked' | 'cancelled'
      isRepeated: boolean
    }
  | { kind: 'again'; file: number }
  | { kind: 'undo'; file: number }
  | { kind: 'look' }

const small = (max: number) => fc.integer({ min: 0, max })
const constant = <const T>(value: T) => fc.constant(value)
const sometimes = small(2).map((n) => n === 0)
const rarely = small(5).map((n) => n === 0)
// The last of them are devices.
const people = fc.uniqueArray(small(EMAILS + 1), { maxLength: 2, size: 'max' })
const customer = small(CUSTOMERS - 1)
const row: fc.Arbitrary<GivenRow> = fc.record({
  customer,
  people,
  first: fc.option(small(3)),
  last: fc.option(small(3)),
  fault: fc.oneof(
    { weight: 10, arbitrary: constant(null) },
    { weight: 1, arbitrary: constant('no-hash') },
    { weight: 1, arbitrary: constant('no-id') },
  ),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: constant('report'),
      organization: small(3),
      customer,
      people,
      replaces: sometimes,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: constant('erase'), organization: small(3), customer }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: constant('order'),
      merchant: small(1),
      customer: fc.option(customer),
      people,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: constant('cancel'), order: small(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: constant('import'),
      organization: small(3),
      rows: fc.array(row, { minLength: 1, maxLength: 6, size: 'max' }),
      isAccounts: fc.boolean(),
      isReplacing: fc.boolean(),
      isQuiet: rarely,
      how: fc.constantFrom('at-once', 'checked', 'checked', 'checked', 'cancelled'),
      isRepeated: rarely,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: constant('again'), file: small(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: constant('undo'), file: small(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: constant('look') }) },
)

describe.each(databases)('any history on $name', ({ create }) => {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = useNetwork(create, {
    clock,
    openWorker: openWorkerInProcess,
    publishers: PUBLISHERS,
    merchants: 2,
  })
  let round = 0

  const identifiersOf = (list: number[]): string[] =>
    list.map((person) =>
      person < EMAILS
        ? emailHash(`r${round}-${person}`)
        : `00000000-0000-4000-8000-${String(round).padStart(10, '0')}0${person}`,
    )
  const idOf = (number: number): string => `r${round}-c${number}`
  const placeOf = (organization: number, number: number): Place => ({
    organization,
    id: idOf(number),
  })
  const everybody = (): Place[] =>
    [0, 1, 2, 3].flatMap((organization) =>
      Array.from({ length: CUSTOMERS }, (_, number) => placeOf(organization, number)),
    )
  const toRow = ({ customer: number, people: list, first, last, fault }: GivenRow): Row => {
    const dateOf = (day: number | null) =>
      day === null ? null : `2025-0${day + 1}-01T00:00:00.000Z`
    const isCrossed = first !== null && last !== null && first > last
    return {
      id: fault === 'no-id' ? null : idOf(number),
      identifiers: identifiersOf(oneDevice(list)),
      first: dateOf(first),
      last: isCrossed ? null : dateOf(last),
      isBroken: fault === 'no-hash',
    }
  }

  async function take(history: History, given: Step): Promise<void> {
    const its = history.imports
    switch (given.kind) {
      case 'report':
        return history.report(
          placeOf(given.organization, given.customer),
          identifiersOf(oneDevice(given.people)),
          given.replaces,
        )
      case 'erase':
        return history.erase(placeOf(given.organization, given.customer))
      case 'order': {
        const isGuest = given.customer === null
        const list = isGuest ? given.people.slice(0, 1) : oneDevice(given.people)
        return history.order(`r${round}-o${history.orders.length}`, {
          merchant: PUBLISHERS + given.merchant,
          id: given.customer === null ? null : idOf(given.customer),
          identifiers: identifiersOf(list),
        })
      }
      case 'cancel': {
        const order = history.orders[given.order % history.orders.length]
        return order && history.cancel(order)
      }
      case 'import': {
        const isPublisher = given.organization < PUBLISHERS
        const rows = given.rows
          .map(toRow)
          .map((each) => (isPublisher ? { ...each, first: null, last: null } : each))
        await history.import(
          given.organization,
          rows,
          {
            kind: isPublisher ? null : given.isAccounts ? 'accounts' : 'purchasers',
            mode: given.isReplacing ? 'replace' : 'merge',
            isQuiet: given.isQuiet,
          },
          given.how,
        )
        if (given.isRepeated && given.how !== 'cancelled') await history.repeat(its.at(-1)!)
        return
      }
      case 'again': {
        const sent = its[given.file % its.length]
        if (sent) await history.import(sent.organization, sent.rows, sent.options, 'checked')
        return
      }
      case 'undo': {
        const sent = its[given.file % its.length]
        return sent && history.undo(sent)
      }
      default:
        return history.expectTruth(everybody())
    }
  }

  test('is as the model says', { timeout: 600_000 * EFFORT }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }),
        async (steps) => {
          round++
          const history = new History(network, clock)
          try {
            for (const given of steps) await take(history, given)
            await history.expectTruth(everybody())
            await history.expectVerdicts()
          } finally {
            for (const place of everybody()) await history.erase(place)
          }
          await history.expectTruth(everybody())
        },
      ),
      // Each step is calls to a server and a database: a smaller example would take longer than a test may.
      { numRuns: RUNS, endOnFailure: true },
    )
  })
})

/** A report or a row names one at most. */
function oneDevice(list: number[]): number[] {
  const [device] = list.filter((person) => person >= EMAILS)
  return list.filter((person) => person < EMAILS || person === device)
}
