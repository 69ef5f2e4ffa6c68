import { Code, Text } from '@mantine/core'
import type { ApiKey } from '@newcomer/client/browser'
import type { Column } from './rows.tsx'
import { When } from './when.tsx'

/** The columns that every list of keys has. */
export const KEY_COLUMNS: Column<ApiKey>[] = [
  {
    name: 'Name',
    show: ({ name }) => (
      <Text inherit className="breaks">
        {name}
      </Text>
    ),
  },
  {
    name: 'Ends with',
    show: ({ last_four: end }) => (end === null ? 'not kept' : <Code>…{end}</Code>),
  },
]

/** Whether anybody still uses it. */
export const KEY_USE: Column<ApiKey> = {
  name: 'Last used',
  show: (each) => <When date={each.last_used_date} />,
}

/** When it ends, and whether its place is taken already. */
export const KEY_END: Column<ApiKey> = {
  name: 'Expires',
  show: ({ expires_date: date, replaced_by: other }) => (
    <>
      <When date={date} />
      {other !== null && (
        <Text size="xs" c="dimmed">
          another has taken its place
        </Text>
      )}
    </>
  ),
}
