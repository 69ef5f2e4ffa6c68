import { createBrowserClient } from '@newcomer/client/browser'
import type { BrowserClient, Call } from '@newcomer/client/browser'
import { useParams } from '@tanstack/react-router'

const clients = new Map<string, BrowserClient>()
const calls: Call[] = []
const MOST_CALLS = 30

/** The client of an organization that the person acts for: the public API, with the session's cookie. */
export function clientOf(organization: string): BrowserClient {
  const known = clients.get(organization)
  if (known) return known
  const client = createBrowserClient({
    organization,
    onCall(call) {
      calls.push(call)
      if (calls.length > MOST_CALLS) calls.shift()
    },
  })
  clients.set(organization, client)
  return client
}

/** What was called last, the newest first, so that a page can show how a program does it. */
export function lastCalls(): Call[] {
  return calls.toReversed()
}

/** The organization that the address names, `org-…`. */
export function useOrganization(): string {
  const { org } = useParams({ strict: false })
  return org ?? ''
}

export function useClient(): BrowserClient {
  return clientOf(useOrganization())
}
