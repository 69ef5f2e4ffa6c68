import type { Endpoint } from '@newcomer/client/browser'
import type { Me } from '../api/account.ts'
import { OPERATOR_PLACES, listPlaces } from './navigation.ts'

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
  if (org === undefined || /\s/.test(query)) return []
  const id = encodeURIComponent(query)
  const under = `/o/${org}`
  if (query.startsWith('import-')) return [target(query, 'Import', `${under}/imports/${id}`)]
  if (query.startsWith('endpoint-')) return [target(query, 'Webhook', `${under}/webhooks/${id}`)]
  const places = listPlaces(me, org).flatMap((group) => group.places)
  const hasLog = places.some(({ to }) => to === '/o/$org/audit-log')
  if (/^(key|person)-/.test(query) && hasLog) {
    return [
      target(query, 'What it did: audit log', `${under}/audit-log?actor=${id}`),
      target(query, 'What was done to it: audit log', `${under}/audit-log?object=${id}`),
    ]
  }
  return webhooks.map((webhook) => {
    const at = `${under}/webhooks/${webhook.id}`
    const name = webhook.description ?? webhook.url
    if (query.startsWith('hook-')) {
      return target(query, `Its delivery to ${name}`, `${at}/deliveries/${id}`)
    }
    const [filter, what] = query.startsWith('tx-')
      ? ['transaction', 'transaction']
      : ['customer', 'customer']
    // A quoted id stays text where it looks like a number.
    const value = encodeURIComponent(JSON.stringify(query))
    return target(
      query,
      `Deliveries to ${name} about this ${what}`,
      `${at}?tab=deliveries&${filter}=${value}`,
    )
  })
}

function target(label: string, description: string, href: string): Target {
  return { key: `${href} ${description}`, label, description, href }
}
