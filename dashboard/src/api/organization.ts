import { createBrowserClient } from '@newcomer/client/browser'
import type { BrowserClient } from '@newcomer/client/browser'
import { useParams } from '@tanstack/react-router'
import { recordCall } from './made-calls.ts'

const clients = new Map<string, BrowserClient>()
/** The client of an organization that the person acts for: the public API, with the session's cookie. */
export function clientOf(organization: string): BrowserClient {
  const known = clients.get(organization)
  if (known) return known
  const client = createBrowserClient({ organization, onCall: recordCall })
  clients.set(organization, client)
  return client
}

/** The organization that the address names, `org-…`. */
export function useOrganization(): string {
  const { org } = useParams({ strict: false })
  return org ?? ''
}

export function useClient(): BrowserClient {
  return clientOf(useOrganization())
}
