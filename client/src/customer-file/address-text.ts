/** In place of what holds an `@` and is no address. The blanks keep it from passing for an id. */
export const NOT_AN_ADDRESS = '[not an address]'
/** In place of an address that has no business where it stands. */
export const ADDRESS_REMOVED = '[address removed]'

// In every spelling that was seen of it: full-width and small, in UTF-8 that was read as bytes,
// percent-encoded (more than once, too), quoted-printable, as an entity or an escape of a string.
const AT_SIGN =
  /[@\uff20\ufe6b]|\xef\xbc\xa0|\xef\xb9\xab|%(?:25)*40|=40(?=[\w-]{1,64}\.)|&#0*64;?|&#x0*40;?|&commat;|\\u0040|\\x40/i
// "name at example dot com", "name (at) example.com". Each part is bounded: no text takes long.
const SPELLED_OUT =
  /[\w.+-][\s<([{]{1,8}at[\s>)\]}]{1,8}[\w-]{1,64}(?:[\s<([{]{1,8}(?:dot|punkt|point)[\s>)\]}]{1,8}|\.)[\w-]{2}/i
// As networks name their members; nobody can be written to at it.
const BARE_NAME = /^\s*['"]?@\w*$/

/** Whether a text has an `@` in it, in whichever spelling. */
export function hasAtSign(text: string): boolean {
  return AT_SIGN.test(text)
}

/** Whether a text holds, or may well hold, an e-mail address, however it is disguised. */
export function looksLikeAddress(text: string): boolean {
  return (AT_SIGN.test(text) && !BARE_NAME.test(text)) || SPELLED_OUT.test(text)
}

/** Whether the text is what this reader puts in place of an address that it does not pass on. */
export function isStandIn(text: string): boolean {
  return text.includes(NOT_AN_ADDRESS) || text.includes(ADDRESS_REMOVED)
}
