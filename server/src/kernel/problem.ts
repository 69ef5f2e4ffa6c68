/** What the caller can fix. Anything else that is thrown is a bug, and answered as a 500. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly details: Record<string, unknown>

  constructor(
    status: number,
    type: string,
    message: string,
    details: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'Problem'
    this.status = status
    this.type = type
    this.details = details
  }
}

/** A field is wrong: 400. The message says what is wrong with it, never what it held. */
export function invalidField(field: string, message: string): Problem {
  return new Problem(400, 'InvalidField', message, { field })
}

/** Absent, or another organization's: the caller can't tell which. */
export function notFound(id: string): Problem {
  return new Problem(404, 'NotFound', `Could not find ${id}`)
}

export function conflict(message: string): Problem {
  return new Problem(409, 'Conflict', message)
}

/** The database is out of reach or more calls wait than can be answered: the same call later is safe. */
export function unavailable(message: string): Problem {
  return new Problem(503, 'Unavailable', message)
}
