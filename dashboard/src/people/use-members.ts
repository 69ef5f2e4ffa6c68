import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'

export function useMembers(isAllowed: boolean) {
  const client = useClient()
  return useQuery({
    queryKey: ['members', useOrganization()],
    queryFn: async () => (await client.members.list()).objects,
    enabled: isAllowed,
  })
}

export function useInvitations(isAllowed: boolean) {
  const client = useClient()
  return useQuery({
    queryKey: ['invitations', useOrganization()],
    queryFn: async () => (await client.invitations.list()).objects,
    enabled: isAllowed,
  })
}

export async function forgetMembers(): Promise<void> {
  await Promise.all(
    ['members', 'invitations', 'me'].map((first) =>
      queries.invalidateQueries({ queryKey: [first] }),
    ),
  )
}
