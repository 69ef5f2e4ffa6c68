import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseDate } from './kernel/date.ts'
import { rateChoiceRoutes } from './commissions/rates/rate-choice-routes.ts'
import { rateCardRoutes } from './commissions/rates/rate-card-routes.ts'
import type { RateCardRouteParts } from './commissions/rates/rate-card-routes.ts'
import { simulationRoutes } from './commissions/what-if/simulation-routes.ts'
import type { SimulationRouteParts } from './commissions/what-if/simulation-routes.ts'
import { transactionRoutes } from './commissions/transactions/transaction-routes.ts'
import type { TransactionRouteParts } from './commissions/transactions/transaction-routes.ts'
import { customerRoutes } from './reports/customer-routes.ts'
import type { CustomerRouteParts } from './reports/customer-routes.ts'
import type { Api } from './http/api.ts'
import { createRequireCaller, requireOperator } from './http/authorize.ts'
import { dashboardRoutes } from './http/dashboard/dashboard-routes.ts'
import type { DashboardParts } from './http/dashboard/dashboard-routes.ts'
import { recordRefusals } from './http/record-refusals.ts'
import type { RefusalParts } from './http/record-refusals.ts'
import { auditLogRoutes, operatorAuditLogRoutes } from './journal/read/audit-log-routes.ts'
import type { AuditLogParts } from './journal/read/audit-log-routes.ts'
import { keyRoutes } from './organizations/own/key-routes.ts'
import type { KeyRouteParts } from './organizations/own/key-routes.ts'
import { ownLookRoutes } from './organizations/own/look-routes.ts'
import { ownOrganizationRoutes } from './organizations/own/organization-routes.ts'
import { healthRoutes } from './http/health-routes.ts'
import type { HealthParts } from './http/health-routes.ts'
import { createShell } from './http/shell.ts'
import type { ShellParts } from './http/shell.ts'
import { hashCheckRoutes } from './imports/hash-check-routes.ts'
import { importRoutes } from './imports/import-routes.ts'
import type { ImportRouteParts } from './imports/import-routes.ts'
import { invalidField } from './kernel/problem.ts'
import { acceptRoutes } from './members/accept-routes.ts'
import { requireDashboard } from './members/account-answer.ts'
import { accountRoutes } from './members/account-routes.ts'
import { factorRoutes } from './members/factor-routes.ts'
import { memberRoutes } from './members/member-routes.ts'
import type { PeopleParts } from './members/people-parts.ts'
import { providerRoutes } from './members/providers/provider-routes.ts'
import type { ProviderParts } from './members/providers/provider-routes.ts'
import { operatorInvitationRoutes } from './members/operator/invitation-routes.ts'
import { lookRoutes } from './members/operator/look-routes.ts'
import { mailTestRoutes } from './members/operator/mail-test-routes.ts'
import { peopleRoutes } from './members/operator/people-routes.ts'
import { ROUTE_PERMISSIONS } from './members/route-permissions.ts'
import { signInRoutes } from './members/sign-in-routes.ts'
import type { LinkParts } from './links/create-link.ts'
import { operatorLinkHostRoutes } from './operator/link-host-routes.ts'
import { linkHostRoutes } from './links/link-host-routes.ts'
import { linkRoutes } from './links/link-routes.ts'
import { redirectRoutes } from './links/redirect-routes.ts'
import type { RedirectParts } from './links/redirect-routes.ts'
import { offerRoutes } from './offers/offer-routes.ts'
import type { OfferParts } from './offers/answer-offers.ts'
import type { Directory } from './organizations/directory.ts'
import { lookUpRoutes } from './reports/look-up-routes.ts'
import { customerExportRoutes } from './privacy/customer-export-routes.ts'
import { orderListRoutes } from './reports/order-list-routes.ts'
import { orderRoutes } from './reports/order-routes.ts'
import type { OrderParts } from './reports/record-orders.ts'
import type { ReadingParts } from './statistics/read-reports.ts'
import { readinessRoutes } from './statistics/readiness-routes.ts'
import { reportRoutes } from './statistics/report-routes.ts'
import { verdictRoutes } from './reports/verdict-routes.ts'
import type { VerdictRouteParts } from './reports/verdict-routes.ts'
import { brandRoutes } from './merchants/brand-routes.ts'
import { merchantRoutes } from './merchants/merchant-routes.ts'
import { partnershipRoutes } from './merchants/partnership-routes.ts'
import { publisherRoutes } from './merchants/publisher-routes.ts'
import type { MerchantRouteParts } from './merchants/merchant-routes.ts'
import { operatorPartnershipRoutes } from './operator/partnership-routes.ts'
import { operatorReadinessRoutes } from './operator/readiness-routes.ts'
import { operatorRoutes } from './operator/organization-routes.ts'
import { overviewRoutes } from './operator/overview-routes.ts'
import type { OverviewParts } from './operator/read-overview.ts'
import type { OperatorParts } from './operator/organization-routes.ts'
import { verificationRoutes } from './audit/verification-routes.ts'
import type { VerificationRouteParts } from './audit/verification-routes.ts'
import { eventRoutes } from './webhooks/feed/event-feed-routes.ts'
import type { EventRouteParts } from './webhooks/feed/event-feed-routes.ts'
import { receiverCheckRoutes } from './webhooks/receiver-check/receiver-check-routes.ts'
import type { ReceiverCheckParts } from './webhooks/receiver-check/receiver-check-routes.ts'
import { replayRoutes } from './webhooks/replays/replay-routes.ts'
import type { ReplayParts } from './webhooks/replays/replay-routes.ts'
import { showDeliveryRoutes } from './webhooks/dispatch/show-delivery-routes.ts'
import { seriesRoutes } from './webhooks/health/series-routes.ts'
import { statsRoutes } from './webhooks/health/stats-routes.ts'
import { pingRoutes } from './webhooks/history/ping-routes.ts'
import { deliveryRoutes } from './webhooks/history/delivery-routes.ts'
import { webhookRoutes } from './webhooks/endpoints/webhook-routes.ts'

