import { Button, Group, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'

export interface FilterFormProps<Search extends object> {
  search: Search
  onChange: (search: Search) => void
  /** In a row on a desk. */
  columns: number
  /** The fields of what is chosen and not yet applied. */
  children: (draft: Search, set: (changes: Partial<Search>) => void) => ReactNode
}

/** What a list is narrowed to. It is applied by the button, so that typing is no search a letter. */
export function FilterForm<Search extends object>(props: FilterFormProps<Search>) {
  const { search, onChange, columns, children } = props
  const [draft, setDraft] = useState(search)
  return (
    <form
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault()
        onChange(draft)
      }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: columns }} spacing="xs">
        {children(draft, (changes) => setDraft({ ...draft, ...changes }))}
      </SimpleGrid>
      <Group mt="xs" gap="xs">
        <Button type="submit" size="xs">
          Search
        </Button>
        <Button size="xs" variant="default" onClick={() => onChange({} as Search)}>
          Clear
        </Button>
      </Group>
    </form>
  )
}
