import { createHash } from 'node:crypto'

/** The SHA-256 of an address that belongs to nobody. */
export function emailHash(name: string): string {
  return createHash('sha256').update(`${name}@shop.example`).digest('hex')
}
