import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { openImport, sendTo } from './begin-import.ts'
import { CancelButton } from './cancel-button.tsx'
import { CheckedFileView } from './checked-file.tsx'
import { DropFile } from './drop-file.tsx'
import { sayBytes, sayCounted } from './say-numbers.ts'
import { useChecked } from './use-checked.ts'
import type { Checking } from './use-checked.ts'

export interface GoOnProps {
  its: Import
  mayImport: boolean
  onChange: (its: Import) => void
}

/** An import whose file is not all there, and which this tab does not send: the same file goes on. */
export function GoOn({ its, mayImport, onChange }: GoOnProps) {
  const checked = useChecked()
  const { checking } = checked
  return (
    <Stack>
      <Paper withBorder p="md">
        <Stack gap="xs" align="flex-start">
          <Text fw={600}>
            {sayCounted(its.total_rows, 'row')} ({sayBytes(its.received_bytes)}) of the file have
            come.
          </Text>
          <Text size="sm">
            {mayImport
              ? 'It may be that another tab, or a program, sends it right now. If it was broken off: choose the same file again, and it goes on where it was.'
              : 'The rest is being sent, or waits for the person who began it.'}
          </Text>
          {mayImport && <CancelButton its={its} onChange={onChange} />}
        </Stack>
      </Paper>
      {mayImport && (
        <>
          <DropFile
            title="Drop the same file here to go on"
            isBusy={checking.step === 'reading'}
            onFile={checked.choose}
          />
          <CheckedFileView {...checked} />
          {checking.step === 'checked' && (
            <Continue
              key={checking.checked.sha256}
              its={its}
              checking={checking}
              onChange={onChange}
            />
          )}
        </>
      )}
    </Stack>
  )
}

interface ContinueProps {
  its: Import
  checking: Extract<Checking, { step: 'checked' }>
  onChange: (its: Import) => void
}

function Continue({ its, checking, onChange }: ContinueProps) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [isOther, setOther] = useState(false)
  const { file, columns, checked } = checking
  const sent = { file, columns, sha256: checked.sha256 }
  const goOn = async (): Promise<void> => {
    const { mode, kind, quiet } = its
    const settings = { mode, kind: kind ?? undefined, quiet }
    const begun = await act(() => openImport(client, sent, settings))
    if (!begun) return
    if (begun.id === its.id) {
      sendTo(client, begun, sent, checked.bytes)
      onChange(begun)
      return
    }
    setOther(true)
    // It was made by asking, and nobody is to find it among the others.
    if (begun.state === 'receiving' && begun.received_bytes === 0) {
      await act(() => client.imports.cancel(begun.id))
    }
  }
  return (
    <Group>
      <Button loading={isBusy} onClick={() => void goOn()}>
        Go on sending
      </Button>
      <Text size="sm" role="status">
        {isOther &&
          'This is not the file that was begun with, or its columns were read in another way. Choose that file, or drop this import and begin a new one.'}
      </Text>
    </Group>
  )
}
