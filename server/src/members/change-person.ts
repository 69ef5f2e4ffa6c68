import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Tx } from '../kernel/database/database.ts'
import { conflict, notFound } from '../kernel/problem.ts'
import { deleteFactors } from './factors/factor-store.ts'
import { deleteRecoveryCodes } from './factors/recovery-code-store.ts'
import { deleteInvitationsBy, deleteInvitationsOf } from './invitations/invitation-store.ts'
import { listMemberships, lockOwners } from './people/member-store.ts'
import {
  deletePerson,
  findPersonById,
  lockOperators,
  releaseSubject,
  updateOperator,
} from './people/person-store.ts'
import type { PersonRow } from './people/person.ts'
import { sealEmail, toPerson } from './people/person.ts'
import { deleteChallenges } from './sessions/challenge-store.ts'
import { endSessionsOf } from './sessions/end-sessions.ts'
import type { PeopleParts } from './people-parts.ts'
import { journalPerson } from './journal-person.ts'
import type { JournaledPerson } from './journal-person.ts'

/** Who does it, and when. */
export interface PersonChange {
  act: Act
  now: Date
}

/** Makes somebody an operator, or no longer one. @throws Problem 404, 409 for the last operator */
export async function changeOperator(
  tx: Tx,
  id: string,
  isOperator: boolean,
  { act, now }: PersonChange,
): Promise<PersonRow> {
  const person = await getPerson(tx, id, isOperator)
  const { number } = person
  if (person.is_operator === isOperator) return person
  await updateOperator(tx, { number, isOperator, now })
  if (!isOperator) await deleteInvitationsBy(tx, null, id)
  await endSessionsOf(tx, { person: number }, { act, now })
  appendEntry(tx, {
    ...{ organization: null, at: now, act, action: 'person.change', object: id },
    ...{ before: { is_operator: !isOperator }, after: { is_operator: isOperator } },
  })
  return { ...person, is_operator: isOperator }
}

/**
 * For somebody who has lost them all: the next sign-in is by password alone, and enrols another. Answers the
 * person's number.
 */
export async function clearFactors(
  tx: Tx,
  id: string,
  { act, now }: PersonChange,
): Promise<number> {
  const row = await getPerson(tx, id, true)
  const { number } = row
  await deleteFactors(tx, number)
  await deleteRecoveryCodes(tx, number)
  await releaseSubject(tx, number)
  await deleteChallenges(tx, number)
  await endSessionsOf(tx, { person: number }, { act, now })
  await journalPerson(tx, toJournaled(row), { at: now, act, action: 'person.clear-factors' })
  return number
}

/** All sessions of the person end. @throws Problem 404 */
export async function endSessions(tx: Tx, id: string, { act, now }: PersonChange): Promise<void> {
  const row = await findPersonById(tx, id)
  if (!row) throw notFound(id)
  await endSessionsOf(tx, { person: row.number }, { act, now })
  await journalPerson(tx, toJournaled(row), { at: now, act, action: 'person.end-sessions' })
}

/** What the journals of the person's organizations are found by. */
export function toJournaled({ id, number, is_operator: isOperator }: PersonRow): JournaledPerson {
  return { id, number, isOperator }
}

/** Everything of the person is gone. @throws Problem 404, 409 for the last operator or owner */
export async function erasePerson(
  tx: Tx,
  { vault }: Pick<PeopleParts, 'vault'>,
  id: string,
  { act, now }: PersonChange,
): Promise<void> {
  const row = await getPerson(tx, id, false)
  for (const { organization } of await listMemberships(tx, [row.number])) {
    const owners = await lockOwners(tx, organization)
    if (owners.length === 1 && owners[0] === row.number) {
      throw conflict('This is the last owner of an organization; make somebody else one first.')
    }
    await deleteInvitationsBy(tx, organization, id)
  }
  await deleteInvitationsBy(tx, null, id)
  await deleteInvitationsOf(tx, sealEmail(vault, toPerson(vault, row).email))
  await journalPerson(tx, toJournaled(row), { at: now, act, action: 'person.erase' })
  await endSessionsOf(tx, { person: row.number }, { act, now })
  await deletePerson(tx, row.number)
}

async function getPerson(tx: Tx, id: string, staysOperator: boolean): Promise<PersonRow> {
  const operators = await lockOperators(tx)
  const person = await findPersonById(tx, id)
  if (!person) throw notFound(id)
  if (!staysOperator && operators.length === 1 && operators[0] === person.number) {
    throw conflict('The last operator stays; make somebody else one first.')
  }
  return person
}
