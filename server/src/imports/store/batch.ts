import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Vault } from '../../kernel/vault.ts'
import type { Reject, Row } from '../csv/row.ts'

/** A batch: as many rows as go into the database in one tx. */
export interface Batch {
  rows: Row[]
  /**
   * Keys of customers whose rows were rejected. A key, because what stands where the id belongs in such a
   * row may be an address.
   */
  named: string[]
}

/** What is stored of a batch: compressed, then encrypted. */
export interface PackedBatch {
  number: number
  /** All of them, the rejected ones among them. */
  rows: number
  rejected: number
  blob: Uint8Array
  /** Null where nothing was rejected. */
  rejects: Uint8Array | null
}

/** A row as it is stored; short, since there are millions. */
type StoredRow = [
  line: number,
  id: string,
  emails: string[],
  advertisingIds: string[],
  first?: string | null,
  last?: string | null,
]

export function packBatch(
  vault: Vault,
  key: string,
  number: number,
  { rows, rejects, named }: { rows: Row[]; rejects: Reject[]; named: string[] },
): PackedBatch {
  const stored = rows.map((row): StoredRow => {
    const head = [row.line, row.id, row.emails, row.advertising_ids] as const
    if (row.first_purchase_date === null && row.last_purchase_date === null) return [...head]
    return [...head, row.first_purchase_date, row.last_purchase_date]
  })
  return {
    number,
    rows: rows.length + rejects.length,
    rejected: rejects.length,
    blob: pack(vault, associatedData(key, number), [stored, named]),
    rejects: rejects.length > 0 ? packRejects(vault, key, { number, step: 0 }, rejects) : null,
  }
}

export function unpackBatch(vault: Vault, key: string, number: number, blob: Uint8Array): Batch {
  const [stored, named] = unpack<[StoredRow[], string[]]>(vault, associatedData(key, number), blob)
  const rows = stored.map(
    ([line, id, emails, advertising_ids, first = null, last = null]): Row => ({
      line,
      id,
      emails,
      advertising_ids,
      first_purchase_date: first,
      last_purchase_date: last,
    }),
  )
  return { rows, named }
}

/** As when the table had this name: what it binds is in databases that are in use. */
function associatedData(key: string, number: number): string {
  return `import_parts/${key}/${number}`
}

/** Its cells are redacted, and its id is among them. */
type StoredReject = [line: number, reason: string, cells: string[]]

/** At which step rows were rejected: when the file was read, or when the batch was written. */
export type RejectStep = 0 | 1

export function packRejects(
  vault: Vault,
  key: string,
  { number, step }: { number: number; step: RejectStep },
  rejects: Reject[],
): Buffer {
  const stored = rejects.map(({ line, reason, cells }): StoredReject => [line, reason, cells])
  return pack(vault, `import_rejects/${key}/${number}/${step}`, stored)
}

export function unpackRejects(
  vault: Vault,
  key: string,
  { number, step, blob }: { number: number; step: RejectStep; blob: Uint8Array },
): Reject[] {
  const stored = unpack<StoredReject[]>(vault, `import_rejects/${key}/${number}/${step}`, blob)
  return stored.map(([line, reason, cells]) => ({ line, reason, id: null, cells }))
}

function pack(vault: Vault, row: string, value: unknown): Buffer {
  return vault.encryptBytes(row, zstdCompressSync(Buffer.from(JSON.stringify(value))))
}

function unpack<T>(vault: Vault, row: string, blob: Uint8Array): T {
  return JSON.parse(zstdDecompressSync(vault.decryptBytes(row, blob)).toString('utf8')) as T
}
