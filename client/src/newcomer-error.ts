/** What an error is made of. */
export interface NewcomerErrorParts {
  status: number
  type: string
  message: string
  details?: Record<string, unknown> | undefined
  requestId?: string | undefined
}

/**
 * Any call that did not succeed. One class, because what to do is decided by `status` and `type`.
 *
 * - `status`: the HTTP status code; 0 when there was no answer at all
 * - `type`: a stable slug of the server (`InvalidField`, `NotFound`, `Conflict`, …), or one of this
 *   library's own: `NetworkError` and `Timeout` (status 0), `UnexpectedAnswer` (what answered does
 *   not speak this API: usually a proxy)
 * - `details`: what the server says besides, such as `{ field }`; `{ code }` (`ECONNREFUSED`, …) for
 *   a `NetworkError`; otherwise empty
 * - `requestId`: the answer's `X-Request-Id`, undefined when it had none
 *
 * Neither the request nor the cause is kept: both may carry the API key, and errors get logged.
 */
export class NewcomerError extends Error {
  readonly status: number
  readonly type: string
  readonly details: Record<string, unknown>
  readonly requestId: string | undefined

  constructor({ status, type, message, details = {}, requestId }: NewcomerErrorParts) {
    super(message)
    this.status = status
    this.type = type
    this.details = details
    this.requestId = requestId
  }

  // On the prototype, so that it names the error in a log and does not clutter its inspection.
  static {
    this.prototype.name = 'NewcomerError'
  }
}
