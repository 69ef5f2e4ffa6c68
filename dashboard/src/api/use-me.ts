import { useQuery } from '@tanstack/react-query'
import { account } from './account.ts'
import type { Me, Permission } from './account.ts'
import { queries } from './queries.ts'

const options = {
  queryKey: ['me'],
  queryFn: (): Promise<Me> => account.me(),
  staleTime: 60_000,
}

/** Who is signed in. */
export function useMe() {
  return useQuery(options)
}

/** For a page that can't be shown without. Throws NewcomerError, 401 where nobody is signed in. */
export function fetchMe(): Promise<Me> {
  return queries.fetchQuery(options)
}

/** After a change of the person's own things. */
export async function forgetMe(): Promise<void> {
  await queries.invalidateQueries({ queryKey: options.queryKey })
}

/** Whether the person who is signed in may do it for the organization. The server decides all the same. */
export function useMay(organization: string, permission: Permission): boolean {
  const { data } = useMe()
  const isLook = data?.looks.some((each) => each.organization.id === organization) ?? false
  return useMayRead(organization, permission) && !isLook
}

/** The same of reading: an operator who looks at the organization reads all, and does nothing. */
export function useMayRead(organization: string, permission: Permission): boolean {
  const { data } = useMe()
  const membership = data?.memberships.find((each) => each.organization.id === organization)
  return membership?.permissions.includes(permission) ?? false
}
