import { readFileSync } from 'node:fs'
import type { Clock } from '../kernel/clock.ts'
import type { Directory } from '../organizations/directory.ts'
import type { OwedEvent } from './claim-work.ts'
import { render } from './render.ts'
import type { Send, SendResult } from './send.ts'
import { signatureHeaders } from './sign.ts'
import { keysAt } from './target.ts'
import type { Target } from './target.ts'

export interface AttemptRequest {
  /** `attempt-…` */
  id: string
  event: OwedEvent
  target: Target | undefined
  customerId: string | null
}

/** Makes one attempt to deliver an event. Never throws: what goes wrong is a result. */
export type AttemptEvent = (request: AttemptRequest) => Promise<SendResult>

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

const HEADERS = {
  'content-type': 'application/json',
  'user-agent': `Newcomer-Webhooks/${version}`,
}

// Our own fault, such as an unreadable blob: retried like any other, since it may be mended.
const UNSENDABLE: SendResult = {
  status: null,
  error: 'unsendable',
  retryAfter: null,
  durationMs: 0,
}

export interface AttemptEventParts {
  directory: Pick<Directory, 'current' | 'refresh'>
  clock: Clock
  send: Send
}

export function createAttemptEvent({ directory, clock, send }: AttemptEventParts): AttemptEvent {
  async function renderFresh(request: AttemptRequest, endpointId: string) {
    const { id: requestId, event, customerId } = request
    const context = { requestId, endpointId, customerId }
    const body = render(event, { ...context, snapshot: directory.current() })
    if (body) return body
    // The event is newer than what this process knows of organizations.
    await directory.refresh()
    return render(event, { ...context, snapshot: directory.current() })
  }

  return async (request) => {
    const { event, target } = request
    if (!target) return UNSENDABLE
    const body = await renderFresh(request, target.id).catch(() => undefined)
    const at = clock.now()
    const keys = keysAt(target, at)
    if (!body || keys.length === 0) return UNSENDABLE
    const headers = { ...HEADERS, ...signatureHeaders(keys, { id: event.id, at, body }) }
    return send({ origin: target.origin, path: target.path, headers, body })
  }
}
