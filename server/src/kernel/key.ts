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

/** The number of the organization that owns the row with this key. */
export function ownerOf(key: string): number {
  return Number.parseInt(key.slice(0, 8), 16)
}
