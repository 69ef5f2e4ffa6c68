import type { BrowserClient, Import } from '@newcomer/client/browser'
import { useSyncExternalStore } from 'react'
import { openWorker } from './open-worker.ts'
import { sendFile } from './send-file.ts'
import type { SentFile } from './worker-protocol.ts'

/*
 * The files that this tab sends. They are no part of a page: one may look at others meanwhile, and come back.
 */

export interface Upload {
  /** `lost`: tried again by itself at `retryAt`; `stopped`: by the person, or by what waiting does not mend. */
  phase: 'sending' | 'lost' | 'stopped' | 'sent'
  current: Import
  /** The bytes of what is sent. */
  total: number
  error?: Error | undefined
  /** Milliseconds since 1970. */
  retryAt?: number | undefined
}

export interface NewUpload {
  client: BrowserClient
  begun: Import
  sent: SentFile
  total: number
}

interface Running {
  upload: NewUpload
  stop: AbortController
  wake: () => void
}

const uploads = new Map<string, Upload>()
const running = new Map<string, Running>()
const listeners = new Set<() => void>()

function change(id: string, upload: Upload): void {
  uploads.set(id, upload)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Undefined for an import whose file this tab does not send. */
export function useUpload(id: string): Upload | undefined {
  return useSyncExternalStore(subscribe, () => uploads.get(id))
}

/** Begins to send, or goes on from where the server is. */
export function startUpload(upload: NewUpload): void {
  const { client, begun, sent, total } = upload
  const { id } = begun
  running.get(id)?.stop.abort()
  const stop = new AbortController()
  const worker = openWorker()
  const own: Running = { upload, stop, wake: () => undefined }
  running.set(id, own)
  let current = begun
  const show = (next: Omit<Upload, 'current' | 'total'>): void => {
    // Not when another go has taken its place.
    if (running.get(id) === own) change(id, { ...next, current, total })
  }
  show({ phase: 'sending' })
  watchLeaving()
  const sending = async (): Promise<void> => {
    await worker.open(sent)
    current = await sendFile(
      {
        get: () => client.imports.get(id),
        sendPiece: (piece) => client.imports.sendPiece(id, piece),
        cut: (from, size) => worker.cut(from, size, true),
        sleep: (ms) => sleep(ms, own),
        signal: stop.signal,
        onProgress(next) {
          current = next
          show({ phase: 'sending' })
        },
        onLost({ error, waitMs }) {
          show({ phase: 'lost', error, retryAt: Date.now() + waitMs })
        },
      },
      begun,
    )
  }
  sending()
    .then(
      () => show({ phase: 'sent' }),
      (thrown: unknown) => {
        const error = thrown instanceof Error && !stop.signal.aborted ? thrown : undefined
        show({ phase: 'stopped', error })
      },
    )
    .finally(() => {
      worker.close()
      watchLeaving()
    })
}

/** Until then, or until the browser says that it is connected again, or the person asks for it. */
function sleep(ms: number, own: Running): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    addEventListener('online', done)
    own.stop.signal.addEventListener('abort', done)
    own.wake = done
  })
}

export function stopUpload(id: string): void {
  running.get(id)?.stop.abort()
}

/** In place of waiting for the next try, or after a stop. */
export function resumeUpload(id: string): void {
  const known = running.get(id)
  const upload = uploads.get(id)
  if (!known || !upload) return
  if (upload.phase === 'lost') known.wake()
  else if (upload.phase === 'stopped') startUpload({ ...known.upload, begun: upload.current })
}

/** What was sent, for `resumeUpload` holds on to the file: once nobody needs it any more. */
export function forgetUpload(id: string): void {
  stopUpload(id)
  running.delete(id)
  uploads.delete(id)
  for (const listener of listeners) listener()
}

function isLeavingCostly(): boolean {
  return [...uploads.values()].some(({ phase }) => phase === 'sending' || phase === 'lost')
}

const askBeforeLeaving = (event: BeforeUnloadEvent): void => event.preventDefault()

/** Only as long as it matters: a page with such a listener is not kept for going back to. */
function watchLeaving(): void {
  if (isLeavingCostly()) addEventListener('beforeunload', askBeforeLeaving)
  else removeEventListener('beforeunload', askBeforeLeaving)
}
