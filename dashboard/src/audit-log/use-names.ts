import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'

/** Names of the people and keys that entries name by their ids. Without a right to see them, ids must do. */
export function useNames(): (id: string | null) => string {
  const org = useOrganization()
  const client = useClient()
  const { data: members } = useQuery({
    queryKey: ['members', org],
    queryFn: async () => (await client.members.list()).objects,
    enabled: useMayRead(org, 'people'),
  })
  const { data: keys } = useQuery({
    queryKey: ['keys', org],
    queryFn: async () => (await client.keys.list()).objects,
    enabled: useMayRead(org, 'technical'),
  })
  const names = new Map([...(members ?? []), ...(keys ?? [])].map(({ id, name }) => [id, name]))
  return (id) => {
    if (id === null) return 'unknown'
    if (id === 'operator') return 'the operator'
    if (id === 'service') return 'Newcomer itself'
    return names.get(id) ?? id
  }
}
