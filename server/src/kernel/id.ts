import { takeRandom } from './random.ts'

const PREFIXES = [
  'org',
  'key',
  'sk',
  'segment',
  'btnorder',
  'ratecard',
  'srctok',
  'tx',
  'hook',
  'attempt',
  'endpoint',
  'replay',
  'batch',
  'import',
  'req',
  'entry',
  'person',
  'session',
  'factor',
  'invitation',
  'verification',
  'look',
] as const

export type IdPrefix = (typeof PREFIXES)[number]

const ID_BYTES = 8

/** A new public id: prefix, hyphen, 16 lower-case hex digits from the system's CSPRNG. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}-${takeRandom(ID_BYTES).toString('hex')}`
}

/** What public ids with the prefix look like. */
export function idPattern(prefix: IdPrefix): RegExp {
  return new RegExp(`^${prefix}-[0-9a-f]{16}$`)
}

/** An API key: longer than an id, since knowing it is all it takes. */
export function newApiKey(): string {
  return `sk-${takeRandom(24).toString('base64url')}`
}
