import { Anchor, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { Import } from '@newcomer/client/browser'
import { useClient, useOrganization } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { saySum } from './say-import.ts'
import { sayCount, sayCounted } from './say-numbers.ts'
import { Sums } from './sums.tsx'

export interface OutcomeProps {
  its: Import
  mayImport: boolean
  onChange: (its: Import) => void
}

const TITLES: Partial<Record<Import['state'], string>> = {
  finished: 'Done',
  cancelled: 'Cancelled',
  undone: 'Taken back',
}

/** What became of the rows, those to be mended, and the way back. */
export function Outcome({ its, mayImport, onChange }: OutcomeProps) {
  const { rows, total_rows: all, restored } = its
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {TITLES[its.state] ?? its.state}
        </Title>
        <Text size="sm" role="status">
          {saySum(its)}
        </Text>
        <Sums caption="What became of the rows" counts={its} />
        <List size="sm" spacing={2}>
          {rows < all && (
            <List.Item>
              {sayCount(all - rows)} of {sayCounted(all, 'row')} were not done.
            </List.Item>
          )}
          {its.removed > 0 && (
            <List.Item>
              {sayCounted(its.removed, 'customer')} lost what earlier files gave them.
            </List.Item>
          )}
          {its.state === 'undone' && (
            <List.Item>Taken back from {sayCounted(its.undone, 'customer')}.</List.Item>
          )}
          {restored > 0 && (
            <List.Item>
              Given back to {sayCounted(restored, 'customer')} what the import had taken.
            </List.Item>
          )}
        </List>
        {its.rejected > 0 && <Rejects its={its} />}
        {mayImport && its.state !== 'undone' && rows > 0 && <Undo its={its} onChange={onChange} />}
      </Stack>
    </Paper>
  )
}

function Rejects({ its }: { its: Import }) {
  const org = useOrganization()
  // By navigation, so that a million of them go to the disk and not through the page's memory.
  const query = new URLSearchParams({ organization: org }).toString()
  return (
    <Group gap="xs">
      <Anchor
        size="sm"
        underline="always"
        href={`/v1/imports/${its.id}/rejects.csv?${query}`}
        download
      >
        Download the {sayCounted(its.rejected, 'rejected row')}
      </Anchor>
      <Text size="sm" c="dimmed">
        Each with its line and why. Mend them in that file and import it; it can be had for 30 days.
      </Text>
    </Group>
  )
}

function Undo({ its, onChange }: Pick<OutcomeProps, 'its' | 'onChange'>) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const undo = async (): Promise<void> => {
    const undoing = await act(() => client.imports.undo(its.id))
    if (undoing) onChange(undoing)
  }
  const ask = (): void => {
    modals.openConfirmModal({
      title: 'Take this import back?',
      children: <WhatUndoDoes its={its} />,
      labels: { confirm: 'Take it back', cancel: 'Leave it' },
      confirmProps: { color: 'red' },
      withCloseButton: false,
      onConfirm: () => void undo(),
    })
  }
  return (
    <Group>
      <Button variant="default" loading={isBusy} onClick={ask}>
        Undo
      </Button>
    </Group>
  )
}

function WhatUndoDoes({ its }: { its: Import }) {
  return (
    <List size="sm" spacing={4}>
      <List.Item>
        What this file gave is taken back. What calls, orders and other files gave stays; a customer
        that nobody reports any more is gone.
      </List.Item>
      <List.Item>
        Those whose segment changes by it are told to the webhooks, like any change.
      </List.Item>
      {its.removed > 0 && (
        <List.Item>
          What the replacement took from {sayCounted(its.removed, 'customer')} is given back, but
          for identifiers that a call has replaced since, and customers that were erased. After 30
          days it can’t be undone any more: send the earlier file again then.
        </List.Item>
      )}
      <List.Item>Orders that were judged meanwhile stay as they are.</List.Item>
    </List>
  )
}
