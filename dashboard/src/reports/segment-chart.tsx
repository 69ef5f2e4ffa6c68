import type { SegmentReport, SegmentReportDay } from '@newcomer/client/browser'
import { Chart } from '../parts/chart.tsx'
import { sayInstant } from '../parts/date.ts'
import { Plot } from '../parts/plot.tsx'
import { Rows } from '../parts/rows.tsx'
import { listDays, sayShortDay } from './period.ts'
import type { Period } from './period.ts'
import { sayCount, sayShare } from '../parts/say-counts.ts'

export interface SegmentChartProps {
  report: SegmentReport
  period: Period
  /** `org-…`, and how it is called. */
  merchant: string
  name: string
}

interface CountedDay extends SegmentReportDay {
  active: number
  new: number
}

/** New and active customers at one merchant, a day at a time. */
export function SegmentChart({ report, period, merchant, name }: SegmentChartProps) {
  const days = report.days.flatMap((day): CountedDay[] => {
    const its = day.merchants.find((each) => each.merchant_id === merchant)
    return its ? [{ ...day, active: its.active, new: its.new }] : []
  })
  const today = report.as_of_date?.slice(0, 10)
  return (
    <Chart
      title={`Customers at ${name}`}
      sentence={saySegments(days, name)}
      table={() => <DayTable days={days} name={name} />}
      plot={() => (
        <Plot
          label={`Customers at ${name}, a day at a time`}
          isArea
          parts={[
            { name: 'active', paint: 'active' },
            { name: 'new', paint: 'new' },
          ]}
          columns={listDays(period).map((day) => {
            const its = days.find((each) => each.day === day)
            return {
              key: day,
              values: its ? [its.active, its.new] : [null, null],
              isOpen: day === today,
              text: its ? sayDay(its) : `${day}: it was not counted, or you were not told`,
            }
          })}
          ends={endsOf(period)}
          say={(value) => `${sayCount(value)} customers`}
        />
      )}
      asOf={days.at(-1)?.as_of_date}
    />
  )
}

/** For under the first and the last column. */
export function endsOf(period: Period): [string, string] {
  const days = listDays(period)
  return [sayShortDay(days[0] ?? period.start), sayShortDay(days.at(-1) ?? period.start)]
}

const sayDay = ({ day, active, new: fresh, as_of_date: at }: CountedDay): string =>
  `${day}: ${sayCount(active)} active and ${sayCount(fresh)} new, as counted at ${at.slice(11, 16)} UTC`

function saySegments(days: readonly CountedDay[], name: string): string {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return `Of ${name} nothing was counted in this time.`
  const all = last.active + last.new
  const now =
    `On ${last.day} ${sayCount(last.active)} of your ${sayCount(all)} customers (${sayShare(last.active, all)}) ` +
    `were active at ${name}, and ${sayCount(last.new)} new.`
  if (first.day === last.day) return now
  return `${now} On ${first.day} ${sayCount(first.active)} of ${sayCount(first.active + first.new)} were active.`
}

function DayTable({ days, name }: { days: readonly CountedDay[]; name: string }) {
  return (
    <Rows
      caption={`Customers at ${name}, a day at a time`}
      rows={days.toReversed()}
      keyOf={({ day }) => day}
      columns={[
        { name: 'Day', show: ({ day }) => day },
        { name: 'Active', show: ({ active }) => sayCount(active) },
        { name: 'New', show: (each) => sayCount(each.new) },
        { name: 'Share active', show: (each) => sayShare(each.active, each.active + each.new) },
        { name: 'Counted', show: ({ as_of_date: at }) => sayInstant(at) },
      ]}
    />
  )
}
