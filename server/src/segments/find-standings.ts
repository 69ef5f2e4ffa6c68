import type { Standing, Subject, SubjectToUpdate } from '../customers/standing.ts'
import { listMatches } from '../customers/identity-store.ts'
import type { Db } from '../kernel/database/database.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Directory } from '../organizations/directory.ts'
import type { Role } from '../organizations/organization.ts'
import { listRoles } from './audience-store.ts'
import { derive } from './derive.ts'

/**
 * Where these customers stand, by key, derived from the identity rows as they are now and never from
 * memberships: a lost race could delay a webhook, it could not change this.
 */
export async function findStandings(
  { directory }: { directory: Pick<Directory, 'current'> },
  db: Db,
  subjects: (Subject & Pick<SubjectToUpdate, 'identities'>)[],
): Promise<Map<string, Standing>> {
  const keys = subjects.map(({ key }) => key)
  const toRead = subjects.filter(({ identities }) => !identities).map(({ key }) => key)
  const matches = Map.groupBy(await listMatches(db, toRead), (match) => match.customer)
  const roles = await findRoles(directory, db, keys)
  return new Map(
    subjects.map((subject) => {
      const role = roles.get(ownerOf(subject.key)) ?? 'publisher'
      const identities = subject.identities ?? matches.get(subject.key) ?? []
      return [subject.key, derive(subject, role, identities)]
    }),
  )
}

/** From memory; an organization so young that it isn't there yet is read in the tx. */
async function findRoles(
  directory: Pick<Directory, 'current'>,
  db: Db,
  keys: string[],
): Promise<Map<number, Role>> {
  const snapshot = directory.current()
  const roles = new Map<number, Role>()
  const unknown = new Set<number>()
  for (const owner of new Set(keys.map(ownerOf))) {
    const organization = snapshot.byNumber(owner)
    if (organization) roles.set(owner, organization.role)
    else unknown.add(owner)
  }
  if (unknown.size === 0) return roles
  return new Map([...roles, ...(await listRoles(db, [...unknown]))])
}
