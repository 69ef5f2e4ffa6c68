import type { Vault } from '../../kernel/vault.ts'
import { decryptSettings } from '../endpoints/change-endpoint.ts'
import type { EndpointTarget } from '../endpoints/endpoint-store.ts'
import { toSigningKey } from '../transport/sign.ts'
import type { SigningKey } from '../transport/sign.ts'

/** An endpoint, ready to be sent to. */
export interface Target {
  id: string
  /** All that stands before the path, so that the sender can refuse a user name or password in it. */
  origin: string
  path: string
  /** A batch has at most so many bytes. */
  maxBatchBytes: number
  /** Newest first. */
  secrets: { key: SigningKey; expiresAt: Date | null }[]
}

/** Undefined for an endpoint whose blob this program cannot decrypt. */
export type TargetOf = (row: EndpointTarget) => Target | undefined

// Above this the oldest are decrypted again when needed: a bound on memory, not on endpoints.
const MAX_CACHED = 10_000

/** A cache of decrypted endpoints, by blob: an encryption never gives the same blob twice. */
export function createTargetCache(vault: Vault): TargetOf {
  const cache = new Map<number, { blob: Uint8Array; target: Target | undefined }>()
  return (row) => {
    const cached = cache.get(row.number)
    if (cached && Buffer.compare(cached.blob, row.blob) === 0) return cached.target
    const target = toTarget(vault, row)
    cache.delete(row.number)
    cache.set(row.number, { blob: row.blob, target })
    const oldest = cache.keys().next()
    if (cache.size > MAX_CACHED && !oldest.done) cache.delete(oldest.value)
    return target
  }
}

function toTarget(vault: Vault, row: EndpointTarget): Target | undefined {
  try {
    const settings = decryptSettings(vault, row)
    const url = new URL(settings.url)
    const secrets = settings.secrets.map(({ secret, expires_at }) => ({
      key: toSigningKey(secret),
      expiresAt: expires_at === null ? null : new Date(expires_at),
    }))
    const path = url.pathname + url.search
    const origin = url.href.slice(0, -(path + url.hash).length)
    return { id: row.id, origin, path, maxBatchBytes: settings.max_batch_bytes, secrets }
  } catch {
    return undefined
  }
}

/** The keys to sign with now, newest first. */
export function keysAt({ secrets }: Target, now: Date): SigningKey[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .map(({ key }) => key)
}