export interface AppParts
  extends
    ShellParts,
    HealthParts,
    DashboardParts,
    OperatorParts,
    VerificationRouteParts,
    OverviewParts,
    RefusalParts,
    KeyRouteParts,
    AuditLogParts,
    MerchantRouteParts,
    CustomerRouteParts,
    OrderParts,
    TransactionRouteParts,
    VerdictRouteParts,
    RateCardRouteParts,
    SimulationRouteParts,
    OfferParts,
    LinkParts,
    RedirectParts,
    ImportRouteParts,
    ReplayParts,
    ReceiverCheckParts,
    EventRouteParts,
    ReadingParts,
    Omit<ProviderParts, 'mode'> {
  directory: Directory
}

/** The whole API on its parts. Does not listen. */
export function buildApp(parts: AppParts): FastifyInstance {
  const app = createShell(parts)
  recordRefusals(app, parts)
  addRoutes(app, parts)
  return app
}

/** Apart from the shell, so that a description of the routes can be made as they are added. */
export function addRoutes(app: FastifyInstance, parts: AppParts): void {
  app.register((api: Api, _options, done) => {
    dashboardRoutes(parts)(api)
    done()
  })
  app.register((api: Api, _options, done) => {
    healthRoutes(parts)(api)
    redirectRoutes(parts)(api)
    done()
  })
  // Where nobody says that it is for development it isn't.
  const people: ProviderParts = { ...parts, mode: parts.mode ?? 'production' }
  addOrganizationRoutes(app, parts, people)
  addOperatorRoutes(app, parts, people)
  addAccountRoutes(app, people)
}

