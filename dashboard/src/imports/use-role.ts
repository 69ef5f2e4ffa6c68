import { useMe } from '../api/use-me.ts'

/** Whether the organization is a merchant, of whose customers it matters whether they have bought. */
export function useIsMerchant(organization: string): boolean {
  const { data } = useMe()
  const membership = data?.memberships.find((each) => each.organization.id === organization)
  return membership?.organization.role === 'merchant'
}
