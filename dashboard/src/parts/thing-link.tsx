import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useOrganization } from '../api/organization.ts'

const PAGES = {
  customer: '/o/$org/customers/$id',
  order: '/o/$org/orders/$id',
  transaction: '/o/$org/transactions/$id',
  import: '/o/$org/imports/$id',
} as const

export interface ThingLinkProps {
  kind: keyof typeof PAGES
  id: string
  children?: ReactNode
}

/** Leads to the page of what has the id. */
export function ThingLink({ kind, id, children = id }: ThingLinkProps) {
  const org = useOrganization()
  return (
    <Anchor
      inherit
      underline="always"
      className="breaks"
      renderRoot={(props) => <Link to={PAGES[kind]} params={{ org, id }} {...props} />}
    >
      {children}
    </Anchor>
  )
}
