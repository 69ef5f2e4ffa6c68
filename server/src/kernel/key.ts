import type { IdPrefix } from './id.ts'

/** Sixteen bytes as PostgreSQL writes a uuid; any sixteen bytes are one. */
export function toUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A key that begins with the number of the organization that owns the row. */
export function ownedKey(organization: number, seal: Buffer): string {
  const hex = seal.toString('hex', 0, 12)
  const owner = organization.toString(16).padStart(8, '0')
  return `${owner}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 12)}-${hex.slice(12)}`
}

/** The first and the last key that rows of the organization can have. */
export function keyRange(organization: number): { first: string; last: string } {
  const at = (byte: number): string => ownedKey(organization, Buffer.alloc(12, byte))
  return { first: at(0), last: at(0xff) }
}

/** The key of a row that its owner knows by this public id, of which it holds the digits. */
export function keyOfId(organization: number, id: string): string {
  return ownedKey(organization, Buffer.from(id.slice(id.indexOf('-') + 1).padStart(24, '0'), 'hex'))
}

/** The public id that the key was made with. */
export function idOfKey(prefix: IdPrefix, key: string): string {
  return `${prefix}-${key.replaceAll('-', '').slice(16)}`
}

/** The number of the organization that owns the row with this key. */
export function ownerOf(key: string): number {
  return Number.parseInt(key.slice(0, 8), 16)
}
