import { Badge } from '@mantine/core'
import type { Delivery, Endpoint } from '@newcomer/client/browser'
import { STATES } from './words.ts'

/** How a delivery stands, in a word. */
export function State({ state }: Pick<Delivery, 'state'>) {
  const { label, color } = STATES.find(({ value }) => value === state) ?? {
    label: state,
    color: 'gray',
  }
  return (
    <Badge color={color} variant="light" tt="none">
      {label}
    </Badge>
  )
}

export function Status({ status }: Pick<Endpoint, 'status'>) {
  return (
    <Badge color={status === 'enabled' ? 'teal' : 'orange'} variant="light" tt="none">
      {status === 'enabled' ? 'sending' : 'paused'}
    </Badge>
  )
}
