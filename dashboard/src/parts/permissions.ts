import type { Permission, Preset } from '../api/account.ts'

export const PERMISSIONS: { name: Permission; label: string; about: string }[] = [
  { name: 'people', label: 'People', about: 'members, invitations, the organization itself' },
  {
    name: 'technical',
    label: 'Technical',
    about: 'API keys, webhooks, imports, replays, erasing a customer',
  },
  {
    name: 'commercial',
    label: 'Commercial',
    about: 'rates, what-if, link hosts, partnerships, exports',
  },
  { name: 'customers', label: 'Customers', about: 'looking up one customer or order' },
]

export const PRESETS: { name: Preset; label: string; about: string }[] = [
  { name: 'owner', label: 'Owner', about: 'everything' },
  { name: 'engineer', label: 'Engineer', about: 'technical and customers' },
  { name: 'partner-manager', label: 'Partner manager', about: 'commercial and customers' },
  { name: 'viewer', label: 'Viewer', about: 'lists and sums, no customer' },
]

export function sayPermissions(permissions: readonly string[]): string {
  const labels = PERMISSIONS.filter(({ name }) => permissions.includes(name)).map(({ label }) =>
    label.toLowerCase(),
  )
  return labels.length === 0 ? 'to look' : labels.join(', ')
}

/** "Engineer", or what it is one by one where it has no name. */
export function sayGrant(granted: {
  preset: string | null
  permissions: readonly string[]
}): string {
  const preset = PRESETS.find(({ name }) => name === granted.preset)
  return preset?.label ?? sayPermissions(granted.permissions)
}