function addOrganizationRoutes(app: FastifyInstance, parts: AppParts, people: PeopleParts): void {
  app.register(
    (api: Api, _options, done) => {
      api.addHook('onRoute', (route) => {
        const { operationId = route.url } = route.schema ?? {}
        if (!Object.hasOwn(ROUTE_PERMISSIONS, operationId)) {
          throw new Error(`${operationId} has no entry in the table of permissions`)
        }
        route.schema = { ...route.schema, security: [{ key: [] }, { session: [] }] }
      })
      api.addHook('onRequest', createRequireCaller(parts.directory, ROUTE_PERMISSIONS))
      api.addHook('onRequest', checkVersion)
      ownOrganizationRoutes(parts)(api)
      ownLookRoutes(parts)(api)
      keyRoutes(parts)(api)
      auditLogRoutes(parts)(api)
      readinessRoutes(parts)(api)
      merchantRoutes(parts)(api)
      publisherRoutes(parts)(api)
      partnershipRoutes(parts)(api)
      brandRoutes(parts)(api)
      customerRoutes(parts)(api)
      lookUpRoutes(parts)(api)
      customerExportRoutes(parts)(api)
      orderRoutes(parts)(api)
      orderListRoutes(parts)(api)
      transactionRoutes(parts)(api)
      verdictRoutes(parts)(api)
      reportRoutes(parts)(api)
      rateCardRoutes(parts)(api)
      rateChoiceRoutes(parts)(api)
      simulationRoutes(parts)(api)
      offerRoutes(parts)(api)
      linkHostRoutes(parts)(api)
      linkRoutes(parts)(api)
      importRoutes(parts)(api)
      hashCheckRoutes()(api)
      webhookRoutes(parts)(api)
      pingRoutes(parts)(api)
      receiverCheckRoutes(parts)(api)
      deliveryRoutes(parts)(api)
      showDeliveryRoutes(parts)(api)
      statsRoutes(parts)(api)
      seriesRoutes(parts)(api)
      eventRoutes(parts)(api)
      replayRoutes(parts)(api)
      memberRoutes(people)(api)
      done()
    },
    { prefix: '/v1' },
  )
}

function addOperatorRoutes(app: FastifyInstance, parts: AppParts, people: PeopleParts): void {
  app.register(
    (api: Api, _options, done) => {
      api.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, security: [{ operatorKey: [] }, { session: [] }] }
      })
      api.addHook('onRequest', requireOperator)
      operatorRoutes(parts)(api)
      verificationRoutes(parts)(api)
      overviewRoutes(parts)(api)
      operatorPartnershipRoutes(parts)(api)
      operatorReadinessRoutes(parts)(api)
      operatorLinkHostRoutes(parts)(api)
      operatorAuditLogRoutes(parts)(api)
      peopleRoutes(people)(api)
      lookRoutes(people)(api)
      mailTestRoutes(people)(api)
      operatorInvitationRoutes(people)(api)
      done()
    },
    { prefix: '/operator/v1' },
  )
}

function addAccountRoutes(app: FastifyInstance, people: ProviderParts): void {
  app.register(
    (api: Api, _options, done) => {
      api.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, security: [{ session: [] }] }
      })
      api.addHook('onRequest', requireDashboard)
      signInRoutes(people)(api)
      providerRoutes(people)(api)
      accountRoutes(people)(api)
      factorRoutes(people)(api)
      acceptRoutes(people)(api)
      done()
    },
    { prefix: '/account/v1' },
  )
}

const VERSION_HEADER = 'X-Button-API-Version'

/** Clients pin a version by its date. There is one so far, so any date will do. */
function checkVersion(request: FastifyRequest, _reply: unknown, done: () => void): void {
  const version = request.headers['x-button-api-version']
  if (version !== undefined && !isDate(String(version))) {
    throw invalidField(VERSION_HEADER, `${VERSION_HEADER} must be a date such as 2016-01-01`)
  }
  done()
}

function isDate(text: string): boolean {
  const parsed = parseDate(text)
  return 'time' in parsed && parsed.isDay
}
