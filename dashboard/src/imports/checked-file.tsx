import {
  Alert,
  Button,
  Code,
  Group,
  List,
  Paper,
  Progress,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useState } from 'react'
import { Copy } from '../parts/copy.tsx'
import { useAct } from '../parts/use-act.ts'
import type { CheckedFile as Checked, CheckedHead, Columns } from './check-file.ts'
import { HeadTable } from './head-table.tsx'
import { MEMORY_BYTES, canStreamToDisk, saveSent } from './save-sent.ts'
import { sayBytes, sayCount, sayCounted } from './say-numbers.ts'
import { UnknownColumns } from './unknown-columns.tsx'
import type { UseChecked } from './use-checked.ts'

/** What the look at a file has found so far, and what it asks. */
export function CheckedFileView({ checking, say, goThrough }: UseChecked) {
  switch (checking.step) {
    case 'none':
    case 'reading':
      return null
    case 'refused':
      return (
        <Alert
          color="red"
          variant="light"
          role="alert"
          title={`${checking.file.name} can’t be sent`}
        >
          <Text size="sm">{checking.message}</Text>
        </Alert>
      )
    case 'asking':
      return (
        <Stack>
          <HeadTable head={checking.head} />
          <UnknownColumns unknown={checking.unknown} onSaid={say} />
        </Stack>
      )
    case 'large':
      return (
        <Stack>
          <HeadTable head={checking.head} />
          <Large bytes={checking.file.size} onGoThrough={goThrough} />
        </Stack>
      )
    case 'checking':
      return (
        <Stack>
          <HeadTable head={checking.head} />
          <GoingThrough file={checking.file} readBytes={checking.readBytes} />
        </Stack>
      )
    case 'checked':
      return (
        <Stack>
          <HeadTable head={checking.head} />
          <WhatIsSent
            file={checking.file}
            head={checking.head}
            columns={checking.columns}
            checked={checking.checked}
          />
        </Stack>
      )
  }
}

function Large({ bytes, onGoThrough }: { bytes: number; onGoThrough: () => void }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      title={`${sayBytes(bytes)}: the command is better at that`}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          A browser takes hours for it and must stay open. The command goes on by itself, and hashes
          on your machine as well:
        </Text>
        <Code>npx newcomer import FILE</Code>
        <Button size="xs" variant="default" onClick={onGoThrough}>
          Do it in this browser all the same
        </Button>
      </Stack>
    </Alert>
  )
}

function GoingThrough({ file, readBytes }: { file: File; readBytes: number }) {
  const percent = file.size === 0 ? 100 : (100 * readBytes) / file.size
  return (
    <Stack gap={4}>
      <Text size="sm">
        Going through the whole file, here: {sayBytes(readBytes)} of {sayBytes(file.size)}
      </Text>
      <Progress value={percent} aria-label="Read of the file" />
    </Stack>
  )
}

interface WhatIsSentProps {
  file: File
  head: CheckedHead
  columns: Columns
  checked: Checked
}

/** All that leaves the browser, and how to see that it is so. */
function WhatIsSent({ file, columns, checked }: WhatIsSentProps) {
  const { counts, bytes, sha256, atSigns } = checked
  const isClean = atSigns === 0
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Title order={2} size="h5">
          What will be sent
        </Title>
        <Group gap="lg">
          <Text fw={600}>{sayCounted(counts.rows, 'row')}</Text>
          <Text fw={600}>{sayBytes(bytes)}</Text>
          <Text fw={600} c={isClean ? 'teal' : 'orange'}>
            {isClean
              ? '0 plain addresses'
              : `${sayCounted(atSigns, 'sign')} @, in your customer ids`}
          </Text>
        </Group>
        <List size="sm" spacing={2}>
          {counts.hashed > 0 && (
            <List.Item>
              {sayCounted(counts.hashed, 'address', 'addresses')} hashed here (SHA-256), in{' '}
              {counts.columns.map((name) => `“${name}”`).join(', ')}.
            </List.Item>
          )}
          {counts.refused > 0 && (
            <List.Item>
              {sayCounted(counts.refused, 'cell')} with an @ but no address: sent as [not an
              address], and rejected.
            </List.Item>
          )}
          {counts.removed > 0 && (
            <List.Item>
              {sayCounted(counts.removed, 'address', 'addresses')} removed from other columns.
            </List.Item>
          )}
          {counts.ids > 0 && (
            <List.Item>
              {sayCount(counts.ids)} of your customer ids look like e-mail addresses. As your ids
              they are sent as they are.
            </List.Item>
          )}
        </List>
        <Group gap="xs">
          <Text size="sm">SHA-256 of it:</Text>
          <Code style={{ overflowWrap: 'anywhere' }}>{sha256}</Code>
          <Copy text={sha256} />
        </Group>
        <Download file={file} columns={columns} checked={checked} />
      </Stack>
    </Paper>
  )
}

function Download({ file, columns, checked }: Omit<WhatIsSentProps, 'head'>) {
  const { isBusy, act } = useAct()
  const [isSaved, setSaved] = useState(false)
  const isTooLarge = !canStreamToDisk() && checked.bytes > MEMORY_BYTES
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={isBusy}
        disabled={isTooLarge}
        onClick={() => {
          void act(() => saveSent({ file, columns, sha256: checked.sha256 })).then((saved) => {
            setSaved(saved === true)
          })
        }}
      >
        Download exactly this
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {isTooLarge &&
          'Too large for this browser to make a copy of. Chrome and Edge write it to the disk.'}
        {isSaved && 'Saved. Look for an @ in it, or compare its SHA-256.'}
      </Text>
    </Group>
  )
}
