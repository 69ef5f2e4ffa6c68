import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'

/** The keys that work, oldest first. */
export function useKeys(isAllowed: boolean) {
  const client = useClient()
  return useQuery({
    queryKey: ['keys', useOrganization()],
    queryFn: async () => (await client.keys.list()).objects,
    enabled: isAllowed,
  })
}

export async function forgetKeys(): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['keys'] })
}
