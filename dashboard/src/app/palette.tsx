import { Spotlight, createSpotlight } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Me } from '../api/account.ts'
import { clientOf } from '../api/organization.ts'
import { findTargets } from './find-targets.ts'

const [store, spotlight] = createSpotlight()

export interface PaletteProps {
  me: Me
  org: string | undefined
  /** How often it was asked for: each time more it opens. */
  calls: number
}

/** Goes to any page by its name, and to what has an id by that. */
export default function Palette({ me, org, calls }: PaletteProps) {
  const router = useRouter()
  const [query, setQuery] = useState('')
  useEffect(() => {
    if (calls > 0) spotlight.open()
  }, [calls])
  const { data: webhooks = [] } = useQuery({
    queryKey: ['webhooks', org],
    queryFn: async () => (await clientOf(org ?? '').webhooks.list({ page_size: 500 })).objects,
    enabled: org !== undefined && query !== '',
  })
  const targets = findTargets({ me, org, query, webhooks })
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      attributes={{ content: { 'aria-label': 'Find' } }}
    >
      <Spotlight.Search placeholder="A page, an organization or any id" aria-label="Find" />
      <Spotlight.ActionsList>
        {targets.map(({ key, label, description, href }) => (
          <Spotlight.Action
            key={key}
            label={label}
            description={description}
            onClick={() => router.history.push(`/dashboard${href}`)}
          />
        ))}
        {targets.length === 0 && <Spotlight.Empty>Nothing has that name or id.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
