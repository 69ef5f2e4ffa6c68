import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import type { Told } from './use-told.ts'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** How soon each was told of an event, in milliseconds, and the way to what was sent. */
export function Stopwatch({ event, told }: { event: string; told: readonly Told[] }) {
  const org = useOrganization()
  return told.map(({ webhook, name, ms }) => (
    <Text key={webhook ?? name} span size="sm" className="told">
      {ms === undefined ? 'on its way to' : `${whole.format(ms)} ms until it was told to`}{' '}
      {webhook === undefined ? (
        name
      ) : (
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => (
            <Link
              to="/o/$org/webhooks/$webhook/deliveries/$event"
              params={{ org, webhook, event }}
              {...props}
            />
          )}
        >
          {name}
        </Anchor>
      )}
    </Text>
  ))
}
