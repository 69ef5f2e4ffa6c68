import { FileRefused } from './file-refused.ts'
import type { Column, ColumnMeaning } from './finding.ts'
import { redactName } from './redact.ts'

// As they are compared: letters and digits only, in lower case.
const NAMES: Record<ColumnMeaning, string> = {
  user_id:
    'userid id uid customerid customer customernumber customerno clientid memberid accountid ' +
    'shopperid buyerid userkey customerkey externalid externaluserid externalcustomerid ' +
    'crmid contactid personid profileid subscriberid loyaltyid visitorid publisheruserid ' +
    'partneruserid useridentifier customeridentifier kundennummer kundenid',
  email_sha256:
    'emailsha256 emailhash emailhashed hashedemail hashemail sha256 sha256email sha256hash hash ' +
    'hem emailhem hemsha256 sha256hem emailaddresshash emailaddresssha256 hashedemailaddress ' +
    'sha256hashedemail hashedemailsha256 emailhashsha256 emailsha256hash emailsha2 mailhash ' +
    'mailsha256 email mail emailaddress mailaddress customeremail useremail',
  emails_sha256:
    'emailssha256 emailhashes hashedemails emails sha256emails sha256s emailsha256s emailssha256s ' +
    'hashes hems emailsha256list emailaddresses hashedemailaddresses emailshashed emailshash',
  advertising_id:
    'advertisingid adid advertiserid advertisingidentifier deviceid mobileadvertisingid ' +
    'mobileadid maid idfa ifa rdid gaid aaid gpsadid googleadid googleadvertisingid ' +
    'androidadvertisingid androidadid appleadid iosifa iosidfa deviceadvertisingid',
  first_purchase_date:
    'firstpurchasedate firstpurchase firstpurchasedat firstpurchaseat firstorderdate firstorder ' +
    'firstorderat firstorderedat dateoffirstpurchase dateoffirstorder firstpurchasetime ' +
    'firsttransactiondate firstboughtat firstbought',
  last_purchase_date:
    'lastpurchasedate lastpurchase lastpurchasedat lastpurchaseat lastorderdate lastorder ' +
    'lastorderat lastorderedat dateoflastpurchase dateoflastorder lastpurchasetime ' +
    'lasttransactiondate lastboughtat lastbought latestorderdate latestpurchasedate',
}
const MEANINGS = new Map(
  Object.entries(NAMES).flatMap(([meaning, names]) =>
    names.split(' ').map((name) => [name, meaning as ColumnMeaning] as const),
  ),
)
/** Every further column of them adds to the first. */
const JOINED = new Set<ColumnMeaning>(['email_sha256', 'emails_sha256', 'advertising_id'])
const OWN_COLUMNS = new Set(['line', 'reason'])

/** What is to be told of a header, with names that may be shown. */
export interface HeaderNews {
  aliases: [name: string, means: ColumnMeaning][]
  ignored: string[]
  twice: string[]
  dates: string[]
}

export interface Header {
  columns: Column[]
  news: HeaderNews
}

/** What a name in a header means, however it is written. */
export function meaningOf(name: string): ColumnMeaning | undefined {
  return MEANINGS.get(normalise(name))
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** Which column means what; refuses a line that is no header or lacks the one column we need. */
export function readHeader(cells: readonly string[], role: 'publisher' | 'merchant'): Header {
  const meanings = cells.map(meaningOf)
  if (!meanings.includes('user_id')) throw refuse(cells)
  const taken = meanings.map((meaning, index) => {
    return meaning !== undefined && isTaken(cells, meanings, index) ? meaning : null
  })
  const news: HeaderNews = { aliases: [], ignored: [], twice: [], dates: [] }
  const columns = cells.map((cell, index): Column => {
    const name = redactName(cell.trim())
    const meaning = meanings[index]
    const means = taken[index] ?? null
    if (meaning === undefined) {
      if (!OWN_COLUMNS.has(normalise(cell)) && name !== '') news.ignored.push(name)
      return { name, means }
    }
    if (role === 'publisher' && meaning.endsWith('_date')) {
      news.dates.push(name)
      return { name, means: null }
    }
    if (means === null) news.twice.push(name)
    else if (!isExact(cell, means)) news.aliases.push([name, means])
    return { name, means }
  })
  return { columns, news }
}

function isExact(cell: string, meaning: ColumnMeaning): boolean {
  return normalise(cell) === normalise(meaning)
}

/** Of columns that mean the same, our own name goes before others, and the first before the rest. */
function isTaken(
  cells: readonly string[],
  meanings: readonly (ColumnMeaning | undefined)[],
  index: number,
): boolean {
  const meaning = meanings[index]
  if (meaning === undefined) return false
  const exact = cells.findIndex((cell) => isExact(cell, meaning))
  if (exact >= 0) return index === exact
  return JOINED.has(meaning) || meanings.indexOf(meaning) === index
}

function refuse(cells: readonly string[]): FileRefused {
  const isValue = cells.some((cell) => /@|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-/i.test(cell))
  if (isValue) {
    return new FileRefused(
      'NoHeader',
      'The file has no header line: its first line looks like a row. ' +
        'Put user_id,email_sha256 (or the columns that you have) above it.',
    )
  }
  return new FileRefused(
    'NoUserId',
    'The file has no column user_id. The first line must name the columns, and one of them ' +
      'must be user_id; customer_id, client_id, member_id, account_id, external_id, uid and id ' +
      'are taken for it as well.',
  )
}
