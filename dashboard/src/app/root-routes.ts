import { createRootRoute, createRoute, redirect } from '@tanstack/react-router'
import { isSignedOut } from '../api/queries.ts'
import { fetchMe } from '../api/use-me.ts'
import { Crash, Lost } from './crash.tsx'
import { Shell } from './shell.tsx'

/** What all other routes are below. */

export const root = createRootRoute({ notFoundComponent: Lost, errorComponent: Crash })

/** Only a path of the dashboard's own: a link must not lead elsewhere from here. */
export function ownPath(next: unknown): string | undefined {
  return typeof next === 'string' && /^\/dashboard\/[\w\-./?=&%]*$/.test(next) ? next : undefined
}

/** All that only somebody who is signed in sees. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const me = await fetchMe().catch((error: unknown) => {
      if (!isSignedOut(error)) throw error
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is how this router redirects
      throw redirect({ to: '/sign-in', search: { next: ownPath(`/dashboard${location.href}`) } })
    })
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as above
    if (me.session.is_enrolling) throw redirect({ to: '/enrol' })
  },
})

/** The pages of one organization, which its address names: it is never kept in the session. */
export const organization = createRoute({ getParentRoute: () => inside, path: '/o/$org' })

/** A place in a list: the cursor that the API gave for the next page. */
export const listSearch = (search: Record<string, unknown>): { cursor?: string | undefined } => ({
  cursor: typeof search['cursor'] === 'string' ? search['cursor'] : undefined,
})
