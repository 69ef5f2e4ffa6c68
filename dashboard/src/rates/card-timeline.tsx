import { Box, Text } from '@mantine/core'
import type { RateCard, RateCardVersion } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useClient, useOrganization } from '../api/organization.ts'
import { sayInstant } from '../parts/date.ts'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { sayRates } from './say-rates.ts'
import { listStays } from './stays.ts'

/** The versions of a card on an axis of time, and in a table. */
export function CardTimeline({ id }: { id: string }) {
  const org = useOrganization()
  const client = useClient()
  const { data, error, refetch } = useQuery({
    queryKey: ['rate-card', org, id],
    queryFn: () => client.rateCards.get(id),
  })
  if (error !== null) return <Failure error={error} of="The card" onRetry={() => void refetch()} />
  if (!data) return <Text size="sm">Reading its versions …</Text>
  return (
    <>
      <Bars card={data} />
      <Rows
        caption={`Versions of ${data.name}`}
        rows={data.versions.toReversed()}
        keyOf={({ version }) => String(version)}
        columns={[
          { name: 'Version', show: ({ version }) => version },
          { name: 'From', show: (each) => sayInstant(each.start_date) },
          { name: 'Until', show: (each) => sayEnd(each) },
          { name: 'Rates', show: ({ rates }) => sayRates(rates) },
        ]}
      />
    </>
  )
}

function sayEnd({ end_date: end }: RateCardVersion): string {
  return end === null ? 'the next version' : sayInstant(end)
}

// As wide as can still be seen.
const LEAST_PERCENT = 1

function Bars({ card }: { card: RateCard }) {
  const now = Date.now()
  const stays = listStays(card.versions)
  const first = Math.min(now, ...stays.map(({ from }) => from))
  const last = Math.max(now, ...stays.map(({ from, to }) => to ?? from))
  const span = Math.max(last - first, 1)
  // What has no end goes on to the right.
  const place = (at: number): number => ((at - first) / span) * 92
  return (
    <Box pos="relative" h={28} mb="xs" aria-hidden className="no-print">
      {stays.map(({ version, from, to }) => {
        const left = place(from)
        const width = Math.max((to === null ? 100 : place(to)) - left, LEAST_PERCENT)
        return (
          <Box
            key={version}
            pos="absolute"
            left={`${left}%`}
            w={`${width}%`}
            h={20}
            px={4}
            bd="1px solid var(--mantine-color-default-border)"
            bg="var(--mantine-color-blue-light)"
            style={{ overflow: 'hidden', whiteSpace: 'nowrap' }}
          >
            <Text size="xs" lh="18px">
              v{version}
            </Text>
          </Box>
        )
      })}
      <Box pos="absolute" left={`${place(now)}%`} h={28} w={2} bg="var(--mantine-color-text)" />
    </Box>
  )
}
