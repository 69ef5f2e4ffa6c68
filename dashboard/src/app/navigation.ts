import type { Me, Permission } from '../api/account.ts'

/** What the sidebar and the palette have. A page is here when it is built. */
export interface Place {
  label: string
  to:
    | '/o/$org'
    | '/o/$org/imports'
    | '/o/$org/webhooks'
    | '/o/$org/events'
    | '/o/$org/keys'
    | '/o/$org/api'
    | '/o/$org/people'
    | '/o/$org/organization'
    | '/o/$org/audit-log'
  /** Without it there is nothing to see. */
  needs?: Permission
}

export interface PlaceGroup {
  label: string
  places: Place[]
}

export const PLACE_GROUPS: PlaceGroup[] = [
  { label: 'Overview', places: [{ label: 'Home', to: '/o/$org' }] },
  {
    label: 'Developers',
    places: [
      { label: 'Imports', to: '/o/$org/imports' },
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

/** What whoever runs this Newcomer sees, in no organization's name. */
export const OPERATOR_PLACES = [
  { label: 'Organizations', to: '/operator/organizations' },
  { label: 'Partnerships', to: '/operator/partnerships' },
  { label: 'People', to: '/operator/people' },
  { label: 'Audit log', to: '/operator/audit-log' },
] as const

/** The groups of what the person may see of the organization, none of them empty. */
export function listPlaces(me: Me, org: string): PlaceGroup[] {
  const held = me.memberships.find(({ organization }) => organization.id === org)?.permissions ?? []
  const isOpen = ({ needs }: Place): boolean => needs === undefined || held.includes(needs)
  return PLACE_GROUPS.map((group) => ({ ...group, places: group.places.filter(isOpen) })).filter(
    ({ places }) => places.length > 0,
  )
}
