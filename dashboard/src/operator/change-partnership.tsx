import { Modal, NumberInput, Radio, Stack } from '@mantine/core'
import { useState } from 'react'
import { operator, PARTNERSHIP_STATUSES } from '../api/operator.ts'
import type { PartnershipStatus } from '../api/operator.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { useAct } from '../parts/use-act.ts'
import { STATUS_LABELS } from './partnership-pairs.ts'
import type { Pair } from './partnership-pairs.ts'
import { forgetOperated } from './use-operator.ts'

const MAX_DAYS = 365
const DEFAULT_DAYS = 30

const CONSEQUENCES: Record<PartnershipStatus, string> = {
  available: 'The publisher sees no segment, rate or order of the merchant.',
  pending: 'The same, and it is seen to be asked for.',
  approved: 'The publisher sees segments and rates, and earns by its orders.',
}

export interface ChangePartnershipProps {
  /** Undefined: nothing is asked. */
  pair: Pair | undefined
  onClose: () => void
}

export function ChangePartnership({ pair, onClose }: ChangePartnershipProps) {
  return (
    <Modal
      opened={pair !== undefined}
      onClose={onClose}
      title={pair && `${pair.publisher.name} with ${pair.merchant.name}`}
    >
      {pair && <Form pair={pair} onClose={onClose} />}
    </Modal>
  )
}

function Form({ pair, onClose }: { pair: Pair; onClose: () => void }) {
  const { isBusy, act } = useAct()
  const { publisher, merchant, partnership } = pair
  const before = partnership?.status ?? 'available'
  const daysBefore = partnership?.attribution_days ?? DEFAULT_DAYS
  const [status, setStatus] = useState(before)
  const [days, setDays] = useState(daysBefore)
  const save = () =>
    act(async () => {
      await operator.partnerships.set(
        { publisher: publisher.id, merchant: merchant.id },
        { status, ...(days !== daysBefore && { attribution_days: days }) },
      )
      onClose()
      await forgetOperated('partnerships')
    }, `${publisher.name} with ${merchant.name}: ${STATUS_LABELS[status]}.`)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Stack>
        <Radio.Group label="They are" value={status} onChange={setStatus}>
          <Stack gap={6} mt={6}>
            {PARTNERSHIP_STATUSES.map((each) => (
              <Radio
                key={each}
                value={each}
                label={STATUS_LABELS[each]}
                description={CONSEQUENCES[each]}
              />
            ))}
          </Stack>
        </Radio.Group>
        <NumberInput
          label="Days for which an order comes from a click"
          min={1}
          max={MAX_DAYS}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value))}
        />
        <DialogButtons
          onLeave={onClose}
          isBusy={isBusy}
          disabled={(status === before && days === daysBefore) || days < 1}
        >
          Change it
        </DialogButtons>
      </Stack>
    </form>
  )
}
