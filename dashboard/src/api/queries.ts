import { QueryClient } from '@tanstack/react-query'
import { NewcomerError } from '@newcomer/client/browser'
import { isRefreshing } from './refreshing.ts'

/** What was read lately, for all pages. Secrets are never in it: they are shown where they are answered. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // The client has repeated what could be.
      retry: false,
      refetchOnReconnect: isRefreshing,
    },
  },
})

/** Whether the session has ended, or was never there. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof NewcomerError && error.status === 401
}

/** Whether the call asks for the password or passkey once more. */
export function needsStepUp(error: unknown): boolean {
  return error instanceof NewcomerError && error.type === 'StepUpRequired'
}
