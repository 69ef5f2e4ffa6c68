export const REDACTED_ADDRESS = '[redacted e-mail address]'

// In every spelling that was seen of it: full-width and small, in UTF-8 that was read as bytes,
// percent-encoded (more than once, too), as an entity or an escape of a string.
const AT_SIGN =
  /[@\uff20\ufe6b]|\xef\xbc\xa0|\xef\xb9\xab|%(?:25)*40|&#0*64;?|&#x0*40;?|&commat;|\\u0040|\\x40/i
// "name at example dot com", "name (at) example.com". Each part is bounded: no text takes long.
const SPELLED_OUT =
  /[\w.+-][\s<([{]{1,8}at[\s>)\]}]{1,8}[\w-]{1,64}(?:[\s<([{]{1,8}(?:dot|punkt|point)[\s>)\]}]{1,8}|\.)[\w-]{2}/i

// As networks name their members; nobody can be written to at it.
const BARE_NAME = /^\s*['"]?@\w*$/

/** Whether a text holds, or may well hold, an e-mail address, however it is disguised. */
export function looksLikeAddress(text: string): boolean {
  return (AT_SIGN.test(text) && !BARE_NAME.test(text)) || SPELLED_OUT.test(text)
}

/** A cell as it may be shown to whoever sent the file. */
export function redactCell(cell: string): string {
  return looksLikeAddress(cell) ? REDACTED_ADDRESS : cell
}

/** Whether what stands for a column's name looks like somebody's data. */
export function looksLikeValue(name: string): boolean {
  return (
    looksLikeAddress(name) ||
    name.length > 64 ||
    /[0-9a-f]{16}|\d{6}|[0-9a-f]{8}-[0-9a-f]{4}/i.test(name)
  )
}

/** A column's name as it may be shown. */
export function redactName(name: string): string {
  return looksLikeValue(name) ? '[redacted]' : name
}
