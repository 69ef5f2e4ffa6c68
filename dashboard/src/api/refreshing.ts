import { focusManager } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'

/*
 * Pages read anew what they show, every few seconds and whenever one comes back to the tab. Whoever reads a list, or
 * shows it to somebody, can have every page stay as it is, until it is let go on. What one opens is read as ever.
 */

/** When it was stopped, in milliseconds since 1970; undefined while pages read anew. */
let pausedAt: number | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function pauseRefreshing(): void {
  set(Date.now())
}

export function resumeRefreshing(): void {
  set(undefined)
}

export const isRefreshing = (): boolean => pausedAt === undefined

/** When the pages were stopped, in milliseconds since 1970; undefined while they read anew. */
export function usePausedAt(): number | undefined {
  return useSyncExternalStore(subscribe, () => pausedAt)
}

function set(next: number | undefined): void {
  pausedAt = next
  // A tab that nobody sees reads nothing, at no interval: that is what it is taken for until then. Letting go brings
  // what has become old, as coming back to the tab does.
  focusManager.setFocused(next === undefined ? undefined : false)
  for (const listener of listeners) listener()
}
