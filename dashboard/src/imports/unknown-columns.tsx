import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { ColumnUse } from '@newcomer/client/browser'
import type { Columns } from './check-file.ts'
import { maskName } from './mask.ts'
import type { Unknown } from './use-checked.ts'

export interface UnknownColumnsProps {
  unknown: readonly Unknown[]
  onSaid: (columns: Columns) => void
}

/** Asks what columns hold that are full of addresses or hashes, and whose names do not say it. */
export function UnknownColumns({ unknown, onSaid }: UnknownColumnsProps) {
  const [said, setSaid] = useState<Record<string, ColumnUse>>({})
  const isSaid = unknown.every(({ name }) => said[name] !== undefined)
  return (
    <Alert color="yellow" variant="light" title="What do these columns hold?">
      <Stack>
        <Text size="sm">
          Their names do not say it, and without it their customers would match nobody.
        </Text>
        {unknown.map(({ name, holds }) => {
          const what = holds === 'hashes' ? 'hashes' : 'e-mail addresses'
          return (
            <Radio.Group
              key={name}
              label={`“${maskName(name)}” is full of ${what}`}
              value={said[name] ?? null}
              onChange={(use) => setSaid({ ...said, [name]: use })}
            >
              <Stack gap="xs" mt="xs">
                <Radio
                  value="email"
                  label={
                    holds === 'hashes'
                      ? 'Hashes of the customers’ e-mails'
                      : 'The customers’ e-mails'
                  }
                />
                {holds === 'addresses' && (
                  <Radio
                    value="id"
                    label="Your customer ids, which look like addresses and are sent as they are"
                  />
                )}
                <Radio value="ignored" label="Something else: ignore the column" />
              </Stack>
            </Radio.Group>
          )
        })}
        <Group>
          <Button disabled={!isSaid} onClick={() => onSaid(said)}>
            Go on
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
