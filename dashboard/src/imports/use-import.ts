import type { BrowserClient, Import } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { usePausedAt } from '../api/refreshing.ts'
import { isAtRest } from './say-import.ts'
import { useUpload } from './uploads.ts'
import type { Upload } from './uploads.ts'

export interface UseImport {
  its: Import | undefined
  error: unknown
  upload: Upload | undefined
  /** The line is lost, and will be tried again by itself. */
  isLost: boolean
  retry(): void
  /** What an action answered. */
  set(its: Import): void
}

/** An import as it goes on: followed for as long as something happens to it. */
export function useImport(id: string): UseImport {
  const client = useClient()
  const org = useOrganization()
  const upload = useUpload(id)
  const queryKey = ['import', org, id]
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: () => client.imports.get(id),
    staleTime: 0,
  })
  const set = (its: Import): void => void queries.setQueryData(queryKey, its)
  const isOwn = upload !== undefined && upload.phase !== 'sent'
  // What this tab sends it knows by itself.
  const isPaused = usePausedAt() !== undefined
  const isFollowed = data !== undefined && !isAtRest(data) && !isOwn && !isPaused
  const watched = useWatch({ client, id, isFollowed, set })
  // The answer to the last piece is newer than what was read.
  const isNewer = upload !== undefined && data?.state === 'receiving'
  return {
    its: isNewer ? upload.current : data,
    error: error ?? watched.error,
    upload,
    isLost: watched.isLost,
    set,
    retry() {
      void refetch()
      watched.retry()
    },
  }
}

interface WatchProps {
  client: BrowserClient
  id: string
  isFollowed: boolean
  set: (its: Import) => void
}

function useWatch({ client, id, isFollowed, set }: WatchProps) {
  const [round, setRound] = useState(0)
  const [error, setError] = useState<unknown>()
  const [isLost, setLost] = useState(false)
  useEffect(() => {
    if (!isFollowed) return undefined
    const stop = new AbortController()
    const follow = async (): Promise<void> => {
      const options = { signal: stop.signal, onLost: () => setLost(true) }
      for await (const current of client.imports.watch(id, options)) {
        if (stop.signal.aborted) return
        setLost(false)
        set(current)
      }
    }
    follow().catch((thrown: unknown) => {
      if (!stop.signal.aborted) setError(thrown)
    })
    return () => stop.abort()
    // `set` is another function each time, and does the same.
  }, [client, id, isFollowed, round])
  return {
    error,
    isLost: isLost && isFollowed,
    retry() {
      setError(undefined)
      setRound(round + 1)
    },
  }
}
