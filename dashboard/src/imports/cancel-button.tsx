import { Button, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Import } from '@newcomer/client/browser'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { forgetUpload } from './uploads.ts'

export interface CancelButtonProps {
  its: Import
  onChange: (its: Import) => void
}

/** Asks before; what was written stays. */
export function CancelButton({ its, onChange }: CancelButtonProps) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const isStarted = its.started_date !== null
  const cancel = async (): Promise<void> => {
    forgetUpload(its.id)
    const cancelled = await act(() => client.imports.cancel(its.id))
    if (cancelled) onChange(cancelled)
  }
  const ask = (): void => {
    modals.openConfirmModal({
      title: isStarted ? 'Stop this import?' : 'Drop this file?',
      children: (
        <Text size="sm">
          {isStarted
            ? 'What is written stays, and can be undone afterwards. It can’t be gone on with.'
            : 'Nothing of it was written. To bring it in later, send it again.'}
        </Text>
      ),
      labels: { confirm: isStarted ? 'Stop it' : 'Drop it', cancel: 'Go on' },
      confirmProps: { color: 'red' },
      withCloseButton: false,
      onConfirm: () => void cancel(),
    })
  }
  return (
    <Button variant="default" loading={isBusy} onClick={ask}>
      {isStarted ? 'Stop the import' : 'Drop the file'}
    </Button>
  )
}
