import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { Organization } from '@newcomer/client/browser'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { ChangePartnership } from './change-partnership.tsx'
import { PartnershipList } from './partnership-list.tsx'
import { PartnershipMatrix } from './partnership-matrix.tsx'
import { PartnershipRequests } from './partnership-requests.tsx'
import { createFindPartnership } from './partnership-pairs.ts'
import type { Pair } from './partnership-pairs.ts'
import { matchPage } from './search.ts'
import type { PartnershipSearch } from './search.ts'
import { useOrganizations, usePartnerships } from './use-operator.ts'

// What fits beside each other, and what somebody reads at once.
const COLUMNS = 6
const ROWS = 25

/** Which publisher works with which merchant. */
export function PartnershipsPage() {
  const organizations = useOrganizations()
  const partnerships = usePartnerships()
  const error = organizations.error ?? partnerships.error
  const retry = () => {
    void organizations.refetch()
    void partnerships.refetch()
  }
  const isThere = organizations.data !== undefined && partnerships.data !== undefined
  return (
    <Page
      title="Partnerships"
      about="Until a partnership is approved, the publisher sees no segment, rate or order of the merchant. A change holds at once."
    >
      {error !== null && <Failure error={error} of="The partnerships" onRetry={retry} />}
      {!isThere && error === null && <Skeleton h={240} role="status" aria-label="Loading" />}
      {organizations.data && partnerships.data && (
        <Stack>
          <PartnershipRequests
            organizations={organizations.data}
            partnerships={partnerships.data}
          />
          <Pairs
            organizations={organizations.data}
            find={createFindPartnership(partnerships.data)}
          />
        </Stack>
      )}
    </Page>
  )
}

interface PairsProps {
  organizations: Organization[]
  find: ReturnType<typeof createFindPartnership>
}

function Pairs({ organizations, find }: PairsProps) {
  const search: PartnershipSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<Pair>()
  const isWide = useMediaQuery('(min-width: 48em)', true, { getInitialValueInEffect: false })
  const set = (changes: PartnershipSearch) =>
    void navigate({
      to: '/operator/partnerships',
      search: { ...search, ...changes },
      replace: true,
    })
  const ofRole = (role: Organization['role']) => organizations.filter((each) => each.role === role)
  const publishers = matchPage(ofRole('publisher'), search.publisher, search.row, ROWS)
  const merchants = matchPage(ofRole('merchant'), search.merchant, search.column, COLUMNS)
  if (ofRole('publisher').length === 0 || ofRole('merchant').length === 0) {
    return (
      <Empty title="A partnership is between a publisher and a merchant.">
        <Text size="sm">Create one of each first, under Organizations.</Text>
      </Empty>
    )
  }
  const pairs = {
    publishers: publishers.shown,
    merchants: merchants.shown,
    ...{ find, onChoose: setChosen },
  }
  return (
    <Stack>
      <Group grow preventGrowOverflow={false} maw={640}>
        <Narrow
          label="Publishers"
          value={search.publisher}
          onChange={(publisher) => set({ publisher, row: undefined })}
        />
        <Narrow
          label="Merchants"
          value={search.merchant}
          onChange={(merchant) => set({ merchant, column: undefined })}
        />
      </Group>
      {publishers.shown.length === 0 || merchants.shown.length === 0 ? (
        <Empty title="Nothing matches.">
          <Text size="sm">Take letters away from the names above.</Text>
        </Empty>
      ) : isWide ? (
        <PartnershipMatrix {...pairs} />
      ) : (
        <PartnershipList {...pairs} />
      )}
      <Steps name="merchants" {...merchants} onGo={(column) => set({ column })} />
      <Steps name="publishers" {...publishers} onGo={(row) => set({ row })} />
      <ChangePartnership pair={chosen} onClose={() => setChosen(undefined)} />
    </Stack>
  )
}

interface NarrowProps {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}

function Narrow({ label, value, onChange }: NarrowProps) {
  return (
    <TextInput
      label={label}
      placeholder="a part of the name"
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  )
}

interface StepsProps {
  name: string
  from: number
  shown: Organization[]
  count: number
  size: number
  onGo: (from: number | undefined) => void
}

/** The way through more than is shown at once. */
function Steps({ name, from, shown, count, size, onGo }: StepsProps) {
  if (count <= size) return null
  return (
    <Group gap="xs">
      <Text size="sm" role="status">
        {from + 1} to {from + shown.length} of {count} {name}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        disabled={from === 0}
        aria-label={`Earlier ${name}`}
        onClick={() => onGo(from - size || undefined)}
      >
        Earlier
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={from + size >= count}
        aria-label={`Further ${name}`}
        onClick={() => onGo(from + size)}
      >
        Further
      </Button>
    </Group>
  )
}
