/**
 * The page's one policy for text that becomes markup or a script's address; the Content-Security-Policy lets none
 * other be made. Mantine sets style sheets by `innerHTML`, which have no `<` in them: anything else is refused.
 */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createHTML(text: string): string; createScriptURL(text: string): string },
  ): unknown
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
factory?.createPolicy('default', {
  createHTML(text) {
    if (text.includes('<')) throw new TypeError('Markup is not set from text here')
    return text
  },
  createScriptURL(text) {
    const url = new URL(text, location.href)
    const isOwn = url.origin === location.origin && url.pathname.startsWith('/dashboard/assets/')
    if (!isOwn) throw new TypeError('Scripts come from /dashboard/assets/ alone')
    return text
  },
})
