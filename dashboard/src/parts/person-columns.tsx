import { Text } from '@mantine/core'
import type { Column } from './rows.tsx'

interface Shown {
  id: string
  name: string
  email: string
}

/** Who somebody is, in every table of people; `me` is the id of the reader. */
export function personColumns(me: string | undefined): Column<Shown>[] {
  return [
    {
      name: 'Name',
      show: ({ id, name }) => (
        <Text inherit className="breaks">
          {name}
          {id === me && ' (you)'}
        </Text>
      ),
    },
    {
      name: 'E-mail',
      show: ({ email }) => (
        <Text inherit className="breaks">
          {email}
        </Text>
      ),
    },
  ]
}
