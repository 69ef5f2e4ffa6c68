import { Button, Card, Group, Slider, Stack, Text } from '@mantine/core'
import type { SimulationFields } from '@newcomer/client/browser'
import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { PublisherSelect } from '../parts/publisher-select.tsx'
import { TimeInput } from '../parts/time-input.tsx'
import { CardDrawer } from './card-drawer.tsx'
import type { Edited } from './card-drawer.tsx'
import { toFields } from './draft.ts'
import type { RateDraft } from './draft.ts'
import { RateRows } from './rate-rows.tsx'
import type { WhatIfSearch } from './search.ts'
import { useCards } from './use-cards.ts'
import { Outcome } from './what-if-outcome.tsx'

const TITLE = 'What if?'
const FIRST: RateDraft[] = [
  { segment: 'new', category: '', kind: 'percent', value: '8', currency: '' },
  { segment: 'active', category: '', kind: 'percent', value: '2', currency: '' },
]

/** What the merchant's own past would have cost under other rates. */
export function WhatIfPage() {
  const isMerchant = useIsMerchant(useOrganization())
  return (
    <Need permission="commercial" title={TITLE}>
      <Page
        title={TITLE}
        about="Your past orders under other rates: what they would have cost, beside what they cost. Nothing is written; the draft is in the address, so that a link shares it."
      >
        {isMerchant ? <WhatIf /> : <Text size="sm">This page is for merchants.</Text>}
      </Page>
    </Need>
  )
}

function toSimulation(rates: RateDraft[], search: WhatIfSearch): SimulationFields {
  const { publisher, start, end } = search
  const fields = { rates: rates.map(toFields), publisher_id: publisher ?? null }
  return { ...fields, start_date: start ?? null, end_date: end ?? null }
}

/** One simulation at a time; of those that are asked for meanwhile, only the last is made. */
function useSimulation() {
  const client = useClient()
  const waiting = useRef<SimulationFields>(undefined)
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (fields: SimulationFields) => client.rateCards.simulate(fields),
    onSettled: () => {
      const next = waiting.current
      waiting.current = undefined
      if (next) mutate(next)
    },
  })
  const run = (fields: SimulationFields): void => {
    if (isPending) waiting.current = fields
    else mutate(fields)
  }
  return { run, data, error, isPending }
}

function WhatIf() {
  const org = useOrganization()
  const mayChange = useMay(org, 'commercial')
  const navigate = useNavigate()
  const search: WhatIfSearch = useSearch({ strict: false })
  const drafts = search.rates ?? FIRST
  const [edited, setEdited] = useState<Edited>()
  const { data: cards = [] } = useCards()
  const { run: simulate, data, error, isPending } = useSimulation()
  const set = (changes: WhatIfSearch) =>
    void navigate({
      to: '/o/$org/rates/what-if',
      params: { org },
      search: { ...search, rates: drafts, ...changes },
      replace: true,
      resetScroll: false,
    })
  const run = (rates = drafts) => simulate(toSimulation(rates, search))
  const inForce = cards.find(
    ({ state, publisher_id: id }) => state === 'in_force' && id === (search.publisher ?? null),
  )
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <Stack>
          <Group align="flex-end" gap="xs">
            <PublisherSelect
              label="Orders of"
              placeholder="all publishers"
              value={search.publisher}
              onChange={(publisher) => set({ publisher })}
            />
            <TimeInput label="From" value={search.start} onChange={(start) => set({ start })} />
            <TimeInput label="Until" value={search.end} onChange={(end) => set({ end })} />
          </Group>
          <RateRows drafts={drafts} onChange={(rates) => set({ rates })} />
          <Sliders drafts={drafts} onChange={(rates) => set({ rates })} onEnd={run} />
          <Group>
            <Button type="submit" loading={isPending}>
              Try it
            </Button>
            <Copy text={location.href} label="Copy the link" />
            {mayChange && (
              <Button
                variant="default"
                onClick={() =>
                  setEdited(inForce ? { card: inForce, drafts } : { card: undefined, drafts })
                }
              >
                Make it a card from …
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {error !== null && <Failure error={error} of="The sums" onRetry={() => run()} />}
      <div role="status">{data && <Outcome simulation={data} />}</div>
      <CardDrawer edited={edited} onClose={() => setEdited(undefined)} />
    </Stack>
  )
}

interface SlidersProps {
  drafts: RateDraft[]
  onChange: (drafts: RateDraft[]) => void
  /** When a slider comes to rest. */
  onEnd: (drafts: RateDraft[]) => void
}

const MOST_PERCENT = 20

/** The percentages for every category, to be drawn; the field above takes what a slider can't. */
function Sliders({ drafts, onChange, onEnd }: SlidersProps) {
  const drawn = drafts
    .map((draft, index) => ({ draft, index }))
    .filter(({ draft }) => draft.kind === 'percent' && draft.category === '')
  if (drawn.length === 0) return null
  return (
    <Card withBorder maw={520}>
      {drawn.map(({ draft, index }) => {
        const whom = draft.segment === 'default' ? 'everybody' : draft.segment
        const at = (value: number): RateDraft[] =>
          drafts.with(index, { ...draft, value: String(value) })
        return (
          <div key={index}>
            <Text size="sm">
              {whom}: {draft.value === '' ? '–' : `${draft.value} %`}
            </Text>
            <Slider
              mb="xs"
              min={0}
              max={MOST_PERCENT}
              step={0.5}
              label={null}
              thumbLabel={`Percent for ${whom}`}
              value={Math.min(Number(draft.value) || 0, MOST_PERCENT)}
              onChange={(value) => onChange(at(value))}
              onChangeEnd={(value) => onEnd(at(value))}
            />
          </div>
        )
      })}
    </Card>
  )
}
