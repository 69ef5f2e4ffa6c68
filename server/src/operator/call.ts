/** What the operator can mend: said in a sentence, without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

export interface OperatorCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  body?: Record<string, unknown>
}

export type Call = (path: string, options?: OperatorCall) => Promise<unknown>

interface Envelope {
  meta: { status: string; next?: string | null }
  object?: unknown
  objects?: unknown[]
  error?: { message: string }
}

// Also a verification of a large database answers in this time.
const TIMEOUT_MS = 600_000

/** Calls the operator's API of a running server; of a list it brings all pages. */
export function createCall(url: string, operatorKey: string): Call {
  const authorization = `Basic ${Buffer.from(`${operatorKey}:`).toString('base64')}`

  async function ask(target: string, { method = 'GET', body }: OperatorCall): Promise<Envelope> {
    const response = await fetch(target, {
      method,
      headers: {
        authorization,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new OperatorError(
        `There is no answer from ${url} (${reasonOf(error)}). Is the server running? ` +
          'Start it with npm start, or say where it is with --url.',
      )
    })
    const envelope: unknown = await response.json().catch(() => undefined)
    if (!isEnvelope(envelope)) {
      throw new OperatorError(`What answers at ${url} is not Newcomer.`)
    }
    if (response.status === 401) {
      throw new OperatorError(
        'The server refuses the operator key. Set NEWCOMER_OPERATOR_KEY, or NEWCOMER_DATA to the folder of the server.',
      )
    }
    if (envelope.error) throw new OperatorError(envelope.error.message)
    return envelope
  }

  return async (path, options = {}) => {
    const first = await ask(`${url}/operator/v1${path}`, options)
    if (!first.objects) return first.object ?? null
    const objects = [...first.objects]
    let next = first.meta.next
    while (next) {
      // The server may know itself by another name than it is called by here.
      const page = await ask(`${url}${new URL(next).pathname}${new URL(next).search}`, options)
      objects.push(...(page.objects ?? []))
      next = page.meta.next
    }
    return objects
  }
}

function isEnvelope(body: unknown): body is Envelope {
  return typeof body === 'object' && body !== null && 'meta' in body
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return 'unknown'
}
