import { NewcomerError } from '@newcomer/client/browser'
import type { SingleEvent, SubscribableType } from '@newcomer/client/browser'
import { useDocumentVisibility } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { useClient } from '../api/organization.ts'

// More than anybody scrolls through, and few enough that a page of them stays quick.
const MOST_SHOWN = 200

/** An event, and when this computer had it, in milliseconds by its clock. */
export interface TailedEvent {
  event: SingleEvent
  arrivedMs: number
}

export interface TailOptions {
  eventType: SubscribableType | undefined
  isPaused: boolean
}

/**
 * The events that happen while one looks, the newest first. A tab that nobody sees asks for none: a browser has
 * few connections to a server, and one of them waits for as long as this asks. What happened meanwhile comes when it
 * is seen again.
 */
export function useTail({ eventType, isPaused }: TailOptions) {
  const client = useClient()
  const isSeen = useDocumentVisibility() === 'visible'
  const [events, setEvents] = useState<TailedEvent[]>([])
  const [error, setError] = useState<unknown>()
  const [isLost, setLost] = useState(false)
  const [since, setSince] = useState(() => new Date().toISOString())
  const place = useRef<{ type: SubscribableType | undefined; cursor: string | undefined }>(
    undefined,
  )

  useEffect(() => {
    if (isPaused || !isSeen) return undefined
    const stop = new AbortController()
    if (!place.current || place.current.type !== eventType) {
      place.current = { type: eventType, cursor: undefined }
      setEvents([])
      setSince(new Date().toISOString())
    }
    const own = place.current
    async function follow(): Promise<void> {
      setError(undefined)
      const { signal } = stop
      const options = { eventType, signal, onLost: () => setLost(true) }
      for await (const page of client.events.follow({ ...options, cursor: own.cursor })) {
        own.cursor = page.cursor
        setLost(false)
        if (page.events.length > 0) {
          const arrivedMs = Date.now()
          const arrived = page.events.map((event) => ({ event, arrivedMs }))
          setEvents((before) => [...arrived.toReversed(), ...before].slice(0, MOST_SHOWN))
        }
      }
    }
    follow().catch((thrown: unknown) => {
      if (stop.signal.aborted) return
      // A place that was left too long ago is none any more: the next time begins anew.
      if (thrown instanceof NewcomerError) place.current = undefined
      setError(thrown)
    })
    return () => stop.abort()
  }, [client, eventType, isPaused, isSeen])

  return { events, since, error, isLost }
}
