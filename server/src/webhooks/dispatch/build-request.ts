import { readFileSync } from 'node:fs'
import type { Clock } from '../../kernel/clock.ts'
import { newId } from '../../kernel/id.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { OwedEvent } from './claim-deliveries.ts'
import { render } from './render.ts'
import type { EventBody } from './render.ts'
import type { Send, SendResult } from '../transport/send.ts'
import { signatureHeaders } from '../transport/sign.ts'
import { keysAt } from './target.ts'
import type { Target } from './target.ts'

export interface AttemptRequest {
  /** `attempt-…` */
  id: string
  /** One, unless it is a batch. */
  events: OwedEvent[]
  target: Target | undefined
  isBatch: boolean
}

/** Makes one attempt to deliver events. Never throws: what goes wrong is a result. */
export type AttemptEvents = (request: AttemptRequest) => Promise<SendResult>

const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
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
  answer: null,
  durationMs: 0,
}

export interface AttemptEventsParts {
  directory: Pick<Directory, 'current' | 'refresh'>
  clock: Clock
  send: Send
}

/** A body, and the id that it is signed with. */
interface Message {
  id: string
  body: Buffer
}

function toMessage(body: EventBody & { events?: EventBody[] }): Message {
  return { id: body.id, body: Buffer.from(JSON.stringify(body)) }
}

export function createAttemptEvents(parts: AttemptEventsParts): AttemptEvents {
  const { directory, clock, send } = parts

  async function write(request: AttemptRequest, endpointId: string): Promise<Message | undefined> {
    const context = { requestId: request.id, endpointId }
    const events: EventBody[] = []
    for (const event of request.events) {
      const body = await render(directory, event, context)
      if (!body) return undefined
      events.push(body)
    }
    const [first] = events
    if (!first || !request.isBatch) return first && toMessage(first)
    // Next time the same events may be in other company, so a batch has no id that stays.
    const envelope = { id: newId('batch'), request_id: request.id, event_type: 'batch' }
    return toMessage({ ...envelope, events })
  }

  return async (request) => {
    const { target } = request
    if (!target) return UNSENDABLE
    const message = await write(request, target.id).catch(() => undefined)
    const at = clock.now()
    const keys = keysAt(target, at)
    if (!message || keys.length === 0) return UNSENDABLE
    const headers = { ...HEADERS, ...signatureHeaders(keys, { ...message, at }) }
    return send({ origin: target.origin, path: target.path, headers, body: message.body })
  }
}
