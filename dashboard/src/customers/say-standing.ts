import type { CustomerStanding } from '@newcomer/client/browser'
import { sayDay } from '../parts/date.ts'

const CAUSES: Record<string, string> = {
  order: 'an order that was reported',
  'order-deleted': 'an order that was cancelled',
  import: 'a file that was imported',
  customer: 'what was reported of a customer',
  erasure: 'the erasure of a customer',
}

export function sayCause(cause: string): string {
  return CAUSES[cause] ?? cause
}

/** Where a customer stands at a merchant, since when and why, in one sentence. */
export function sayStanding(standing: CustomerStanding, isOwn: boolean): string {
  const { organization_name: merchant, name, since_date: since, cause } = standing
  const where = isOwn ? 'with you' : `at ${merchant}`
  const what =
    name === 'active'
      ? `This customer is active ${where}: somebody with one of its identifiers has bought there`
      : `This customer is new ${where}: nobody with one of its identifiers is known to have bought there`
  if (since === null) {
    return name === 'active'
      ? `${what}. That was known when it was first reported, or before you could see it; since which day is not told.`
      : `${what}. It has been so since it was first reported.`
  }
  return `${what}. It has been so since ${sayDay(since)}, by ${sayCause(cause ?? '')}.`
}
