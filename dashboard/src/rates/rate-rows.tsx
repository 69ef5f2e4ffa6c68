import { Button, Fieldset, Group, Input, Select, Stack, TextInput } from '@mantine/core'
import { NEW_DRAFT, RATE_SEGMENTS } from './draft.ts'
import type { RateDraft } from './draft.ts'

export interface RateRowsProps {
  drafts: RateDraft[]
  onChange: (drafts: RateDraft[]) => void
  /** What the API found wrong, said below the rates. */
  fault?: string | undefined
}

/** Rates to be edited: the segment and category of each, and what it pays. */
export function RateRows({ drafts, onChange, fault }: RateRowsProps) {
  return (
    <Stack gap="xs">
      {drafts.map((draft, index) => (
        // A draft has no name but its place.
        <RateRow
          key={index}
          number={index + 1}
          draft={draft}
          onChange={(next) => onChange(drafts.with(index, next))}
          onRemove={drafts.length > 1 ? () => onChange(drafts.toSpliced(index, 1)) : undefined}
        />
      ))}
      {fault !== undefined && (
        <Input.Error role="alert" size="sm">
          {fault}
        </Input.Error>
      )}
      <Group>
        <Button
          size="xs"
          variant="default"
          disabled={drafts.length >= 200}
          onClick={() => onChange([...drafts, NEW_DRAFT])}
        >
          Add a rate
        </Button>
      </Group>
    </Stack>
  )
}

interface RateRowProps {
  number: number
  draft: RateDraft
  onChange: (draft: RateDraft) => void
  onRemove: (() => void) | undefined
}

const SEGMENT_LABELS = { default: 'everybody', new: 'new', active: 'active' } as const
const KINDS = [
  { value: 'percent', label: 'percent' },
  { value: 'fixed', label: 'fixed an order' },
] as const

function RateRow({ number, draft, onChange, onRemove }: RateRowProps) {
  const set = (changes: Partial<RateDraft>) => onChange({ ...draft, ...changes })
  const isFixed = draft.kind === 'fixed'
  return (
    <Fieldset legend={`Rate ${number}`} p="xs">
      <Group gap="xs" align="flex-end">
        <Select
          label="For"
          w={120}
          allowDeselect={false}
          data={RATE_SEGMENTS.map((value) => ({ value, label: SEGMENT_LABELS[value] }))}
          value={draft.segment}
          onChange={(value) =>
            set({ segment: RATE_SEGMENTS.find((each) => each === value) ?? 'default' })
          }
        />
        <TextInput
          label="Category"
          placeholder="every"
          w={130}
          value={draft.category}
          onChange={(event) => set({ category: event.currentTarget.value })}
        />
        <Select
          label="Pays"
          w={140}
          allowDeselect={false}
          data={KINDS}
          value={draft.kind}
          onChange={(value) => set({ kind: value === 'fixed' ? 'fixed' : 'percent' })}
        />
        <TextInput
          label={isFixed ? 'Amount' : 'Percent'}
          inputMode="decimal"
          placeholder={isFixed ? '5.00' : '2.5'}
          w={90}
          value={draft.value}
          onChange={(event) => set({ value: event.currentTarget.value })}
        />
        {isFixed && (
          <TextInput
            label="Currency"
            placeholder="USD"
            w={80}
            value={draft.currency}
            onChange={(event) => set({ currency: event.currentTarget.value })}
          />
        )}
        {onRemove && (
          <Button
            size="xs"
            variant="subtle"
            c="red"
            aria-label={`Remove rate ${number}`}
            onClick={onRemove}
          >
            Remove
          </Button>
        )}
      </Group>
    </Fieldset>
  )
}
