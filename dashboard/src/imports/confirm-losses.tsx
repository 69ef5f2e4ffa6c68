import { Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { sayCount, sayCounted } from './say-numbers.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'

export interface ConfirmLossesProps {
  /** How many customers would lose something; undefined: nothing is asked. */
  losses: number | undefined
  /** The number that was confirmed, where the server has counted another since. */
  before: number | undefined
  isBusy: boolean
  onConfirm: (losses: number) => void
  onClose: () => void
}

/** What takes much away is not started by one more click of many: the number is to be typed. */
export function ConfirmLosses({ losses, onClose, ...rest }: ConfirmLossesProps) {
  return (
    <Modal
      opened={losses !== undefined}
      onClose={onClose}
      title={losses !== undefined && `${sayCounted(losses, 'customer')} would lose something`}
    >
      {/* Another number is another question: nothing that was typed for the last one stays. */}
      {losses !== undefined && (
        <Question key={losses} losses={losses} onClose={onClose} {...rest} />
      )}
    </Modal>
  )
}

interface QuestionProps extends Omit<ConfirmLossesProps, 'losses'> {
  losses: number
}

function Question({ losses, before, isBusy, onConfirm, onClose }: QuestionProps) {
  const [typed, setTyped] = useState('')
  const isTyped = typed.replaceAll(/\D/g, '') === String(losses)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isTyped) onConfirm(losses)
      }}
    >
      <Stack gap="sm">
        {before !== undefined && before !== losses && (
          <Text size="sm" fw={600} role="status">
            It was {sayCount(before)} when you confirmed it, and is {sayCount(losses)} now.
          </Text>
        )}
        <Text size="sm">
          That is much of what is known. Was the file cut short, or a column renamed or left empty?
          Then drop the file and send the whole one. If it is meant, type the number.
        </Text>
        <TextInput
          label={`Type ${sayCount(losses)} to start it`}
          inputMode="numeric"
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <DialogButtons onLeave={onClose} isBusy={isBusy} disabled={!isTyped} isDanger>
          Replace, and take it away
        </DialogButtons>
      </Stack>
    </form>
  )
}
