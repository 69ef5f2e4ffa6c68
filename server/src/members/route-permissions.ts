import type { RoutePermission } from '../organizations/permission.ts'

const membership: RoutePermission = { needs: 'membership' }
const customers: RoutePermission = { needs: 'customers' }
const technical: RoutePermission = { needs: 'technical' }
const commercial: RoutePermission = { needs: 'commercial' }
const people: RoutePermission = { needs: 'people' }
/** Sent by POST, and changes nothing. */
const read = (route: RoutePermission): RoutePermission => ({ ...route, isRead: true })
const stepUp = (route: RoutePermission): RoutePermission => ({ ...route, isStepUp: true })

/**
 * What a person needs for each operation under /v1, all of them. Every member may read; what names one customer,
 * or a URL with what it may carry, is for those who work with it. A route that is missing here keeps the program
 * from starting.
 */
export const ROUTE_PERMISSIONS: Readonly<Record<string, RoutePermission>> = {
  getCustomer: customers,
  findCustomers: read(customers),
  listCustomerSegments: customers,
  listCustomerEvents: customers,
  exportCustomer: stepUp(customers),
  reportCustomer: technical,
  reportCustomers: technical,
  replaceCustomer: technical,
  eraseCustomer: stepUp(technical),

  checkHash: read(membership),
  listImports: membership,
  getImport: membership,
  watchImport: membership,
  createImport: technical,
  sendImportFile: technical,
  startImport: technical,
  cancelImport: technical,
  undoImport: technical,
  getImportRejects: technical,

  createOrder: technical,
  updateOrder: technical,
  deleteOrder: technical,
  listOrders: customers,
  getOrder: customers,
  listOrdersByBtnRef: customers,
  getOrderVerdict: customers,
  listVerdictConflicts: customers,
  listPublisherVerdictConflicts: customers,
  countVerdictConflicts: membership,

  listMerchants: membership,
  listPublishers: membership,
  askPartnership: commercial,
  answerPartnership: stepUp(commercial),
  listBrands: membership,
  getBrand: membership,
  listRateCards: membership,
  getRateCard: membership,
  createRateCard: stepUp(commercial),
  updateRateCard: stepUp(commercial),
  endRateCard: stepUp(commercial),
  chooseRate: read(membership),
  simulateRateCard: read(commercial),
  listOffers: customers,

  listLinkHosts: membership,
  registerLinkHost: commercial,
  deleteLinkHost: commercial,
  createLink: commercial,
  createShortlink: commercial,
  findLinkMerchant: read(membership),

  reportSegments: membership,
  reportMoves: membership,
  reportCommissions: membership,
  reportMatch: membership,
  exportSegmentReport: commercial,
  exportMoveReport: commercial,
  exportCommissionReport: commercial,
  exportMatchReport: commercial,

  listAccounts: membership,
  listTransactions: customers,
  listAccountTransactions: customers,
  sumTransactions: customers,
  getTransaction: customers,
  listLedger: customers,
  getTransactionVerdict: customers,

  listEvents: technical,
  listWebhooks: technical,
  getWebhook: technical,
  getWebhookStats: membership,
  getWebhookSeries: membership,
  createWebhook: stepUp(technical),
  updateWebhook: technical,
  deleteWebhook: technical,
  rotateWebhookSecret: stepUp(technical),
  pauseWebhook: technical,
  resumeWebhook: technical,
  pingWebhook: technical,
  checkReceiver: technical,
  listDeliveries: technical,
  getDelivery: technical,
  resendEvent: technical,
  replayEvents: technical,
  listReplays: technical,
  getReplay: technical,
  cancelReplay: technical,

  getOwnOrganization: membership,
  listLooks: membership,
  getOwnReadiness: membership,
  changeOwnOrganization: people,
  listOwnKeys: technical,
  createOwnKey: stepUp(technical),
  rotateOwnKey: stepUp(technical),
  revokeOwnKey: stepUp(technical),
  listAuditLog: people,
  exportAuditLog: stepUp(people),

  listMembers: people,
  changeMember: stepUp(people),
  removeMember: stepUp(people),
  listInvitations: people,
  createInvitation: stepUp(people),
  deleteInvitation: stepUp(people),
}
