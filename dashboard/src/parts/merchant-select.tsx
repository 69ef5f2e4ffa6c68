import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'

/** The merchants of the network, as they stand to the publisher; none for a merchant. */
export function useMerchants() {
  const org = useOrganization()
  const client = useClient()
  return useQuery({
    queryKey: ['merchants', org],
    queryFn: async () => (await client.merchants.list()).objects,
    enabled: !useIsMerchant(org),
    staleTime: 60_000,
  })
}

/** The name of a merchant by its id, or the id where it is not known. */
export function useMerchantNames(): (id: string) => string {
  const { data } = useMerchants()
  return (id) => data?.find((each) => each.id === id)?.name ?? id
}

export interface MerchantSelectProps {
  value: string | undefined
  onChange: (id: string | undefined) => void
}

export function MerchantSelect({ value, onChange }: MerchantSelectProps) {
  const { data = [] } = useMerchants()
  const approved = data.filter(({ id, status }) => status === 'approved' || id === value)
  return (
    <Select
      label="Merchant"
      clearable
      searchable
      placeholder="any"
      clearButtonProps={{ 'aria-label': 'Any merchant' }}
      data={approved.map(({ id, name }) => ({ value: id, label: name }))}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  )
}
