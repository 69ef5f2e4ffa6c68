import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '../kernel/clock.ts'
import { sameBytes } from '../kernel/vault.ts'
import type { Caller, Directory } from '../organizations/directory.ts'
import type { KeyUses } from '../organizations/key-uses.ts'
import { unauthorized } from './caller.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the request carries the operator's key. */
    isOperator: boolean
    /** Whose key it was that the request carries, where that has expired. */
    formerCaller: Caller | undefined
  }
}

/** Finds out who asks; the hash of the key where it is nobody's. */
export type Identify = (request: FastifyRequest) => string | undefined

// The user name of Basic auth, and nothing after its colon: the password is empty.
const BASIC = /^basic +([a-z0-9+/_-]+={0,2}) *$/i

function parseKeyHeader(header: string | undefined): string | undefined {
  const encoded = header === undefined ? undefined : BASIC.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const credentials = Buffer.from(encoded, 'base64').toString('utf8')
  return credentials.length > 1 && credentials.indexOf(':') === credentials.length - 1
    ? credentials.slice(0, -1)
    : undefined
}

/** Finds out who asks, before anything is known of where: the limits depend on it. Refuses nobody. */
export function createIdentify({
  directory,
  operatorKey,
  keyUses,
  clock,
}: {
  directory: Directory
  operatorKey: string
  keyUses: KeyUses
  clock: Clock
}): Identify {
  const operatorHash = Buffer.from(hash('sha256', operatorKey, 'hex'))
  const hasExpired = ({ expiresAt }: Caller): boolean =>
    expiresAt !== null && expiresAt <= clock.now()
  const isKey = (keyHash: string): boolean => {
    const caller = directory.isConfirmed() ? directory.current().callerOf(keyHash) : undefined
    return caller !== undefined && !hasExpired(caller)
  }
  return (request) => {
    const key = parseKeyHeader(request.headers.authorization)
    if (key === undefined) return undefined
    // Only hashes are looked up and compared, so the time taken tells nothing about a key.
    const keyHash = hash('sha256', key, 'hex')
    request.isOperator = sameBytes(Buffer.from(keyHash), operatorHash)
    if (request.isOperator) return undefined
    const caller = directory.current().callerOf(keyHash)
    if (!caller) return keyHash
    if (hasExpired(caller)) {
      request.formerCaller = caller
      return keyHash
    }
    request.caller = { ...caller, isKeyGone: () => !isKey(keyHash) }
    keyUses.count(caller.keyId)
    return undefined
  }
}

type Hook = (request: FastifyRequest, reply: unknown, done: (error?: Error) => void) => void

/** Lets organizations in, by their keys. */
export const requireCaller: Hook = (request, _reply, done) => {
  if (request.caller) done()
  else done(unauthorized('Invalid api_key'))
}
