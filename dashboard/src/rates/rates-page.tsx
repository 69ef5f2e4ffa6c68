import { Alert, Anchor, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { ListedRateCard } from '@newcomer/client/browser'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { usePublisherNames } from '../parts/publisher-select.tsx'
import { Word } from '../parts/word.tsx'
import { CardDrawer } from './card-drawer.tsx'
import type { Edited } from './card-drawer.tsx'
import { CardTimeline } from './card-timeline.tsx'
import { EndCard } from './end-card.tsx'
import { fromRate } from './draft.ts'
import type { RatesSearch } from './search.ts'
import { RateTester } from './rate-tester.tsx'
import { sayRates } from './say-rates.ts'
import { useCards } from './use-cards.ts'

/** Which publisher a merchant pays what, and from when. */
export function RatesPage() {
  const isMerchant = useIsMerchant(useOrganization())
  return (
    <Page
      title="Rates"
      about="What you pay publishers, by cards: one for all, and one for each publisher that you pay other rates."
    >
      {isMerchant ? (
        <Cards />
      ) : (
        <Text size="sm">Rates are merchants’: what each pays you is under Merchants.</Text>
      )}
    </Page>
  )
}

function Cards() {
  const org = useOrganization()
  const mayChange = useMay(org, 'commercial')
  const { data, error, refetch } = useCards()
  const [edited, setEdited] = useState<Edited>()
  const [ending, setEnding] = useState<ListedRateCard>()
  if (error !== null) return <Failure error={error} of="The cards" onRetry={() => void refetch()} />
  if (!data) return <Skeleton h={240} role="status" aria-label="Loading" />
  const actions = mayChange ? { onEdit: setEdited, onEnd: setEnding } : undefined
  return (
    <Stack>
      {mayChange && (
        <Group>
          <Button onClick={() => setEdited({ card: undefined })}>New card</Button>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/o/$org/rates/what-if" params={{ org }} {...props} />}
          >
            What if?
          </Button>
        </Group>
      )}
      <NoCardForAll cards={data} />
      {data.toReversed().map((card) => (
        <OneCard key={card.id} card={card} actions={actions} />
      ))}
      {data.length > 0 && <RateTester />}
      <CardDrawer edited={edited} onClose={() => setEdited(undefined)} />
      <EndCard card={ending} onClose={() => setEnding(undefined)} />
    </Stack>
  )
}

function NoCardForAll({ cards }: { cards: readonly ListedRateCard[] }) {
  if (cards.length === 0) {
    return (
      <Empty title="You have no rate card yet.">
        <Text size="sm">
          Without one, orders that publishers send are recorded and pay nothing. Once there is a
          first card, orders from before its start are refused.
        </Text>
      </Empty>
    )
  }
  if (cards.some(({ state, publisher_id: id }) => state === 'in_force' && id === null)) return null
  return (
    <Alert color="yellow" variant="light" title="No card for all is in force">
      Orders of publishers without a card of their own pay nothing now.
    </Alert>
  )
}

const STATES = { in_force: 'in force', scheduled: 'scheduled', ended: 'ended' } as const

interface OneCardProps {
  card: ListedRateCard
  actions: { onEdit: (edited: Edited) => void; onEnd: (card: ListedRateCard) => void } | undefined
}

function OneCard({ card, actions }: OneCardProps) {
  const org = useOrganization()
  const nameOf = usePublisherNames()
  const { id, name, publisher_id: publisher, state, version, rates } = card
  const { card: named }: RatesSearch = useSearch({ strict: false })
  const [isOpen, setOpen] = useState(named === id)
  return (
    <Card withBorder component="section" aria-label={name}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={2} size="h4" className="breaks">
              {name}
            </Title>
            <Word>{STATES[state]}</Word>
          </Group>
          <Text size="sm" c="dimmed">
            {publisher === null
              ? 'for all publishers that have no card of their own'
              : `for ${nameOf(publisher)} alone`}
            , version {version}
          </Text>
        </div>
        {actions && (
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Change ${name}`}
              onClick={() => actions.onEdit({ card })}
            >
              Change
            </Button>
            {state !== 'ended' && (
              <Button
                size="compact-sm"
                variant="default"
                c="red"
                aria-label={`End ${name}`}
                onClick={() => actions.onEnd(card)}
              >
                End
              </Button>
            )}
          </Group>
        )}
      </Group>
      <Text size="sm" my="xs" className="breaks">
        {sayRates(rates)}
      </Text>
      <Group gap="md">
        <Anchor
          component="button"
          type="button"
          size="sm"
          underline="always"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Hide its versions' : 'All its versions'}
        </Anchor>
        {actions && (
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props) => (
              <Link
                to="/o/$org/rates/what-if"
                params={{ org }}
                search={{ rates: rates.map(fromRate), publisher: publisher ?? undefined }}
                {...props}
              />
            )}
          >
            Try other rates in its place
          </Anchor>
        )}
      </Group>
      {isOpen && <CardTimeline id={id} />}
    </Card>
  )
}
