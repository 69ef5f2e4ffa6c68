import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { fetchMe } from '../api/use-me.ts'
import { parseAnyAuditLogSearch, parseAuditLogSearch } from '../audit-log/search.ts'
import { parseEventSearch } from '../events/search.ts'
import { parsePartnershipSearch, parseVerifySearch } from '../operator/search.ts'
import { parseReferenceSearch } from '../reference/search.ts'
import { parseWebhookSearch } from '../webhooks/search.ts'
import { Entrance } from './entrance.tsx'
import { lookUps } from './look-up-routes.ts'
import { reports } from './report-routes.ts'
import { inside, listSearch, organization, ownPath, root } from './root-routes.ts'

/** The pages and their addresses. Each page is loaded when it is first gone to. */

const page = <Path extends string>(
  path: Path,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
      next: ownPath(search['next']),
    }),
    component: lazyRouteComponent(load as () => Promise<Record<string, () => null>>, name),
  })

const outside = [
  page('/sign-in/provider', () => import('../people/sign-in.tsx'), 'ProviderPage'),
  page('/sign-in', () => import('../people/sign-in.tsx'), 'SignInPage'),
  page('/setup', () => import('../people/set-up.tsx'), 'SetUpPage'),
  page('/invitation', () => import('../people/invitation.tsx'), 'InvitationPage'),
  page('/forgotten', () => import('../people/reset.tsx'), 'ForgottenPage'),
  page('/reset', () => import('../people/reset.tsx'), 'ResetPage'),
  page('/enrol', () => import('../people/enrol.tsx'), 'EnrolPage'),
]

const entrance = createRoute({ getParentRoute: () => inside, path: '/', component: Entrance })

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('../people/account.tsx'), 'AccountPage'),
})

const home = createRoute({
  getParentRoute: () => organization,
  path: '/',
  component: lazyRouteComponent(() => import('./home.tsx'), 'HomePage'),
})

const imports = [
  createRoute({
    getParentRoute: () => organization,
    path: '/imports',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('../imports/import-list.tsx'), 'ImportListPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/imports/new',
    component: lazyRouteComponent(() => import('../imports/new-import.tsx'), 'NewImportPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/imports/$id',
    component: lazyRouteComponent(() => import('../imports/import-page.tsx'), 'ImportPage'),
  }),
] as const

const webhooks = [
  createRoute({
    getParentRoute: () => organization,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('../webhooks/webhooks-page.tsx'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/webhooks/new',
    component: lazyRouteComponent(
      () => import('../webhooks/create-webhook-page.tsx'),
      'CreateWebhookPage',
    ),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/webhooks/$webhook',
    validateSearch: parseWebhookSearch,
    component: lazyRouteComponent(() => import('../webhooks/webhook-page.tsx'), 'WebhookPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/webhooks/$webhook/deliveries/$event',
    component: lazyRouteComponent(() => import('../webhooks/delivery-page.tsx'), 'DeliveryPage'),
  }),
] as const

const events = [
  createRoute({
    getParentRoute: () => organization,
    path: '/events',
    validateSearch: parseEventSearch,
    component: lazyRouteComponent(() => import('../events/events-page.tsx'), 'EventsPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/events/types',
    component: lazyRouteComponent(() => import('../events/event-types-page.tsx'), 'EventTypesPage'),
  }),
] as const

const found = createRoute({
  getParentRoute: () => organization,
  path: '/found/$id',
  component: lazyRouteComponent(() => import('./found-page.tsx'), 'FoundPage'),
})

/** Where logs, webhooks and mails lead, which know an id and not where it is shown. */
const go = createRoute({
  getParentRoute: () => inside,
  path: '/go/$id',
  component: lazyRouteComponent(() => import('./go-page.tsx'), 'GoPage'),
})

const reference = createRoute({
  getParentRoute: () => organization,
  path: '/api',
  validateSearch: parseReferenceSearch,
  component: lazyRouteComponent(() => import('../reference/reference-page.tsx'), 'ReferencePage'),
})

/** An address to write down anywhere: it leads to the reference of the person's first organization. */
const anyReference = createRoute({
  getParentRoute: () => inside,
  path: '/api',
  beforeLoad: async () => {
    const [first] = (await fetchMe()).memberships
    const params = { org: first?.organization.id ?? '' }
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is how this router redirects
    throw first ? redirect({ to: '/o/$org/api', params }) : redirect({ to: '/' })
  },
})

const settings = [
  createRoute({
    getParentRoute: () => organization,
    path: '/keys',
    component: lazyRouteComponent(() => import('../keys/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/people',
    component: lazyRouteComponent(() => import('../people/people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/organization',
    component: lazyRouteComponent(
      () => import('../organization/organization-page.tsx'),
      'OrganizationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/audit-log',
    validateSearch: parseAuditLogSearch,
    component: lazyRouteComponent(() => import('../audit-log/audit-log-page.tsx'), 'AuditLogPage'),
  }),
] as const

/** The pages of those who run this Newcomer. */
const operatorArea = createRoute({
  getParentRoute: () => inside,
  path: '/operator',
  component: lazyRouteComponent(() => import('../operator/operator-area.tsx'), 'OperatorArea'),
})

const operator = [
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/',
    component: lazyRouteComponent(() => import('../operator/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/verify',
    validateSearch: parseVerifySearch,
    component: lazyRouteComponent(() => import('../operator/verify-page.tsx'), 'VerifyPage'),
  }),
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/organizations',
    validateSearch: listSearch,
    component: lazyRouteComponent(
      () => import('../operator/organizations-page.tsx'),
      'OrganizationsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/organizations/$id',
    component: lazyRouteComponent(
      () => import('../operator/operated-organization-page.tsx'),
      'OperatedOrganizationPage',
    ),
  }),
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/partnerships',
    validateSearch: parsePartnershipSearch,
    component: lazyRouteComponent(
      () => import('../operator/partnerships-page.tsx'),
      'PartnershipsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/people',
    component: lazyRouteComponent(
      () => import('../operator/operator-people-page.tsx'),
      'OperatorPeoplePage',
    ),
  }),
  createRoute({
    getParentRoute: () => operatorArea,
    path: '/audit-log',
    validateSearch: parseAnyAuditLogSearch,
    component: lazyRouteComponent(
      () => import('../audit-log/any-audit-log-page.tsx'),
      'AnyAuditLogPage',
    ),
  }),
] as const

const tree = root.addChildren([
  ...outside,
  inside.addChildren([
    entrance,
    account,
    anyReference,
    go,
    operatorArea.addChildren([...operator]),
    organization.addChildren([
      ...[home, found, reference],
      ...lookUps,
      ...reports,
      ...imports,
      ...webhooks,
      ...events,
      ...settings,
    ]),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  basepath: '/dashboard',
  // Members of the query that no page knows leave the address too.
  search: { strict: true },
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
