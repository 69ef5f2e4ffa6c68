import type { Member } from '../support/network.ts'
import type { Tab } from './browser.ts'

export interface Actor {
  permissions?: string[]
  mode?: 'development' | 'production'
  sendsMail?: boolean
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
    memberships: [{ organization, permissions, preset: null }],
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
