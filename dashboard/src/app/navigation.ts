import type { Me, Permission } from '../api/account.ts'

/** What the sidebar and the palette have. A page is here when it is built. */
export interface Place {
  label: string
  to:
    | '/o/$org'
    | '/o/$org/merchants'
    | '/o/$org/publishers'
    | '/o/$org/customers'
    | '/o/$org/orders'
    | '/o/$org/conflicts'
    | '/o/$org/transactions'
    | '/o/$org/segments'
    | '/o/$org/reports'
    | '/o/$org/match'
    | '/o/$org/offers'
    | '/o/$org/rates'
    | '/o/$org/rates/what-if'
    | '/o/$org/imports'
    | '/o/$org/hash-check'
    | '/o/$org/webhooks'
    | '/o/$org/events'
    | '/o/$org/keys'
    | '/o/$org/api'
    | '/o/$org/people'
    | '/o/$org/organization'
    | '/o/$org/audit-log'
  /** Without it there is nothing to see. */
  needs?: Permission
  /** Whose organizations have it; both unless given. */
  role?: 'publisher' | 'merchant'
}

export interface PlaceGroup {
  label: string
  places: Place[]
}

export const PLACE_GROUPS: PlaceGroup[] = [
  {
    label: 'Overview',
    places: [
      { label: 'Home', to: '/o/$org' },
      { label: 'Merchants', to: '/o/$org/merchants', role: 'publisher' },
      { label: 'Publishers', to: '/o/$org/publishers', role: 'merchant' },
      { label: 'Customers', to: '/o/$org/customers', needs: 'customers' },
      { label: 'Segments', to: '/o/$org/segments', role: 'publisher' },
      { label: 'Match report', to: '/o/$org/match', role: 'publisher' },
      { label: 'Orders', to: '/o/$org/orders', needs: 'customers', role: 'merchant' },
      { label: 'Transactions', to: '/o/$org/transactions', needs: 'customers' },
      { label: 'Reports', to: '/o/$org/reports' },
      { label: 'Conflicts', to: '/o/$org/conflicts', needs: 'customers' },
      { label: 'Rates', to: '/o/$org/rates', role: 'merchant' },
      { label: 'What if?', to: '/o/$org/rates/what-if', needs: 'commercial', role: 'merchant' },
      { label: 'Offers', to: '/o/$org/offers', needs: 'customers', role: 'publisher' },
    ],
  },
  {
    label: 'Developers',
    places: [
      { label: 'Imports', to: '/o/$org/imports' },
      { label: 'Check a hash', to: '/o/$org/hash-check' },
      { label: 'Webhooks', to: '/o/$org/webhooks' },
      { label: 'Events', to: '/o/$org/events' },
      { label: 'API keys', to: '/o/$org/keys', needs: 'technical' },
      { label: 'API reference', to: '/o/$org/api' },
    ],
  },
  {
    label: 'Settings',
    places: [
      { label: 'People', to: '/o/$org/people', needs: 'people' },
      { label: 'Organization', to: '/o/$org/organization' },
      { label: 'Audit log', to: '/o/$org/audit-log', needs: 'people' },
    ],
  },
]

/** The operator's pages, in no organization's name. */
export const OPERATOR_PLACES = [
  { label: 'Overview', to: '/operator' },
  { label: 'Organizations', to: '/operator/organizations' },
  { label: 'Partnerships', to: '/operator/partnerships' },
  { label: 'Verify', to: '/operator/verify' },
  { label: 'People', to: '/operator/people' },
  { label: 'Audit log', to: '/operator/audit-log' },
] as const

/** The groups of what the person may see of the organization, none of them empty. */
export function listPlaces(me: Me, org: string): PlaceGroup[] {
  const membership = me.memberships.find(({ organization }) => organization.id === org)
  const held = membership?.permissions ?? []
  const isOpen = ({ needs, role }: Place): boolean =>
    (needs === undefined || held.includes(needs)) &&
    (role === undefined || role === membership?.organization.role)
  return PLACE_GROUPS.map((group) => ({ ...group, places: group.places.filter(isOpen) })).filter(
    ({ places }) => places.length > 0,
  )
}
