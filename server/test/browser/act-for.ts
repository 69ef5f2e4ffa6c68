import type { Member } from '../support/network.ts'
import { openTab } from './browser.ts'
import type { Tab } from './browser.ts'

export interface Actor {
  permissions?: string[]
  mode?: 'development' | 'production'
  sendsMail?: boolean
  /** Whether an operator looks at the organization's pages. */
  isLookedAt?: boolean
}

/**
 * Lets the tab act for an organization by its API key, where a test is about the pages and not about signing in:
 * the server answers all but who it is.
 */
export async function actFor(
  { context }: Tab,
  { organization, key }: Member,
  { permissions = ['people', 'technical', 'commercial', 'customers'], ...actor }: Actor = {},
): Promise<void> {
  const me = {
    id: 'person-0000000000000001',
    name: 'Kim',
    email: 'kim@publisher.example',
    is_operator: false,
    has_password: true,
    memberships: [
      { organization, permissions, preset: null, is_looked_at: actor.isLookedAt ?? false },
    ],
    looks: [],
    factors: [],
    recovery_codes: 0,
    session: { id: 'session-1', is_enrolling: false, fresh_until_date: '2999-01-01T00:00:00.000Z' },
    mode: actor.mode ?? 'development',
    sends_mail: actor.sendsMail ?? false,
  }
  const authorization = `Basic ${btoa(`${key}:`)}`
  await context.route('**/v1/**', (route) =>
    route.continue({ headers: { ...route.request().headers(), authorization } }),
  )
  await context.route('**/account/v1/me', (route) =>
    route.fulfill({ json: { meta: { status: 'ok' }, object: me } }),
  )
}

export interface Entrance {
  browser: Parameters<typeof openTab>[0]
  /** Of the server. */
  url: string
  member: Member
  /** Of the page, below the organization's, such as `/webhooks`. */
  path: string
  actor?: Actor
  width?: number
}

/** A tab of its own with a page of the member's organization. */
export async function enter({ browser, url, member, path, actor, width }: Entrance): Promise<Tab> {
  const tab = await openTab(browser, { url, ...(width !== undefined && { width }) })
  await actFor(tab, member, actor)
  await tab.page.goto(`/dashboard/o/${member.organization.id}${path}`)
  return tab
}
