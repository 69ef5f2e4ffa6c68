import { readFileSync } from 'node:fs'
import type { Clock } from '../../kernel/clock.ts'
import { newId } from '../../kernel/id.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { PendingEvent } from './claim-deliveries.ts'
import { render } from './render.ts'
import type { EventBody } from './render.ts'
import type { OutgoingRequest, Send, SendResult } from '../transport/send.ts'
import { signatureHeaders } from '../transport/sign.ts'
import type { Signable, SigningKey } from '../transport/sign.ts'
import { keysAt } from './target.ts'
import type { Target } from './target.ts'

/** Events that are to go to an endpoint in one request. */
export interface EventRequest {
  /** `attempt-…` */
  id: string
  /** One, unless it is a batch. */
  events: PendingEvent[]
  target: Target | undefined
  isBatch: boolean
}

const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
) as { version: string }

const HEADERS = {
  'content-type': 'application/json',
  'user-agent': `Newcomer-Webhooks/${version}`,
}

// Our own fault, such as a blob that cannot be decrypted: retried like any other, since it may be mended.
const UNSENDABLE: SendResult = {
  status: null,
  error: 'unsendable',
  retryAfter: null,
  answer: null,
  durationMs: 0,
}

export interface BuildParts {
  directory: Pick<Directory, 'current' | 'refresh'>
  clock: Clock
}

/**
 * Builds the HTTP request that carries events, rendered and signed. Undefined when one of them cannot be
 * rendered, or no secret of the endpoint is valid.
 */
export async function buildRequest(
  { directory, clock }: BuildParts,
  request: EventRequest,
): Promise<OutgoingRequest | undefined> {
  const { target } = request
  if (!target) return undefined
  const message = await renderMessage(directory, request, target.id)
  const at = clock.now()
  const keys = keysAt(target, at)
  if (!message || keys.length === 0) return undefined
  return signRequest(target, keys, { ...message, at })
}

/** A request that carries a body to a target, signed with these keys, newest first and at least one. */
export function signRequest(
  { origin, path }: Pick<Target, 'origin' | 'path'>,
  keys: readonly SigningKey[],
  signable: Signable,
): OutgoingRequest {
  const headers = { ...HEADERS, ...signatureHeaders(keys, signable) }
  return { origin, path, headers, body: signable.body }
}

/** A body, and the id that it is signed with. */
interface Message {
  id: string
  body: Buffer
}

async function renderMessage(
  directory: BuildParts['directory'],
  request: EventRequest,
  endpointId: string,
): Promise<Message | undefined> {
  const context = { requestId: request.id, endpointId }
  const events: EventBody[] = []
  for (const event of request.events) {
    const body = await render(directory, event, context)
    if (!body) return undefined
    events.push(body)
  }
  const [first] = events
  if (!first || !request.isBatch) return first && toMessage(first)
  // The next attempt may batch the same events with others, so a batch has no id that stays.
  const envelope = { id: newId('batch'), request_id: request.id, event_type: 'batch' }
  return toMessage({ ...envelope, events })
}

function toMessage(body: EventBody & { events?: EventBody[] }): Message {
  return { id: body.id, body: Buffer.from(JSON.stringify(body)) }
}

/** Sends events in one request. Never throws: what goes wrong is a result. */
export type SendEvents = (request: EventRequest) => Promise<SendResult>

export function createSendEvents({ send, ...parts }: BuildParts & { send: Send }): SendEvents {
  return async (request) => {
    const built = await buildRequest(parts, request).catch(() => undefined)
    return built ? send(built) : UNSENDABLE
  }
}
