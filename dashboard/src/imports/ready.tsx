import { Alert, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import type { Import, ImportPreview } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { CancelButton } from './cancel-button.tsx'
import { ConfirmLosses } from './confirm-losses.tsx'
import { sayStart } from './say-import.ts'
import { sayCounted } from './say-numbers.ts'
import { startImport } from './start-import.ts'
import { Sums } from './sums.tsx'

export interface ReadyProps {
  its: Import
  mayImport: boolean
  onChange: (its: Import) => void
}

interface Asked {
  losses: number
  before: number | undefined
}

/** What starting it would do, and the button, which says it too. */
export function Ready({ its, mayImport, onChange }: ReadyProps) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [asked, setAsked] = useState<Asked>()
  const { preview } = its
  if (!preview) return <Text size="sm">The file was looked at.</Text>
  const start = async (confirm?: number): Promise<void> => {
    const started = await act(() => startImport(client, its.id, confirm))
    const isAsked = started !== undefined && 'toConfirm' in started
    setAsked(isAsked ? { losses: started.toConfirm, before: confirm } : undefined)
    // Refused: what it would do, or what it is, may be something else by now.
    onChange(started && 'its' in started ? started.its : await client.imports.get(its.id))
  }
  const ask = (): void => {
    if (preview.confirm === null) void start()
    else setAsked({ losses: preview.confirm, before: undefined })
  }
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {preview.is_exact ? 'If you start it' : 'If you start it, about'}
        </Title>
        <Sums caption="What starting it would do" counts={preview} />
        <Consequences its={its} preview={preview} />
        {preview.confirm !== null && <Losses count={preview.confirm} />}
        {mayImport && (
          <Group>
            <Button loading={isBusy} onClick={ask} mih={36} h="auto" py={6}>
              <Text inherit style={{ whiteSpace: 'normal' }}>
                {sayStart(preview)}
              </Text>
            </Button>
            <CancelButton its={its} onChange={onChange} />
          </Group>
        )}
      </Stack>
      <ConfirmLosses
        losses={asked?.losses}
        before={asked?.before}
        isBusy={isBusy}
        onConfirm={(losses) => void start(losses)}
        onClose={() => setAsked(undefined)}
      />
    </Paper>
  )
}

function Consequences({ its, preview }: { its: Import; preview: ImportPreview }) {
  const { segment_changes: changes } = preview
  return (
    <List size="sm" spacing={2}>
      {its.mode === 'replace' && (
        <List.Item>
          {sayCounted(preview.removed, 'customer')} lose what earlier files gave them, for they are
          not in this one, or it says less of them.
        </List.Item>
      )}
      {changes !== null && (
        <List.Item>{sayCounted(changes, 'change')} of segment of your own customers.</List.Item>
      )}
      {its.kind === 'purchasers' && (
        <List.Item>
          Customers who share an identifier with a row are active at your shop from then on.
        </List.Item>
      )}
      {its.quiet && <List.Item>Your own webhooks are told nothing of it.</List.Item>}
    </List>
  )
}

/** Said before anything is pressed, and to those too who may not press. */
function Losses({ count }: { count: number }) {
  return (
    <Alert
      color="red"
      variant="light"
      title={`${sayCounted(count, 'customer')} would lose something`}
    >
      <Text size="sm">
        That is much of what is known. Compare the file with the last one before you start it.
      </Text>
    </Alert>
  )
}
