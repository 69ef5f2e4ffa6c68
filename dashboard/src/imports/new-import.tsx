import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Page } from '../parts/page.tsx'
import { useAct } from '../parts/use-act.ts'
import { openImport, sendTo } from './begin-import.ts'
import { CheckedFileView } from './checked-file.tsx'
import { DropFile } from './drop-file.tsx'
import { Formats } from './formats.tsx'
import { SelfTest } from '../parts/self-test.tsx'
import { SettingsFields } from './settings.tsx'
import type { Settings } from './settings.tsx'
import { Steps } from './steps.tsx'
import { useChecked } from './use-checked.ts'
import { useIsMerchant } from '../api/use-role.ts'

export function NewImportPage() {
  const org = useOrganization()
  const mayImport = useMay(org, 'technical')
  const isMerchant = useIsMerchant(org)
  const checked = useChecked()
  const { checking } = checked
  const title =
    checking.step === 'none'
      ? 'Drop the file with your customers here'
      : `${checking.file.name}: drop another`
  return (
    <Page
      title="New import"
      about="A file of all your customers. E-mail addresses are hashed in this browser: only hashes leave it."
    >
      <Steps at="Check here" />
      {mayImport ? (
        <Stack>
          <DropFile title={title} isBusy={checking.step === 'reading'} onFile={checked.choose} />
          <CheckedFileView {...checked} />
          {checking.step === 'checked' && (
            <Send
              key={checking.checked.sha256}
              sent={{
                file: checking.file,
                columns: checking.columns,
                sha256: checking.checked.sha256,
              }}
              total={checking.checked.bytes}
              isMerchant={isMerchant}
            />
          )}
          <Formats isMerchant={isMerchant} />
          <SelfTest />
        </Stack>
      ) : (
        <Empty title="You may look at imports, and bring none in.">
          <Text size="sm">Ask an owner of the organization for the permission “technical”.</Text>
        </Empty>
      )}
    </Page>
  )
}

interface SendProps {
  sent: Parameters<typeof openImport>[1]
  total: number
  isMerchant: boolean
}

function Send({ sent, total, isMerchant }: SendProps) {
  const client = useClient()
  const org = useOrganization()
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const [settings, setSettings] = useState<Settings>({ mode: 'merge' })
  const isChosen = !isMerchant || settings.kind !== undefined
  const send = async (): Promise<void> => {
    const begun = await act(() => openImport(client, sent, settings))
    if (!begun) return
    sendTo(client, begun, sent, total)
    await navigate({ to: '/o/$org/imports/$id', params: { org, id: begun.id } })
  }
  return (
    <Paper withBorder p="md">
      <Stack>
        <SettingsFields isMerchant={isMerchant} settings={settings} onChange={setSettings} />
        <Group>
          <Button loading={isBusy} disabled={!isChosen} onClick={() => void send()}>
            Send the hashes
          </Button>
          <Text size="sm" c="dimmed">
            {isChosen
              ? 'Nothing is written yet: you see first what it would do.'
              : 'Say first whether these customers have bought.'}
          </Text>
        </Group>
      </Stack>
    </Paper>
  )
}
