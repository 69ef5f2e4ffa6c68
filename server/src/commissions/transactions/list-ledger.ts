import type { Db } from '../../kernel/database/database.ts'
import { DEFAULT_PAGE_SIZE, parseCursor, writeCursor } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { invalidField } from '../../kernel/problem.ts'
import { listEntries } from './ledger-store.ts'
import type { Balance } from './ledger-store.ts'
import type { PageOptions } from './list-transactions.ts'
import type { Transaction } from './transaction.ts'

/** An entry as it is told. */
export function answerEntry({ number, at, amount, balance, cause, ...paidOn }: Balance) {
  const { order_total, line_items_total } = paidOn
  return { number, date: at.toISOString(), amount, balance, cause, order_total, line_items_total }
}

/** One page of a transaction's ledger, oldest entry first. */
export async function pageLedger(
  db: Db,
  { id: transaction }: Transaction,
  { cursor, pageSize = DEFAULT_PAGE_SIZE }: PageOptions,
): Promise<Page<Balance>> {
  const bound = { transaction }
  const [direction, from] = parseCursor(cursor, bound, 2) ?? ['after', 0]
  if (typeof from !== 'number' || !Number.isInteger(from)) {
    throw invalidField('cursor', 'cursor is not one that this API gave out')
  }
  const isBackward = direction === 'before'
  const found = await listEntries(db, { transaction, from, isBackward, limit: pageSize + 1 })
  const rows = found.slice(0, pageSize)
  const hasMore = found.length > pageSize
  if (isBackward) rows.reverse()
  const [first, last] = [rows.at(0)?.number, rows.at(-1)?.number]
  const hasBefore = isBackward ? hasMore : from > 0
  const hasAfter = isBackward || hasMore
  return {
    objects: rows,
    next: hasAfter && last !== undefined ? writeCursor(['after', last], bound) : null,
    previous: hasBefore && first !== undefined ? writeCursor(['before', first], bound) : null,
  }
}
