import { NewcomerError } from '@newcomer/client/browser'
import { recordCall } from './made-calls.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a call answers: one thing, or a page of a list. */
export interface Answer<T> {
  object?: T
  objects?: T
  meta?: { next?: string | null; previous?: string | null }
  error?: { message: string; type: string; details?: Record<string, unknown> }
}

/** Calls as the person, in no organization's name. Throws NewcomerError. */
export async function callAsPerson<T>(method: Method, path: string, body?: object): Promise<T> {
  const answer = await fetchAnswer<T>(method, path, body)
  return (answer.objects ?? answer.object ?? null) as T
}

/** The same, with what is around the thing. */
export async function fetchAnswer<T>(
  method: Method,
  path: string,
  body?: object,
): Promise<Answer<T>> {
  const text = body && JSON.stringify(body)
  recordCall({ method, path, body: text })
  let response: Response
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        'newcomer-account': '1',
        accept: 'application/json',
        ...(text !== undefined && { 'content-type': 'application/json' }),
      },
      ...(text !== undefined && { body: text }),
    })
  } catch {
    throw new NewcomerError({
      status: 0,
      type: 'NetworkError',
      message: 'The server could not be reached. Is the connection gone?',
    })
  }
  const answer = (await response.json().catch(() => ({}))) as Answer<T>
  if (!response.ok || answer.error) {
    throw new NewcomerError({
      status: response.status,
      type: answer.error?.type ?? 'UnexpectedAnswer',
      message: answer.error?.message ?? `The server answered ${response.status}.`,
      details: answer.error?.details,
      requestId: response.headers.get('x-request-id') ?? undefined,
    })
  }
  return answer
}
