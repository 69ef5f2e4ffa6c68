// Shared with browsers: nothing of Node here.

import { cellsOf } from './csv-records.ts'

/** What the cells of a column are. */
export type ColumnKind = 'id' | 'email' | 'emails' | 'other'

export interface HeaderColumn {
  /** Where it lies in the header. */
  from: number
  to: number
  kind: ColumnKind
  text: string
  /** What it is to be called from now on; undefined: as it is. */
  newName: string | undefined
}

/** In place of what has an @ but is no address. The blanks keep it from passing for an id. */
export const notAnAddress = '[not an address]'
/** In place of an address that has no business where it stands. */
export const addressRemoved = '[address removed]'

// As they are compared: letters and digits only, in lower case. The server reads the same names, and
// more for hashes; any name with `mail` in it is taken for e-mails here.
const plainNames = /^(emails?|mail|(customer|user|client)emails?|e?mailaddress|emailaddresses)$/
const hashNames = /mail|^(sha256(hash)?|hash|hem(sha256)?|sha256hem)$/
const listNames = /^(\w*emails|\w*emailaddresses|\w*emailssha256|emailhashes|hashes|hems|sha256s)$/
const idNames = new Set(
  (
    'userid id uid customerid customer customernumber customerno clientid memberid accountid ' +
    'shopperid buyerid userkey customerkey externalid externaluserid externalcustomerid crmid ' +
    'contactid personid profileid subscriberid loyaltyid visitorid publisheruserid ' +
    'partneruserid useridentifier customeridentifier kundennummer kundenid'
  ).split(' '),
)

// An @ in every spelling that was seen of it: full-width and small, percent-encoded, quoted-printable,
// as an entity or an escape.
const atSign = /[@\uff20\ufe6b]|%(?:25)*40|=40|&#0*64;?|&#x0*40;?|&commat;|\\u0040|\\x40/i

/** Whether a text may hold an address, however it is spelled. */
export function hasAtSign(text: string): boolean {
  return atSign.test(text)
}

/** The columns of a header, with new names for those that hold plain e-mails. */
export function readColumns(header: Uint8Array, delimiter: number): HeaderColumn[] {
  const cells = cellsOf(header, delimiter).map((place) => {
    const text = textOf(header.subarray(place.from, place.to)).trim()
    return { ...place, text, name: text.toLowerCase().replaceAll(/[^a-z0-9]/g, '') }
  })
  // Of two columns with the same name the server would read one.
  const free = ['email_sha256', 'emails_sha256'].filter(
    (wanted) => !cells.some(({ name }) => name === wanted.replace('_', '')),
  )
  return cells.map(({ from, to, text, name }) => {
    // Without a header the first line may be a row.
    if (hasAtSign(text)) return { from, to, kind: 'other', text, newName: addressRemoved }
    const newName = plainNames.test(name) ? takeName(free, listNames.test(name)) : undefined
    return { from, to, kind: kindOf(name, newName), text, newName }
  })
}

function takeName(free: string[], isList: boolean): string | undefined {
  const index = isList ? free.indexOf('emails_sha256') : 0
  return index === -1 ? undefined : free.splice(index, 1)[0]
}

function kindOf(name: string, newName: string | undefined): ColumnKind {
  if (newName === 'emails_sha256' || listNames.test(name)) return 'emails'
  if (hashNames.test(name)) return 'email'
  return idNames.has(name) ? 'id' : 'other'
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const windows = new TextDecoder('windows-1252')

/** A cell without its quotes. Files that are not UTF-8 come from Windows. */
export function textOf(cell: Uint8Array): string {
  let text: string
  try {
    text = strict.decode(cell)
  } catch {
    text = windows.decode(cell)
  }
  if (!text.startsWith('"')) return text
  return text.slice(1, text.endsWith('"') && text.length > 1 ? -1 : undefined).replaceAll('""', '"')
}
