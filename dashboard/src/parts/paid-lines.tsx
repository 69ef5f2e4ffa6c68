import { Rows } from './rows.tsx'
import { sayMoney } from './money.ts'

/** A line of an order, and what it pays; amounts in the currency's smallest unit. */
export interface PaidLine {
  name: string
  category: string | null
  total: number | null
  /** What of the order's total it is paid on; null where that was not kept. */
  base: number | null
  paid: number
}

export function PaidLines({ lines, currency }: { lines: PaidLine[]; currency: string }) {
  const say = (amount: number | null) => (amount === null ? '–' : sayMoney(amount, currency))
  const numbered = lines.map((line, index) => ({ ...line, index }))
  return (
    <Rows
      caption="What each line pays"
      rows={numbered}
      keyOf={({ index }) => String(index)}
      columns={[
        { name: 'Line', show: (line) => line.name },
        { name: 'Category', show: (line) => line.category ?? '–' },
        { name: 'Total', show: (line) => say(line.total) },
        { name: 'Paid on', show: (line) => say(line.base) },
        { name: 'Pays', show: (line) => say(line.paid) },
      ]}
    />
  )
}
