import { Alert, Button, Group, List, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { CancelButton } from './cancel-button.tsx'
import { sayStart } from './say-import.ts'
import type { HeldPreview } from './say-import.ts'
import { sayCount, sayCounted } from './say-numbers.ts'
import { startImport } from './start-import.ts'
import { Sums } from './sums.tsx'

export interface ReadyProps {
  its: Import
  mayImport: boolean
  onChange: (its: Import) => void
}

/** What starting it would do, and the button, which says it too. */
export function Ready({ its, mayImport, onChange }: ReadyProps) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [typed, setTyped] = useState('')
  const preview: HeldPreview | null = its.preview
  if (!preview) return <Text size="sm">The file was looked at.</Text>
  const confirm = preview.confirm ?? undefined
  const isConfirmed = confirm === undefined || typed.replaceAll(/\D/g, '') === String(confirm)
  const start = async (): Promise<void> => {
    const started = await act(() => startImport(client, its.id, confirm))
    // Refused: the number may be another by now.
    onChange(started ?? (await client.imports.get(its.id)))
  }
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {preview.is_exact ? 'If you start it' : 'If you start it, about'}
        </Title>
        <Sums caption="What starting it would do" counts={preview} />
        <Consequences its={its} preview={preview} />
        {mayImport && confirm !== undefined && (
          <Confirmation confirm={confirm} typed={typed} onTyped={setTyped} />
        )}
        {mayImport && (
          <Group>
            <Button
              loading={isBusy}
              disabled={!isConfirmed}
              onClick={() => void start()}
              mih={36}
              h="auto"
              py={6}
            >
              <Text inherit style={{ whiteSpace: 'normal' }}>
                {sayStart(preview)}
              </Text>
            </Button>
            <CancelButton its={its} onChange={onChange} />
          </Group>
        )}
      </Stack>
    </Paper>
  )
}

function Consequences({ its, preview }: { its: Import; preview: HeldPreview }) {
  const { segment_changes: changes, merchants } = preview
  const many = typeof changes === 'number' ? sayCounted(changes, 'change') : `${changes} changes`
  return (
    <List size="sm" spacing={2}>
      {its.mode === 'replace' && (
        <List.Item>
          {sayCounted(preview.removed, 'customer')} lose what earlier files gave them, for they are
          not in this one, or it says less of them.
        </List.Item>
      )}
      <List.Item>
        {many} of segment, anybody’s
        {merchants !== null && merchants > 0 && `, at ${sayCounted(merchants, 'merchant')}`}.
      </List.Item>
      {its.kind === 'purchasers' && (
        <List.Item>
          Whoever shares an identifier with a row is active at your shop from then on.
        </List.Item>
      )}
      {its.quiet && <List.Item>Your own webhooks are told nothing of it.</List.Item>}
    </List>
  )
}

interface ConfirmationProps {
  confirm: number
  typed: string
  onTyped: (typed: string) => void
}

/** What takes much away is not started by one more click of many. */
function Confirmation({ confirm, typed, onTyped }: ConfirmationProps) {
  return (
    <Alert
      color="red"
      variant="light"
      title={`${sayCounted(confirm, 'customer')} would lose something`}
    >
      <Stack gap="xs">
        <Text size="sm">
          That is much of what is known. Was the file cut short, or a column renamed or left empty?
          If it is meant, type the number.
        </Text>
        <TextInput
          label={`Type ${sayCount(confirm)} to start it`}
          inputMode="numeric"
          autoComplete="off"
          maw={240}
          value={typed}
          onChange={(event) => onTyped(event.currentTarget.value)}
        />
      </Stack>
    </Alert>
  )
}
