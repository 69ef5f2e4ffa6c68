import { AsyncLocalStorage } from 'node:async_hooks'

/*
 * Bulkheads: an error thrown where neither a promise nor a handler can catch it (in a library's
 * callback, a timer, an event) fails the piece of work that it arose in, and not the process, which works
 * for all tenants. Node carries the compartment along through every callback that the work begins.
 */

interface Compartment {
  fail(error: unknown): void
}

const compartments = new AsyncLocalStorage<Compartment>()

/** Does a piece of work in a compartment of its own: rejects with an error of it that was not caught. */
export function inBulkhead<T>(work: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    compartments.run({ fail: reject }, () => {
      work().then(resolve, reject)
    })
  })
}

/** The same for work that goes on in callbacks: `fail` gets each error that was not caught. */
export function enterBulkhead(fail: (error: unknown) => void, work: () => void): void {
  compartments.run({ fail }, work)
}

/** Fails the piece of work that the error arose in; false where it arose in none. */
export function failCompartment(error: unknown): boolean {
  const compartment = compartments.getStore()
  compartment?.fail(error)
  return compartment !== undefined
}

/**
 * From now on an uncaught error, or an unhandled rejection, fails the work that it arose in.
 * What arose in none goes on to the process' own listeners, since what it leaves undone is not known.
 */
export function containErrors(contained: (error: unknown) => void): void {
  process.setUncaughtExceptionCaptureCallback((error: Error) => {
    if (failCompartment(error)) contained(error)
    else process.emit('uncaughtException', error)
  })
}
