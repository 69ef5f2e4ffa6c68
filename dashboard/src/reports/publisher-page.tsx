import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { Page } from '../parts/page.tsx'

export interface PublisherPageProps {
  title: string
  /** What a publisher finds on it. */
  about: string
  children: ReactNode
}

/** A report about a publisher's customers: a merchant that comes by a link is told why it sees none. */
export function PublisherPage({ title, about, children }: PublisherPageProps) {
  const isMerchant = useIsMerchant(useOrganization())
  return (
    <Page title={title} about={isMerchant ? undefined : about}>
      {isMerchant ? (
        <Text size="sm">
          This page is for publishers: a merchant is never told how many of its customers are known
          to others too.
        </Text>
      ) : (
        children
      )}
    </Page>
  )
}
