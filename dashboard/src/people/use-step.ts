import { useState } from 'react'
import { describeFailure } from '../parts/failure.tsx'

/** One step of a form: busy while it is under way, and what went wrong. */
export function useStep() {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const run = (step: () => Promise<unknown>): void => {
    setBusy(true)
    setError(undefined)
    step()
      .catch((thrown: unknown) => setError(describeFailure(thrown).message))
      .finally(() => setBusy(false))
  }
  return { isBusy, error, run }
}
