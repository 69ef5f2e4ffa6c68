/**
 * What providers deliver alike. `dots`: dots before the `@` are ignored. `domain`: another domain is the same
 * mailbox. All of these ignore what stands behind a `+`. Only providers that say so themselves: a wrong one
 * would make two people one.
 */
const PROVIDERS: ReadonlyMap<string, { dots: boolean; domain?: string }> = new Map([
  ['gmail.com', { dots: true }],
  ['googlemail.com', { dots: true, domain: 'gmail.com' }],
  ['outlook.com', { dots: false }],
  ['hotmail.com', { dots: false }],
  ['live.com', { dots: false }],
  ['icloud.com', { dots: false }],
  ['me.com', { dots: false }],
  ['fastmail.com', { dots: false }],
  ['proton.me', { dots: false }],
  ['protonmail.com', { dots: false }],
])

/** An address as `parseEmail` gives it, without the tag behind a `+` and, where asked, without dots before the `@`. */
export function withoutTag(address: string, { dots }: { dots: boolean }): string {
  const at = address.lastIndexOf('@')
  const [local = ''] = address.slice(0, at).split('+')
  return (dots ? local.replaceAll('.', '') : local) + address.slice(at)
}

/**
 * The forms that the address of one mailbox is to be hashed in, the address itself first; `address` is as
 * `parseEmail` gives it. A second one where the provider ignores something of it: whoever is known to another
 * party under another spelling of the same mailbox is found by it.
 */
export function listEmailForms(address: string): string[] {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  const provider = PROVIDERS.get(domain)
  if (!provider) return [address]
  const bare = withoutTag(address, provider)
  const at = bare.lastIndexOf('@')
  // A tag alone is no mailbox.
  if (at === 0) return [address]
  const second = `${bare.slice(0, at)}@${provider.domain ?? domain}`
  return second === address ? [address] : [address, second]
}
