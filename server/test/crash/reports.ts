import { createHash } from 'node:crypto'
import { createDice } from './dice.ts'
import type { Dice } from './dice.ts'

export type Reporter = 'A' | 'B' | 'shop'

/** A call that some organization makes, and sends again until it is answered. */
export interface Report {
  by: Reporter
  method: 'POST' | 'DELETE'
  path: string
  body?: Record<string, unknown>
  /** What it says, in the words of the truth that the end is compared with. */
  fact: Fact
  /** Sent only once this one was answered. */
  after?: Report
}

export type Fact =
  | { kind: 'customer'; by: Reporter; customer: string; identifiers: string[] }
  | { kind: 'order'; order: string; person: number; customer: string; identifiers: string[] }
  | { kind: 'deletion'; order: string; person: number }

export function emailHash(person: number, which: number): string {
  return createHash('sha256').update(`person-${person}-${which}@mail.example`).digest('hex')
}

function deviceOf(person: number): string {
  return `${person.toString(16).padStart(8, '0')}-0000-4000-8000-00000000cafe`
}

/**
 * What two publishers and a shop report of so many people, in a mixed order and partly more than
 * once. Publishers know some people under several e-mail addresses and take some for one customer
 * that are two. The shop knows each under two ids or as a guest; every order of a person carries
 * the person's first e-mail address, so whose first order it is has one answer.
 */
export function makeReports(seed: number, people: number): Report[] {
  const dice = createDice(seed)
  const reports: Report[] = []
  const deletions: Report[] = []
  for (let person = 0; person < people; person++) {
    for (const by of ['A', 'B'] as const) reports.push(...sightings(dice, by, person, people))
    const orders = purchases(dice, person)
    reports.push(...orders, ...signUps(dice, person))
    if (dice.chance(0.2)) {
      deletions.push(...orders.filter(() => dice.chance(0.6)).map(deletionOf))
    }
  }
  return mix(dice, reports, deletions)
}

/** In an order of their own, some twice; a deletion somewhere behind its order. */
function mix(dice: Dice, reports: Report[], deletions: Report[]): Report[] {
  const places = new Map(reports.map((each) => [each, dice.next()]))
  const behind = (place: number): number => place + (1 - place) * dice.next()
  for (const each of deletions) places.set(each, behind(places.get(each.after!) ?? 0))
  const placed = [...places]
  for (const [each, place] of places) {
    if (dice.chance(0.1)) placed.push([each, place])
    if (dice.chance(0.1)) placed.push([each, behind(place)])
  }
  return placed.sort(([, left], [, right]) => left - right).map(([each]) => each)
}

function sightings(dice: Dice, by: 'A' | 'B', person: number, people: number): Report[] {
  if (!dice.chance(by === 'A' ? 0.6 : 0.4)) return []
  const customer = `${by.toLowerCase()}-${person}`
  const emails = [emailHash(person, dice.whole(3))]
  if (dice.chance(0.3)) emails.push(emailHash(person, 0))
  if (dice.chance(0.15)) emails.push(emailHash(dice.whole(people), 0))
  const reports = emails.map((email) => report(by, customer, { email_sha256: email }, [email]))
  if (dice.chance(0.2)) {
    const device = deviceOf(person)
    reports.push(report(by, customer, { advertising_id: device.toUpperCase() }, [device]))
  }
  return reports
}

function signUps(dice: Dice, person: number): Report[] {
  if (!dice.chance(0.3)) return []
  const email = emailHash(person, 2)
  return [report('shop', `m-${person}`, { emails_sha256: [email] }, [email])]
}

function report(
  by: Reporter,
  customer: string,
  identifiers: Record<string, unknown>,
  plain: string[],
): Report {
  const fact: Fact = { kind: 'customer', by, customer, identifiers: plain }
  return { by, method: 'POST', path: '/v1/customers', body: { id: customer, ...identifiers }, fact }
}

function purchases(dice: Dice, person: number): Report[] {
  const count = dice.chance(0.6) ? 1 + dice.whole(4) : 0
  return Array.from({ length: count }, (_, index): Report => {
    const order = `o-${person}-${index}`
    const id = [`m-${person}`, `m-${person}-too`, null][dice.whole(3)] ?? null
    const emails = [emailHash(person, 0)]
    if (id !== null && dice.chance(0.3)) emails.push(emailHash(person, 1))
    const hasDevice = id !== null && dice.chance(0.2)
    const device = deviceOf(person)
    const body = {
      order_id: order,
      total: 100 + dice.whole(10_000),
      currency: 'USD',
      customer: { ...(id !== null && { id }), emails_sha256: emails },
      ...(hasDevice && { advertising_id: device }),
    }
    const identifiers = hasDevice ? [...emails, device] : emails
    const customer = id ?? `guest ${emailHash(person, 0)}`
    const fact: Fact = { kind: 'order', order, person, customer, identifiers }
    return { by: 'shop', method: 'POST', path: '/v1/order', body, fact }
  })
}

function deletionOf(report: Report): Report {
  if (report.fact.kind !== 'order') throw new Error('only an order can be deleted')
  const { order, person } = report.fact
  const fact: Fact = { kind: 'deletion', order, person }
  return { by: 'shop', method: 'DELETE', path: `/v1/order/${order}`, fact, after: report }
}
