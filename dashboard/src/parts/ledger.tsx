import type { LedgerEntry } from '@newcomer/client/browser'
import { sayInstant } from './date.ts'
import { sayMoney } from './money.ts'
import { Rows } from './rows.tsx'
import { sayEntryCause } from './say-verdict.ts'

/** Every change of an amount, the oldest first: they add up to it. */
export function Ledger({ entries, currency }: { entries: LedgerEntry[]; currency: string }) {
  return (
    <Rows
      caption="Ledger"
      rows={entries}
      keyOf={({ number }) => String(number)}
      columns={[
        { name: 'Entry', show: ({ number }) => number },
        { name: 'When', show: ({ date }) => sayInstant(date) },
        { name: 'Why', show: ({ cause }) => sayEntryCause(cause) },
        { name: 'Change', show: ({ amount }) => sayMoney(amount, currency) },
        { name: 'Amount after it', show: ({ balance }) => sayMoney(balance, currency) },
      ]}
    />
  )
}
