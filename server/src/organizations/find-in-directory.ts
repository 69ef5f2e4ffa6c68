import { invalidField, notFound } from '../kernel/problem.ts'
import type { Directory } from './directory.ts'
import type { Organization, Role } from './organization.ts'

/** The organization that a path names. @throws Problem 404 */
export function findInDirectory(directory: Directory, id: string): Organization {
  const organization = directory.current().byId(id)
  if (!organization) throw notFound(id)
  return organization
}

/** The same for one of this role. @throws Problem 404; 400 where it is of the other */
export function findOfRole(directory: Directory, id: string, role: Role): Organization {
  const organization = findInDirectory(directory, id)
  if (organization.role !== role) throw notOfRole(role)
  return organization
}

/** The organization that a filter of a list names, undefined where none does. @throws Problem 400 */
export function parseOrganization(
  directory: Directory,
  id: string | undefined,
): Organization | undefined {
  if (id === undefined) return undefined
  const organization = directory.current().byId(id)
  if (!organization) {
    throw invalidField('organization', 'organization must be the id of an organization')
  }
  return organization
}

/** The same where it has to be of this role, by which the filter is named unless given. @throws Problem 400 */
export function parseOfRole(
  directory: Directory,
  id: string | undefined,
  role: Role,
  field: string = role,
): Organization | undefined {
  if (id === undefined) return undefined
  const organization = directory.current().byId(id)
  if (organization?.role !== role) throw notOfRole(role, field)
  return organization
}

const notOfRole = (role: Role, field: string = role) =>
  invalidField(field, `${field} must be the id of a ${role}`)
