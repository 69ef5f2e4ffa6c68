import type { ColumnMeaning } from '../../../../client/src/customer-file/file-form.ts'
import type { Column } from './finding.ts'
import type { Reject, Row } from './row.ts'

/** A row that was read, and could not be written, in the columns of its file. */
export function toReject(row: Row, reason: string, columns: Column[]): Reject {
  const left = {
    emails: [...row.emails],
    advertising_ids: [...row.advertising_ids],
  }
  const hasList = columns.some(({ means }) => means === 'emails_sha256')
  const cellOf = (means: ColumnMeaning | null): string => {
    switch (means) {
      case 'user_id':
        return row.id
      case 'email_sha256':
        return (hasList ? undefined : left.emails.shift()) ?? ''
      case 'emails_sha256':
        return left.emails.splice(0).join('|')
      case 'advertising_id':
        return left.advertising_ids.shift() ?? ''
      case 'first_purchase_date':
      case 'last_purchase_date':
        return row[means] ?? ''
      case null:
        return ''
    }
  }
  return { line: row.line, reason, id: row.id, cells: columns.map(({ means }) => cellOf(means)) }
}
