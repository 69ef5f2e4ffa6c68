import { Text } from '@mantine/core'
import type { Rate } from '@newcomer/client/browser'
import { sayRate } from '../parts/money.ts'
import { When } from '../parts/when.tsx'

/** Since when two organizations stand so; it was never set where there is no date. */
export function Since({ date }: { date: string | undefined }) {
  return date === undefined ? '–' : <When date={date} />
}

export function sayAttribution(days: number | undefined): string {
  if (days === undefined) return '–'
  return days === 1 ? '1 day after a click' : `${days} days after a click`
}

/** What is paid now, a rate a line. */
export function RateList({ rates }: { rates: Rate[] }) {
  if (rates.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        nothing
      </Text>
    )
  }
  return rates.map((rate) => (
    <Text key={JSON.stringify(rate)} size="sm">
      {rate.segment === 'default' ? 'everybody' : rate.segment}
      {rate.category !== null && `, ${rate.category}`}: {sayRate(rate)}
    </Text>
  ))
}
