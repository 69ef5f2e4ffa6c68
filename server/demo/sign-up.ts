import { hashEmail } from '../../client/src/index.ts'
import type { Customer, CustomerReport } from '../../client/src/index.ts'
import type { Person } from './audience.ts'
import type { Caller } from './caller.ts'
import type { Publisher } from './create-network.ts'

const BATCH = 1_000

/** Someone whom a publisher comes to know after their first purchase. */
export interface LateSignUp {
  publisher: Publisher
  person: Person
}

/** Reports a publisher's customers in batches, as a publisher does with those it already has. */
export async function signUp({ client, name }: Publisher, people: Person[]): Promise<void> {
  const early = people.filter((person) => !person.signsUpLate)
  for (let start = 0; start < early.length; start += BATCH) {
    const reports = early.slice(start, start + BATCH).map(toReport)
    const results = await client.customers.reportBatch(reports)
    const refused = results.find(({ status }) => status !== 'created')
    if (refused) throw new Error(`${name}: ${refused.id} was ${refused.status}`)
  }
}

/** Reports one customer; answers whether it is active at its sign-up. */
export async function signUpLate(
  caller: Caller,
  { publisher, person }: LateSignUp,
): Promise<boolean> {
  const { segments } = (await caller.post(
    publisher.key,
    '/v1/customers',
    toReport(person),
  )) as Customer
  return segments.length === 1 && segments[0]?.name === 'active'
}

function toReport({ id, emails }: Person): CustomerReport {
  return { id, emails_sha256: emails.map(hashEmail) }
}
