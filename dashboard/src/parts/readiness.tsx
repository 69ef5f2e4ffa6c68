import { Card, List, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { Readiness } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { Facts } from './facts.tsx'
import { Failure } from './failure.tsx'
import { When } from './when.tsx'

export interface ReadinessCardProps {
  /** Whose it is, and who asks: what tells the query from others. */
  queryKey: readonly unknown[]
  read: () => Promise<Readiness>
}

const say = (count: number): string => count.toLocaleString('en')

/** Whether a merchant's segments would tell the truth, and what is missing for it. */
export function ReadinessCard({ queryKey, read }: ReadinessCardProps) {
  const { data, error, refetch } = useQuery({ queryKey, queryFn: read })
  return (
    <Card withBorder component="section" aria-label="Readiness">
      <Title order={2} size="h4" mb="xs">
        Ready for segments?
      </Title>
      {error !== null && (
        <Failure error={error} of="The readiness" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={160} role="status" aria-label="Loading" />}
      {data && <Found readiness={data} />}
    </Card>
  )
}

function Found({ readiness }: { readiness: Readiness }) {
  const { missing, history_rows: rows, order_days: days, last_orders: orders } = readiness
  return (
    <Stack gap="xs">
      {missing.length === 0 ? (
        <Text size="sm">Nothing is missing: segments would tell the truth.</Text>
      ) : (
        <>
          <Text size="sm">Before segments are switched on:</Text>
          <List size="sm">
            {missing.map(({ code, message }) => (
              <List.Item key={code}>{message}</List.Item>
            ))}
          </List>
        </>
      )}
      <Facts
        facts={[
          ['Rows of history', say(rows)],
          [
            'Days without a gap',
            `${days.without_gap} up to yesterday; orders on ${days.with_orders} of ${days.looked_at}`,
          ],
          ['Last orders', say(orders.looked_at)],
          ['… of guests', say(orders.guests)],
          ['… of nobody known', say(orders.unidentified)],
          ['Conflicts', `${say(orders.conflicts)} of ${say(orders.claimed)} that say who is new`],
        ]}
      />
      <Text size="xs" c="dimmed" component="div">
        As of <When date={readiness.as_of_date} />
      </Text>
    </Stack>
  )
}
