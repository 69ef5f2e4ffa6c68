import { randomBytes } from 'node:crypto'

const PREFIXES = [
  'org',
  'key',
  'sk',
  'segment',
  'btnorder',
  'hook',
  'attempt',
  'endpoint',
  'req',
] as const

export type IdPrefix = (typeof PREFIXES)[number]

const ID_BYTES = 8
// One call for many ids: a system call per id would show in the profile of a busy server.
const POOL_BYTES = ID_BYTES * 512
let pool = Buffer.alloc(0)

/** A new public id: prefix, hyphen, 16 lower-case hex digits from the system's CSPRNG. */
export function newId(prefix: IdPrefix): string {
  if (pool.length < ID_BYTES) pool = randomBytes(POOL_BYTES)
  const id = pool.toString('hex', 0, ID_BYTES)
  pool = pool.subarray(ID_BYTES)
  return `${prefix}-${id}`
}

/** An API key: longer than an id, since knowing it is all it takes. */
export function newApiKey(): string {
  return `sk-${randomBytes(24).toString('base64url')}`
}
