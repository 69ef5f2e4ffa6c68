import { Anchor, Skeleton, Stack, Text } from '@mantine/core'
import type { TransactionFilters, TransactionSum } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { sayInstant } from '../parts/date.ts'
import { Failure } from '../parts/failure.tsx'
import { sayMoney } from '../parts/money.ts'
import { Rows } from '../parts/rows.tsx'
import { Word } from '../parts/word.tsx'
import { SEGMENTS, STATUSES } from './search.ts'
import type { TransactionSearch } from './search.ts'

export interface SumsProps {
  filters: TransactionFilters
  /** To the list behind a sum. */
  onPick: (picked: Pick<TransactionSearch, 'status' | 'segment' | 'currency'>) => void
}

/** What all that the filter leaves adds up to, a currency at a time. */
export function Sums({ filters, onPick }: SumsProps) {
  const org = useOrganization()
  const client = useClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['transactions', org, 'sums', filters],
    queryFn: () => client.transactions.sums(filters),
    placeholderData: keepPreviousData,
  })
  if (error !== null) return <Failure error={error} of="The sums" onRetry={() => void refetch()} />
  if (!data) return <Skeleton h={80} role="status" aria-label="Adding up" />
  if (data.sums.length === 0) return null
  const { looked_from_date: from } = data
  return (
    <Stack gap="xs" role="region" aria-label="Sums">
      {[...new Set(data.sums.map(({ currency }) => currency))].map((currency) => (
        <Text key={currency} size="sm">
          {saySum(
            currency,
            data.sums.filter((sum) => sum.currency === currency),
          )}
        </Text>
      ))}
      {from !== null && (
        <Text size="sm">
          There are more than can be added up at once: these are the sums of those from{' '}
          {sayInstant(from)} on. Choose a shorter time for the others.
        </Text>
      )}
      <Rows
        caption="Sums by status and segment"
        rows={data.sums}
        keyOf={({ currency, status, segment }) => `${currency} ${status} ${segment}`}
        columns={[
          { name: 'Currency', show: ({ currency }) => currency },
          { name: 'Status', show: ({ status }) => <Word>{status}</Word> },
          {
            name: 'Paid as',
            show: ({ segment }) => (segment === null ? 'not told' : <Word>{segment}</Word>),
          },
          { name: 'Transactions', show: (sum) => <ToList sum={sum} onPick={onPick} /> },
          { name: 'Amount', show: ({ amount, currency }) => sayMoney(amount, currency) },
        ]}
      />
    </Stack>
  )
}

function saySum(currency: string, sums: TransactionSum[]): string {
  const add = (its: TransactionSum[]) => its.reduce((sum, { amount }) => sum + amount, 0)
  const count = sums.reduce((sum, { transactions }) => sum + transactions, 0)
  const parts = STATUSES.flatMap((status) => {
    const its = sums.filter((sum) => sum.status === status)
    return its.length === 0 ? [] : [`${sayMoney(add(its), currency)} ${status}`]
  })
  const what = count === 1 ? '1 transaction' : `${count.toLocaleString('en')} transactions`
  return `${what} in ${currency}: ${parts.join(', ')}.`
}

function ToList({ sum, onPick }: { sum: TransactionSum; onPick: SumsProps['onPick'] }) {
  const { transactions, status, currency } = sum
  const segment = SEGMENTS.find((each) => each === (sum.segment ?? 'none'))
  return (
    <Anchor
      component="button"
      type="button"
      inherit
      underline="always"
      aria-label={`${transactions} ${status} ${sum.segment ?? 'not told'} in ${currency}: show them`}
      onClick={() => onPick({ status, segment, currency })}
    >
      {transactions.toLocaleString('en')}
    </Anchor>
  )
}
