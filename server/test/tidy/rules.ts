/** The rules that `tidy.test.ts` holds the code to. To change a rule, change it here. */

/**
 * The rooms of server/src: folders, and folders in them. Each may import from those above it, so the list
 * reads from what everything stands on to what stands on everything. The files right in server/src build
 * the parts and pass them on; they may import from everywhere, and nobody imports them.
 */
export const rooms = [
  'kernel',
  'kernel/database',
  // Limits that hold over all processes on one database, and the processes of one machine.
  'kernel/limits',
  'kernel/processes',
  // What is done is written down in its own tx: whoever changes something appends to it.
  'journal',
  'organizations',
  'http/json',
  // The shell that every route is in: it knows who calls, and nothing of what the calls are about.
  'http',
  // The built pages, as files.
  'http/dashboard',
  // What an organization sees and changes of itself.
  'journal/read',
  'organizations/own',
  // People: who may act for an organization with a browser, and how they prove who they are.
  'members/people',
  'members/sessions',
  'members/factors',
  'members/invitations',
  'members',
  'members/providers',
  // What the operator does with people, whatever organization they are in.
  'members/operator',
  'events',
  // Sending must not know what is sent: a webhook is an event for an endpoint, whatever it is about.
  'webhooks/transport',
  'webhooks/attempts',
  'webhooks/endpoints',
  'webhooks/health',
  'webhooks/replays',
  'webhooks/history',
  'webhooks/dispatch',
  'webhooks/receiver-check',
  'webhooks/feed',
  'customers',
  'segments',
  'orders',
  'commissions/rates',
  'commissions/transactions',
  'commissions/what-if',
  'offers',
  'links',
  'merchants',
  'imports/csv',
  'imports/store',
  'imports/worker',
  'imports/run',
  'imports',
  // Counts by days of what was reported and paid.
  'statistics',
  'reports',
  // What is held of one person: taken out whole, and forgotten in time.
  'privacy',
  // Whether the database is sound, as the operator sees it.
  'audit',
  'operator',
  // What the API is described with, from the schemas of all routes.
  'openapi',
] as const

export type Room = (typeof rooms)[number]

/** More files than this in a room, and its name does not tell any more where one is. */
export const MAX_ROOM_FILES = 25

/**
 * What speaks HTTP, in whichever folder, and nothing else may know the HTTP shell: the same actions
 * serve imports and workers.
 */
export const speaksHttp = /-(routes|answer|schema)\.ts$/

/**
 * The one folder that server and client share: what there is to know of a customer file, so that a file is
 * hashed by its sender as the server reads it. It depends on nothing, and of the server imports run it, and
 * what parses the hashes of calls.
 */
export const customerFile = 'client/src/customer-file/'
export const readsCustomerFiles = /^server\/src\/(?:imports\/|customers\/identifier\.ts$)/
/** What of it browsers do not load. */
export const runsOnNode: readonly string[] = ['client/src/customer-file/unpack.ts']

/** The one folder, with its rooms, that writes each table. */
export const tableOwners: Readonly<Record<string, string>> = {
  organizations: 'organizations',
  segments: 'organizations',
  partnerships: 'organizations',
  api_keys: 'organizations',
  directory_versions: 'organizations',
  verifications: 'audit',
  journals: 'journal',
  journal_entries: 'journal',
  last_signs: 'customers',
  retention_runs: 'privacy',
  vault_checks: 'kernel',
  chores: 'kernel',
  window_counts: 'kernel',
  guess_counts: 'kernel',
  people: 'members',
  members: 'members',
  sessions: 'members',
  challenges: 'members',
  invitations: 'members',
  factors: 'members',
  recovery_codes: 'members',
  customers: 'customers',
  identities: 'customers',
  memberships: 'segments',
  looks: 'organizations',
  report_days: 'statistics',
  report_states: 'statistics',
  orders: 'orders',
  evidence_withdrawals: 'orders',
  rate_cards: 'commissions',
  rate_card_versions: 'commissions',
  catalog_versions: 'commissions',
  transactions: 'commissions',
  ledger_entries: 'commissions',
  accounts: 'commissions',
  merchant_accounts: 'commissions',
  quote_uses: 'offers',
  link_hosts: 'links',
  clicks: 'links',
  imports: 'imports',
  import_batches: 'imports',
  import_rejects: 'imports',
  import_batch_results: 'imports',
  import_removals: 'imports',
  events: 'events',
  endpoints: 'webhooks',
  subscriptions: 'events',
  lanes: 'events',
  attempts: 'webhooks',
  minute_counts: 'webhooks',
  replays: 'events',
  replayed_events: 'events',
}

/**
 * The environment is read once, where every fault of it can be reported at once. The command reads
 * its own where it begins: a key given as an argument could be read by others on the machine.
 */
export const readsEnvironment: readonly string[] = [
  'server/src/kernel/config.ts',
  'client/src/newcomer.ts',
]

/** What reads dates that this program wrote itself, to its database or into what it encrypted. */
export const readsOwnDates: readonly string[] = [
  'server/src/customers/customer.ts',
  'server/src/events/claim-lanes.ts',
  'server/src/imports/run/draft-customers.ts',
  'server/src/kernel/database/database.ts',
  'server/src/kernel/database/partition.ts',
  'server/src/offers/quote.ts',
  'server/src/orders/decide.ts',
  'server/src/orders/finalization.ts',
  'server/src/orders/judge.ts',
  'server/src/orders/order-row.ts',
  'server/src/reports/record-orders.ts',
  'server/src/webhooks/dispatch/target.ts',
  'server/src/webhooks/endpoints/endpoint.ts',
]

/** Programs whose output is for a person at a terminal. Everything else writes to the log. */
export const speaksToTerminal = /^server\/(bench|demo)\//

export const limits = { functionLines: 70, fileLines: 300, testFileLines: 500, lineLength: 120 }

/** The packages within which an exported name is declared in one file. */
export const packages: readonly string[] = ['server/src/', 'client/src/']

/** Names that say nothing, wherever they stand in a name … */
export const emptyWords: readonly string[] = [
  'manager',
  'helper',
  'helpers',
  'util',
  'utils',
  'info',
  'handle',
]

/** … as a verb, so at the beginning of a name … */
export const emptyVerbs: readonly string[] = ['process']

/** … or as the whole of it. */
export const emptyNames: readonly string[] = ['data']
