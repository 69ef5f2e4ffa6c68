import { appendEntries } from '../journal/append-entries.ts'
import type { Act, EntryFields, EntryOutcome } from '../journal/entry.ts'
import type { Tx } from '../kernel/database/database.ts'
import { listMemberships } from './people/member-store.ts'
import type { Person } from './people/person.ts'

/** Whose entries they are. */
export type JournaledPerson = Pick<Person, 'id' | 'number' | 'isOperator'>

export interface PersonEntry {
  at: Date
  act: Act
  action: `person.${string}`
  outcome?: EntryOutcome
  before?: EntryFields
  after?: EntryFields
}

/**
 * Writes that somebody signed in, or changed what they do so by: into the journals of the organizations that the
 * person is a member of, since each has to know who can act for it; into the operator's for an operator, and
 * for somebody who is a member of none.
 */
export async function journalPerson(
  tx: Tx,
  { id, number, isOperator }: JournaledPerson,
  entry: PersonEntry,
): Promise<void> {
  const memberships = await listMemberships(tx, [number])
  const journals: (number | null)[] = memberships.map(({ organization }) => organization)
  if (isOperator || journals.length === 0) journals.push(null)
  appendEntries(
    tx,
    journals.map((organization) => ({ organization, object: id, ...entry })),
  )
}
