import { Anchor, Card, Group, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { sayInstant } from '../parts/date.ts'
import { Failure } from '../parts/failure.tsx'
import { listLastDays, numbersOfMerchant, numbersOfPublisher } from './four-numbers.ts'
import type { HomeNumber } from './four-numbers.ts'
import { Sparkline } from './sparkline.tsx'

const DAYS = 30
// Until the first count is made.
const COUNTING_MS = 3_000

/** Four numbers of the last thirty days, each with its line. */
export function Numbers() {
  const org = useOrganization()
  const client = useClient()
  const isMerchant = useIsMerchant(org)
  const { data, error, refetch } = useQuery({
    queryKey: ['reports', org, 'home', isMerchant],
    queryFn: async () => {
      const days = listLastDays(new Date(), DAYS)
      const query = { start: days[0] }
      if (isMerchant) {
        const by = 'day,segment,status'
        const commissions = await client.reports.commissions({ ...query, by })
        return { asOf: commissions.as_of_date, numbers: numbersOfMerchant(days, commissions) }
      }
      const [segments, moves, commissions] = await Promise.all([
        client.reports.segments(query),
        client.reports.moves({ ...query, by: 'day' }),
        client.reports.commissions({ ...query, by: 'day,status' }),
      ])
      const reports = [segments, moves, commissions]
      const dates = reports.flatMap(({ as_of_date: date }) => date ?? [])
      // The oldest; none while one of them was never counted.
      const asOf = dates.length < reports.length ? null : dates.reduce((a, b) => (a < b ? a : b))
      return { asOf, numbers: numbersOfPublisher(days, segments, moves, commissions) }
    },
    refetchInterval: ({ state }) => (state.data?.asOf === null ? COUNTING_MS : false),
  })
  if (error !== null) {
    return <Failure error={error} of="The numbers" onRetry={() => void refetch()} />
  }
  return (
    <section aria-label="Numbers">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {data
          ? data.numbers.map((number) => <NumberCard key={number.name} number={number} />)
          : Array.from({ length: 4 }, (_, index) => (
              <Skeleton key={index} h={128} role="status" aria-label="Loading" />
            ))}
      </SimpleGrid>
      {data && (
        <Text size="xs" c="dimmed" mt="xs">
          {data.asOf === null
            ? 'Being counted for the first time.'
            : `As of ${sayInstant(data.asOf)}.`}
        </Text>
      )}
    </section>
  )
}

function NumberCard({ number: { name, value, about, line, to } }: { number: HomeNumber }) {
  const org = useOrganization()
  return (
    <Card withBorder padding="sm">
      <Title order={3} size="h6">
        {name}
      </Title>
      <Group justify="space-between" wrap="nowrap">
        <Anchor
          size="xl"
          fw={600}
          underline="always"
          className="breaks"
          aria-label={`${name}: ${value}`}
          renderRoot={(props) => <Link to={to} params={{ org }} {...props} />}
        >
          {value}
        </Anchor>
        <Sparkline values={line} />
      </Group>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </Card>
  )
}
