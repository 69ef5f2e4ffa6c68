import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { operator } from '../api/operator.ts'
import { Page } from '../parts/page.tsx'
import { EntryList } from './entry-list.tsx'
import type { AnyAuditLogSearch } from './search.ts'

/** Who did what, in all organizations and as an operator. */
export function AnyAuditLogPage() {
  const search: AnyAuditLogSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { data: organizations } = useQuery({
    queryKey: ['operator', 'organizations', 'all'],
    queryFn: () => operator.organizations.listAll(),
  })
  const { data: people } = useQuery({
    queryKey: ['operator', 'people', undefined],
    queryFn: () => operator.people.list(),
  })
  const names = new Map(
    [...(organizations ?? []), ...(people ?? [])].map((its) => [its.id, its.name]),
  )
  const nameOf = (id: string | null): string => {
    if (id === null) return 'unknown'
    if (id === 'operator') return 'the operator’s key'
    if (id === 'service') return 'Newcomer itself'
    return names.get(id) ?? id
  }
  return (
    <Page
      title="Audit log"
      about="Who did what, in all organizations and as an operator, for 400 days."
    >
      <EntryList
        search={search}
        reader="operator"
        list={operator.listAuditLog}
        onGo={(next, replace) =>
          void navigate({ to: '/operator/audit-log', search: next, replace })
        }
        nameOf={nameOf}
        journalOf={({ organization_id: id }) =>
          id === null ? 'operator' : <OrganizationLink id={id} name={nameOf(id)} />
        }
      />
    </Page>
  )
}

function OrganizationLink({ id, name }: { id: string; name: string }) {
  return (
    <Anchor
      inherit
      underline="always"
      className="breaks"
      renderRoot={(props) => <Link to="/operator/organizations/$id" params={{ id }} {...props} />}
    >
      {name}
    </Anchor>
  )
}
