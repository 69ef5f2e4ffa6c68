import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Permission } from '../api/account.ts'
import { useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'
import { Page } from './page.tsx'

export interface NeedProps {
  permission: Permission
  /** Of the page, in place of which it is said what it needs. */
  title: string
  children: ReactNode
}

/** What only members with a permission see. */
export function Need({ permission, title, children }: NeedProps) {
  const org = useOrganization()
  if (useMayRead(org, permission)) return children
  return (
    <Page title={title}>
      <Text>This page is for members with the permission “{permission}”.</Text>
    </Page>
  )
}
