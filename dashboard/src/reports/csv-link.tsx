import { Anchor } from '@mantine/core'
import { useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'

export interface CsvLinkProps {
  report: 'segments' | 'moves' | 'commissions' | 'match'
  /** What the page asked. */
  query?: Record<string, string | undefined>
  children: string
}

/** The same numbers as a file, by navigation, so that it goes to the disk. Nothing where the person may not take it. */
export function CsvLink({ report, query = {}, children }: CsvLinkProps) {
  const org = useOrganization()
  const mayExport = useMayRead(org, 'commercial')
  if (!mayExport) return null
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const params = new URLSearchParams([['organization', org], ...(given as [string, string][])])
  return (
    <Anchor
      size="sm"
      underline="always"
      className="no-print"
      href={`/v1/reports/${report}.csv?${params.toString()}`}
      download
    >
      {children}
    </Anchor>
  )
}
