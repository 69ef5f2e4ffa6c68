import { useMe } from './use-me.ts'

/** Whether the organization is a merchant. */
export function useIsMerchant(organization: string): boolean {
  const { data } = useMe()
  const membership = data?.memberships.find((each) => each.organization.id === organization)
  return membership?.organization.role === 'merchant'
}
