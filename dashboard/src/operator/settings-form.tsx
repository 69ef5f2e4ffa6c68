import { Button, NumberInput, Select, Stack, Switch } from '@mantine/core'
import type { Organization } from '@newcomer/client/browser'
import { useState } from 'react'
import type { OrganizationSettings } from '../api/operator.ts'
import { useAct } from '../parts/use-act.ts'
import { useFaults } from '../parts/use-faults.ts'

const VERDICTS: { value: Organization['verdict_policy']; label: string }[] = [
  { value: 'network', label: 'the network says who is new' },
  { value: 'merchant', label: 'the merchant’s own word on the order does' },
  { value: 'both_must_agree', label: 'new only where both say so' },
]
const EVIDENCE: { value: Organization['evidence_policy']; label: string }[] = [
  { value: 'before_click', label: 'purchases that were known before the click' },
  { value: 'any_time', label: 'all purchases before the order' },
]
const MAX_REQUESTS = 2_147_483_647
const MAX_DAYS = 3_650

export interface SettingsFormProps {
  organization: Organization
  save: (changes: OrganizationSettings) => Promise<void>
}

/** What only the operator sets. */
export function SettingsForm({ organization, save }: SettingsFormProps) {
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [changes, setChanges] = useState<OrganizationSettings>({})
  const its = { ...organization, ...changes }
  const set = (more: OrganizationSettings) => setChanges({ ...changes, ...more })
  const send = () => act(() => placeFaults(() => save(changes)), 'It is changed.')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Stack maw={640}>
        <NumberInput
          label="Requests a minute"
          description="0: no limit"
          min={0}
          max={MAX_REQUESTS}
          allowDecimal={false}
          thousandSeparator=","
          value={its.requests_per_minute}
          error={faults['requests_per_minute']}
          onChange={(value) => set({ requests_per_minute: Number(value) })}
        />
        {organization.role === 'merchant' && (
          <MerchantSettings its={its} faults={faults} set={set} />
        )}
        <Button
          type="submit"
          loading={isBusy}
          disabled={Object.keys(changes).length === 0}
          w="fit-content"
        >
          Save the settings
        </Button>
      </Stack>
    </form>
  )
}

interface MerchantSettingsProps {
  its: Organization
  faults: Record<string, string>
  set: (changes: OrganizationSettings) => void
}

function MerchantSettings({ its, faults, set }: MerchantSettingsProps) {
  return (
    <>
      <Switch
        label="Segments are shown to publishers"
        description="Switch them on after the merchant’s history is loaded, and not before: a purchase that is missing makes its customer new."
        checked={its.customer_segments}
        error={faults['customer_segments']}
        onChange={(event) => set({ customer_segments: event.currentTarget.checked })}
      />
      <Switch
        label="The merchant answers publishers that ask"
        description="Else only operators do, under Partnerships."
        checked={its.answers_publishers}
        error={faults['answers_publishers']}
        onChange={(event) => set({ answers_publishers: event.currentTarget.checked })}
      />
      <NumberInput
        label="Days that an order stays open"
        min={0}
        max={MAX_DAYS}
        allowDecimal={false}
        value={its.finalization_days}
        error={faults['finalization_days']}
        onChange={(value) => set({ finalization_days: Number(value) })}
      />
      <Select
        label="Verdict, where the merchant says whether its customer is new"
        allowDeselect={false}
        data={VERDICTS}
        value={its.verdict_policy}
        error={faults['verdict_policy']}
        onChange={(value) => value !== null && set({ verdict_policy: value })}
      />
      <Select
        label="Evidence for an order that came from a click"
        allowDeselect={false}
        data={EVIDENCE}
        value={its.evidence_policy}
        error={faults['evidence_policy']}
        onChange={(value) => value !== null && set({ evidence_policy: value })}
      />
    </>
  )
}
