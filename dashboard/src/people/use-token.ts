import { useState } from 'react'

/**
 * The secret behind `#` in a link. It leaves the address as it is read: what stands there ends in histories and in
 * screenshots.
 */
export function useToken(): string {
  const [token] = useState(() => {
    const found = location.hash.slice(1)
    if (found !== '') history.replaceState(history.state, '', location.pathname)
    return found
  })
  return token
}
