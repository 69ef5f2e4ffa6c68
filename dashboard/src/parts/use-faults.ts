import { NewcomerError } from '@newcomer/client/browser'
import { useState } from 'react'

/** What the server found wrong with which field of a form. */
export function useFaults() {
  const [faults, setFaults] = useState<Record<string, string>>({})
  /** Does it, and puts a refusal of one field beside that; the error is thrown on. */
  async function placeFaults<T>(action: () => Promise<T>): Promise<T> {
    setFaults({})
    try {
      return await action()
    } catch (error) {
      const field = error instanceof NewcomerError ? error.details['field'] : undefined
      if (error instanceof NewcomerError && typeof field === 'string') {
        setFaults({ [field.split(/[./[]/)[0] ?? field]: error.message })
      }
      throw error
    }
  }
  return { faults, placeFaults }
}
