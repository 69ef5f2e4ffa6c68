import { Text, Tooltip } from '@mantine/core'

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const local = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** "3 minutes ago": of a time that is `seconds` from now, before it where negative. */
export function sayDistance(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1]
  return relative.format(Math.round(seconds / length), unit)
}

/** A time, as far from now as it is; the tooltip has it in the person's time zone and in UTC. */
export function When({ date }: { date: string | null }) {
  if (date === null)
    return (
      <Text span inherit>
        never
      </Text>
    )
  const seconds = (Date.parse(date) - Date.now()) / 1000
  const label = `${local.format(new Date(date))} · ${date.slice(0, 19).replace('T', ' ')} UTC`
  return (
    <Tooltip label={label}>
      <Text span inherit component="time" dateTime={date} title={label}>
        {sayDistance(seconds)}
      </Text>
    </Tooltip>
  )
}
