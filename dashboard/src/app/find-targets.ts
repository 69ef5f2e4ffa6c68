import type { Endpoint } from '@newcomer/client/browser'
import type { Me } from '../api/account.ts'
import { OPERATOR_PLACES, listPlaces } from './navigation.ts'
import { listPlacesOfId } from './places-of-id.ts'

/** Where the palette can lead. */
export interface Target {
  key: string
  label: string
  description: string
  /** A path below /dashboard, with its query. */
  href: string
}

export interface Sought {
  me: Me
  org: string | undefined
  query: string
  webhooks: Endpoint[]
}

/** What a query can mean: pages and organizations by their names, and whatever has an id. */
export function findTargets(sought: Sought): Target[] {
  const query = sought.query.trim()
  const isSaid = ({ label }: Target): boolean => label.toLowerCase().includes(query.toLowerCase())
  const named = [...listPages(sought), ...listOrganizations(sought)].filter(isSaid)
  return query === '' ? named : [...named, ...findById({ ...sought, query })]
}

function listPages({ me, org }: Sought): Target[] {
  const pages =
    org === undefined
      ? []
      : listPlaces(me, org).flatMap(({ label: group, places }) =>
          places.map(({ label, to }) => target(label, group, to.replace('$org', org))),
        )
  const operated = me.is_operator
    ? OPERATOR_PLACES.map(({ label, to }) => target(label, 'Operator', to))
    : []
  return [...pages, ...operated, target('Your account', 'You', '/account')]
}

function listOrganizations({ me, org }: Sought): Target[] {
  return me.memberships
    .filter(({ organization }) => organization.id !== org)
    .map(({ organization: { id, name, role } }) => target(name, `Another ${role}`, `/o/${id}`))
}

function findById({ me, org, query, webhooks }: Sought): Target[] {
  if (me.memberships.some(({ organization }) => organization.id === query)) {
    return [target(query, 'Organization', `/o/${query}`)]
  }
  if (me.is_operator && query.startsWith('org-')) {
    return [target(query, 'Organization', `/operator/organizations/${encodeURIComponent(query)}`)]
  }
  if (/\s/.test(query)) return []
  if (org === undefined) return [target(query, 'Look for it', `/go/${encodeURIComponent(query)}`)]
  const shown = listPlaces(me, org).flatMap((group) => group.places)
  const hasLog = shown.some(({ to }) => to === '/o/$org/audit-log')
  return listPlacesOfId(query, org, webhooks)
    .filter(({ href }) => hasLog || !href.startsWith(`/o/${org}/audit-log`))
    .map(({ description, href }) => target(query, description, href))
}

function target(label: string, description: string, href: string): Target {
  return { key: `${href} ${description}`, label, description, href }
}
