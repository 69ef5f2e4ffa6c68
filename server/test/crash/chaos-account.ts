import { expect } from 'vitest'
import type { Answer } from '../support/network.ts'
import type { ToldEvent } from '../support/events.ts'
import { isPoison } from './chaos-receiver.ts'
import type { ChaosReceiver, Visit } from './chaos-receiver.ts'

/** One endpoint in the end: what it was owed, what its receiver saw, and what the program says. */
export interface Account {
  name: string
  receiver: Pick<ChaosReceiver, 'visits' | 'faults'>
  /** Each customer's in order. */
  owed: ToldEvent[]
  /** As the API lists them. */
  deliveries: Answer['body'][]
  /** Whether somebody who was killed can have heard an answer of this moment and not recorded it. */
  canBeForgotten(at: number): boolean
  /** Nobody was killed: every answer must be recorded. */
  isComplete: boolean
}

/** Nothing is lost, out of order, or sent in vain. */
export function checkAccount(account: Account): void {
  const { name, receiver, owed, deliveries } = account
  expect(receiver.faults, name).toEqual([])
  const ids = owed.map(({ id }) => id).sort()
  expect(deliveries.map((each) => each.event_id as string).sort(), name).toEqual(ids)
  const visitsOf = new Map<string, Visit[]>(ids.map((id) => [id, []]))
  for (const visit of receiver.visits) {
    // An event that is not owed has no place here, and fails.
    for (const { id } of visit.events) visitsOf.get(id)!.push(visit)
  }
  expectOutcomes(account, visitsOf)
  expectOrder(account, visitsOf)
  expectAttempts(account)
  expectNoRepeats(account, visitsOf)
}

function isAcknowledging({ status }: Visit): boolean {
  return status !== null && status >= 200 && status < 300
}

/** A batch that is refused is not refused for each of its events. */
function isRefusing({ status, events }: Visit): boolean {
  return status === 400 && events.length === 1
}

function isFinal(visit: Visit): boolean {
  return isAcknowledging(visit) || isRefusing(visit)
}

function expectOutcomes({ name, deliveries }: Account, visitsOf: Map<string, Visit[]>): void {
  const wrong = deliveries.filter(({ event_id: id, state }) => {
    const visits = visitsOf.get(id) ?? []
    if (state === 'acknowledged') return !visits.some(isAcknowledging)
    return state !== 'refused' || !isPoison(id) || !visits.some(isRefusing)
  })
  expect(wrong, `${name}: neither acknowledged nor refused by the receiver`).toEqual([])
}

/** When an event comes, all that come before it were done with, or are before it in its batch. */
function expectOrder({ name, owed }: Account, visitsOf: Map<string, Visit[]>): void {
  const finalPlace = (id: string): number =>
    Math.min(
      ...visitsOf
        .get(id)!
        .filter(isFinal)
        .map((visit) => visit.answeredPlace ?? Infinity),
    )
  const wrong: object[] = []
  for (const lane of Map.groupBy(owed, ({ subject }) => subject).values()) {
    const places = lane.map(({ id }) => finalPlace(id))
    for (const [index, event] of lane.entries()) {
      for (const { events, arrivedPlace } of visitsOf.get(event.id)!) {
        const inIt = events.map(({ id }) => id)
        const own = inIt.indexOf(event.id)
        const early = lane.slice(0, index).filter(({ id }, before) => {
          const along = inIt.indexOf(id)
          return places[before]! > arrivedPlace && (along === -1 || along > own)
        })
        if (early.length > 0) wrong.push({ event, early })
      }
    }
  }
  expect(wrong, `${name}: sent before what comes before it was done with`).toEqual([])
}

/** What the program says that the receiver answered is what it answered. */
function expectAttempts({ name, receiver, deliveries, isComplete }: Account): void {
  const visits = new Map(receiver.visits.map((visit) => [visit.id, visit]))
  const attempts = deliveries.flatMap((delivery) => delivery.attempts as Answer['body'][])
  const wrong = attempts.filter(
    ({ request_id: id, status }) => status !== null && visits.get(id)?.status !== status,
  )
  expect(wrong, `${name}: answers that were not given`).toEqual([])
  if (!isComplete) return
  const recorded = new Set(attempts.map(({ request_id: id }) => id as string))
  const missing = receiver.visits.filter(({ id, wholeAt }) => wholeAt !== null && !recorded.has(id))
  expect(missing, `${name}: answers that were not recorded`).toEqual([])
}

/** After an answer that was all sent an event comes again only where that can have been forgotten. */
function expectNoRepeats(account: Account, visitsOf: Map<string, Visit[]>): void {
  const wrong: object[] = []
  for (const [event, visits] of visitsOf) {
    for (const before of visits.filter(isFinal)) {
      const { wholeAt, answeredPlace } = before
      if (wholeAt === null || answeredPlace === null || account.canBeForgotten(wholeAt)) continue
      const again = visits.filter((visit) => visit.arrivedPlace > answeredPlace)
      if (again.length > 0) wrong.push({ event, before, again })
    }
  }
  expect(wrong, `${account.name}: sent again after it was done with`).toEqual([])
}
