import { looksLikeAddress } from '../../../../client/src/customer-file/address-text.ts'

export const REDACTED_ADDRESS = '[redacted e-mail address]'

/** A cell as it may be shown to the sender of the file. */
export function redactCell(cell: string): string {
  return looksLikeAddress(cell) ? REDACTED_ADDRESS : cell
}

/** Whether what stands for a column's name looks like somebody's data. */
export function looksLikeValue(name: string): boolean {
  return (
    looksLikeAddress(name) ||
    name.length > 64 ||
    /[0-9a-f]{16}|\d{6}|[0-9a-f]{8}-[0-9a-f]{4}/i.test(name)
  )
}

/** A column's name as it may be shown. */
export function redactName(name: string): string {
  return looksLikeValue(name) ? '[redacted]' : name
}
