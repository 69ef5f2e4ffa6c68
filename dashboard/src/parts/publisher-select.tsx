import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'

/** The publishers of the merchant, for names and choices: the first 500, and none for a publisher. */
function usePublishers() {
  const org = useOrganization()
  const client = useClient()
  return useQuery({
    queryKey: ['publishers', org, 'all'],
    queryFn: async () => (await client.publishers.list({ page_size: 500 })).objects,
    enabled: useIsMerchant(org),
    staleTime: 60_000,
  })
}

/** The name of a publisher by its id, or the id where it is not known. */
export function usePublisherNames(): (id: string) => string {
  const { data } = usePublishers()
  return (id) => data?.find((each) => each.id === id)?.name ?? id
}

export interface PublisherSelectProps {
  label?: string
  /** What none means. */
  placeholder?: string
  value: string | undefined
  onChange: (id: string | undefined) => void
}

export function PublisherSelect(props: PublisherSelectProps) {
  const { label = 'Publisher', placeholder = 'any', value, onChange } = props
  const { data = [] } = usePublishers()
  const known = data.map(({ id, name }) => ({ value: id, label: name }))
  // One that works with the merchant no more may still be in the address.
  const isKnown = value === undefined || data.some(({ id }) => id === value)
  return (
    <Select
      label={label}
      clearable
      searchable
      placeholder={placeholder}
      clearButtonProps={{ 'aria-label': 'Any publisher' }}
      data={isKnown ? known : [...known, { value, label: value }]}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  )
}
