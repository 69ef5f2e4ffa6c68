import { Button, Group, Stack } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Choice } from '../parts/choice.tsx'
import { CurrencyInput } from '../parts/currency-input.tsx'
import { DayInput } from '../parts/day-input.tsx'
import { FilterForm } from '../parts/filter-form.tsx'
import { MerchantSelect } from '../parts/merchant-select.tsx'
import { Page } from '../parts/page.tsx'
import { PublisherSelect } from '../parts/publisher-select.tsx'
import { CommissionReport } from './commission-report.tsx'
import { GROUPINGS, PAID_SEGMENTS, STATUSES } from './search.ts'
import type { CommissionSearch, Grouping } from './search.ts'

/** What a publisher is owed or a merchant owes, told apart and compared with another time. */
export function ReportsPage() {
  const org = useOrganization()
  const isMerchant = useIsMerchant(org)
  const navigate = useNavigate()
  const search: CommissionSearch = useSearch({ strict: false })
  return (
    <Page
      title="Reports"
      about={
        isMerchant
          ? 'What you owe publishers, by the day on which each transaction was made, as it stands now.'
          : 'What merchants owe you, by the day on which each transaction was made, as it stands now.'
      }
    >
      <Stack>
        <Presets search={search} isMerchant={isMerchant} />
        <Filters
          key={JSON.stringify(search)}
          search={search}
          isMerchant={isMerchant}
          onChange={(next) =>
            void navigate({
              to: '/o/$org/reports',
              params: { org },
              search: { by: search.by, ...next },
              replace: true,
            })
          }
        />
        <CommissionReport search={search} isMerchant={isMerchant} />
      </Stack>
    </Page>
  )
}

interface ViewProps {
  search: CommissionSearch
  isMerchant: boolean
}

export function sayGrouping(by: Grouping, isMerchant: boolean): string {
  if (by === 'partner') return isMerchant ? 'publisher' : 'merchant'
  return by
}

/** What it is told apart by: each an address of its own. */
function Presets({ search, isMerchant }: ViewProps) {
  const org = useOrganization()
  const { by: chosen = 'day' } = search
  return (
    <Group component="nav" gap="xs" aria-label="Told apart by" className="no-print">
      {GROUPINGS.map((by) => (
        <Button
          key={by}
          size="xs"
          variant={by === chosen ? 'filled' : 'default'}
          renderRoot={(props) => (
            <Link
              to="/o/$org/reports"
              params={{ org }}
              search={{ ...search, by }}
              {...(by === chosen && { 'aria-current': 'page' as const })}
              {...props}
            />
          )}
        >
          By {sayGrouping(by, isMerchant)}
        </Button>
      ))}
    </Group>
  )
}

interface FiltersProps extends ViewProps {
  onChange: (search: CommissionSearch) => void
}

function Filters({ search, isMerchant, onChange }: FiltersProps) {
  return (
    <FilterForm search={search} onChange={onChange} columns={4}>
      {(draft, set) => (
        <>
          <DayInput label="From" value={draft.from} onChange={(from) => set({ from })} />
          <DayInput label="Until" value={draft.to} onChange={(to) => set({ to })} />
          <Choice
            label="Compared with"
            options={[
              { value: 'before', label: 'as many days before' },
              { value: 'other', label: 'another time' },
              { value: 'none', label: 'nothing' },
            ]}
            value={draft.compare ?? 'before'}
            onChange={(compare) => set({ compare })}
          />
          {draft.compare === 'other' && (
            <DayInput
              label="The other time begins"
              value={draft.other}
              onChange={(other) => set({ other })}
            />
          )}
          {isMerchant ? (
            <PublisherSelect value={draft.partner} onChange={(partner) => set({ partner })} />
          ) : (
            <MerchantSelect value={draft.partner} onChange={(partner) => set({ partner })} />
          )}
          <Choice
            label="Paid as"
            options={PAID_SEGMENTS.map((value) => ({
              value,
              label: value === 'none' ? 'not told' : value,
            }))}
            value={draft.segment}
            onChange={(segment) => set({ segment })}
          />
          <Choice
            label="Status"
            options={STATUSES}
            value={draft.status}
            onChange={(status) => set({ status })}
          />
          <CurrencyInput value={draft.currency} onChange={(currency) => set({ currency })} />
        </>
      )}
    </FilterForm>
  )
}
