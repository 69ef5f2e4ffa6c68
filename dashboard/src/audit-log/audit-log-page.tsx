import { Button, Text } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { useMay, useMayRead } from '../api/use-me.ts'
import { offerFile } from '../parts/offer-file.ts'
import { Page } from '../parts/page.tsx'
import { useAct } from '../parts/use-act.ts'
import { EntryList } from './entry-list.tsx'
import { toFilters } from './search.ts'
import type { AuditLogSearch } from './search.ts'
import { useNames } from './use-names.ts'

const PAGE_SIZE = 50

/** Who did what in the organization, and with it. */
export function AuditLogPage() {
  const org = useOrganization()
  const mayRead = useMayRead(org, 'people')
  const mayExport = useMay(org, 'people')
  const search: AuditLogSearch = useSearch({ strict: false })
  if (!mayRead) {
    return (
      <Page title="Audit log">
        <Text>The audit log is read by members with the permission “people”.</Text>
      </Page>
    )
  }
  return (
    <Page
      title="Audit log"
      about="Who did what in the organization, and with it, for 400 days. Each entry carries the hash of the one before, so that none can be changed or taken out unseen."
      actions={mayExport && <ExportButton search={search} />}
    >
      <OwnEntries search={search} />
    </Page>
  )
}

function ExportButton({ search }: { search: AuditLogSearch }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const save = () =>
    act(async () => {
      const parts: string[] = []
      for await (const part of client.auditLog.export(toFilters(search))) parts.push(part)
      offerFile(new Blob(parts, { type: 'text/csv' }), 'audit-log.csv')
      // It is an entry itself.
      await queries.invalidateQueries({ queryKey: ['audit-log'] })
    }, 'The file is saved; that it was, is an entry too.')
  return (
    <Button variant="default" loading={isBusy} onClick={() => void save()}>
      Export as CSV
    </Button>
  )
}

function OwnEntries({ search }: { search: AuditLogSearch }) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const nameOf = useNames()
  return (
    <EntryList
      search={search}
      reader={org}
      list={(query) => client.auditLog.list({ ...query, page_size: PAGE_SIZE })}
      onGo={(next, replace) =>
        void navigate({ to: '/o/$org/audit-log', params: { org }, search: next, replace })
      }
      nameOf={nameOf}
    />
  )
}
