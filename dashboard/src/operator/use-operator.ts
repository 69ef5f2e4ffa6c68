import { useQuery } from '@tanstack/react-query'
import { operator } from '../api/operator.ts'
import { queries } from '../api/queries.ts'

/** A page of the organizations, oldest first. */
export function useOrganizationPage(cursor: string | undefined) {
  return useQuery({
    queryKey: ['operator', 'organizations', 'page', cursor],
    queryFn: () => operator.organizations.list(cursor),
  })
}

/** All organizations, oldest first. */
export function useOrganizations() {
  return useQuery({
    queryKey: ['operator', 'organizations', 'all'],
    queryFn: () => operator.organizations.listAll(),
  })
}

export function useOperatedOrganization(id: string) {
  return useQuery({
    queryKey: ['operator', 'organizations', id],
    queryFn: () => operator.organizations.get(id),
  })
}

/** Everybody who can sign in, or an organization's members. */
export function usePeople(organization?: string) {
  return useQuery({
    queryKey: ['operator', 'people', organization],
    queryFn: () => operator.people.list(organization),
  })
}

/** The open ones to an organization; without one, to be an operator. */
export function useOpenInvitations(organization?: string) {
  return useQuery({
    queryKey: ['operator', 'invitations', organization],
    queryFn: () => operator.invitations.list(organization),
  })
}

export function usePartnerships() {
  return useQuery({
    queryKey: ['operator', 'partnerships'],
    queryFn: () => operator.partnerships.listAll(),
  })
}

/** After a change: what is shown is read anew. */
export async function forgetOperated(
  what:
    | 'organizations'
    | 'keys'
    | 'people'
    | 'invitations'
    | 'partnerships'
    | 'verifications'
    | 'overview',
): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['operator', what] })
}
