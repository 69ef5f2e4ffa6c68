import { setNonce } from 'get-nonce'

/** The nonce of this very answer, which styles that scripts add need. Vite writes it into a `<meta>`. */
export const nonce =
  document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

// For what Mantine has in it of others', such as react-remove-scroll.
setNonce(nonce)
