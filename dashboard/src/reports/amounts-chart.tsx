import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'
import { Chart } from '../parts/chart.tsx'
import { sayMoney } from '../parts/money.ts'
import { Plot } from '../parts/plot.tsx'
import { Rows } from '../parts/rows.tsx'
import type { CommissionRow, CurrencyRows } from './group-commissions.ts'
import { addDays, sayPeriod, sayShortDay } from './period.ts'
import type { Period } from './period.ts'
import { sayChange, sayCounted } from '../parts/say-counts.ts'
import { PAID_SEGMENTS, STATUSES } from './search.ts'
import type { CommissionSearch, Grouping } from './search.ts'

export interface AmountsView {
  by: Grouping
  search: CommissionSearch
  period: Period
  other: Period | undefined
  isMerchant: boolean
  asOf: string | null
}

export interface AmountsChartProps {
  group: CurrencyRows
  view: AmountsView
}

/** What is owed in one currency: bars by status, and the other time as a line. */
export function AmountsChart({ group, view }: AmountsChartProps) {
  const { currency, rows } = group
  const { by, other } = view
  const say = (amount: number) => sayMoney(amount, currency)
  const today = view.asOf?.slice(0, 10)
  const ends = [rows[0], rows.at(-1)].map((row) => nameEnd(row, by))
  return (
    <Chart
      title={`Commissions in ${currency}`}
      sentence={sayAmounts(group, view)}
      table={() => <AmountTable group={group} view={view} />}
      plot={() => (
        <Plot
          label={`Commissions in ${currency}`}
          parts={STATUSES.toReversed().map((status) => ({ name: status, paint: status }))}
          columns={rows.map((row) => ({
            key: row.key,
            values: STATUSES.toReversed().map((status) => row.byStatus[status]),
            line: row.before,
            isOpen: by === 'day' && row.key === today,
            text: sayRow(row, say),
          }))}
          ends={[ends[0] ?? '', rows.length > 1 ? (ends[1] ?? '') : '']}
          {...(other && { line: `in all, ${sayPeriod(other)}` })}
          say={say}
        />
      )}
      asOf={view.asOf}
    />
  )
}

function nameEnd(row: CommissionRow | undefined, by: Grouping): string {
  if (!row) return ''
  return by === 'day' ? sayShortDay(row.key) : row.name
}

function sayRow(row: CommissionRow, say: (amount: number) => string): string {
  const parts = STATUSES.flatMap((status) =>
    row.byStatus[status] === 0 ? [] : [`${say(row.byStatus[status])} ${status}`],
  )
  const what = row.transactions === 0 ? 'nothing' : parts.join(', ') || say(0)
  const before = row.before === undefined ? '' : `; ${say(row.before)} in the other time`
  return `${row.name}: ${what}${before}`
}

function sayAmounts({ currency, rows, amount, before }: CurrencyRows, view: AmountsView): string {
  const say = (minor: number) => sayMoney(minor, currency)
  const owed = `${say(amount)} ${view.isMerchant ? 'that you owe' : 'owed to you'}`
  const parts = STATUSES.flatMap((status) => {
    const sum = rows.reduce((all, row) => all + row.byStatus[status], 0)
    return sum === 0 ? [] : [`${say(sum)} ${status}`]
  })
  const of = parts.length === 0 ? '' : `: ${parts.join(', ')}`
  const compared =
    view.other && before !== undefined
      ? ` ${sayPeriod(view.other)} it was ${say(before)}: ${sayChange(amount, before)}.`
      : ''
  return `${sayPeriod(view.period)}: ${owed}${of}.${compared}`
}

const COLUMN: Record<Grouping, (isMerchant: boolean) => string> = {
  day: () => 'Day',
  partner: (isMerchant) => (isMerchant ? 'Publisher' : 'Merchant'),
  segment: () => 'Paid as',
  status: () => 'Status',
  category: () => 'Category',
}

function AmountTable({ group, view }: AmountsChartProps) {
  const { currency } = group
  const say = (amount: number) => sayMoney(amount, currency)
  const rows = group.rows.filter((row) => row.transactions > 0 || (row.before ?? 0) !== 0)
  return (
    <Rows
      caption={`Commissions in ${currency}`}
      rows={view.by === 'day' ? rows.toReversed() : rows}
      keyOf={({ key }) => key}
      columns={[
        { name: COLUMN[view.by](view.isMerchant), show: ({ name }) => name },
        {
          name: 'Transactions',
          show: (row) => <ToList row={row} view={view} currency={currency} />,
        },
        { name: 'Paid on', show: (row) => say(row.orderTotal) },
        { name: 'Amount', show: (row) => say(row.amount) },
        ...(view.other
          ? [
              { name: 'The other time', show: (row: CommissionRow) => say(row.before ?? 0) },
              {
                name: 'Change',
                show: (row: CommissionRow) => sayChange(row.amount, row.before ?? 0),
              },
            ]
          : []),
      ]}
    />
  )
}

interface ToListProps {
  row: CommissionRow
  view: AmountsView
  currency: string
}

/** To the transactions behind a number. No list is narrowed to a category. */
function ToList({ row, view, currency }: ToListProps) {
  const org = useOrganization()
  const mayList = useMayRead(org, 'customers')
  const search = listOf(row, view, currency)
  const text = row.transactions.toLocaleString('en')
  if (!mayList || search === undefined || row.transactions === 0) return text
  return (
    <Anchor
      inherit
      underline="always"
      aria-label={`${sayCounted(row.transactions, 'transaction')} in ${currency}, ${row.name}: show the list`}
      renderRoot={(props) => (
        <Link to="/o/$org/transactions" params={{ org }} search={search} {...props} />
      )}
    >
      {text}
    </Anchor>
  )
}

/** What the list of transactions is narrowed to; undefined where it cannot be. */
function listOf(row: CommissionRow, view: AmountsView, currency: string) {
  const { by, search, period, isMerchant } = view
  const segment = by === 'segment' ? PAID_SEGMENTS.find((each) => each === row.key) : search.segment
  if (by === 'category') return undefined
  const days = by === 'day' ? { start: row.key, end: addDays(row.key, 1) } : period
  return {
    start: `${days.start}T00:00:00.000Z`,
    end: `${days.end}T00:00:00.000Z`,
    [isMerchant ? 'publisher' : 'merchant']: by === 'partner' ? row.key : search.partner,
    segment,
    currency,
    status: by === 'status' ? STATUSES.find((each) => each === row.key) : search.status,
  }
}
