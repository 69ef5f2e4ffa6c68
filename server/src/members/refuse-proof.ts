import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Problem } from '../kernel/problem.ts'
import { journalPerson } from './journal-person.ts'
import type { JournaledPerson } from './journal-person.ts'
import { signInFailed } from './people-parts.ts'
import type { PeopleParts } from './people-parts.ts'
import type { Guess } from './sign-in-throttle.ts'

/** By what somebody proves who they are. */
export type Proof = 'password' | 'totp' | 'recovery-code' | 'passkey' | 'provider'

/** Somebody who tries to. */
export interface ProofAttempt {
  action: 'person.sign-in' | 'person.step-up' | 'person.change-password'
  by: Proof
  /** Undefined where there is nobody like that. */
  person: JournaledPerson | undefined
  origin: Omit<Act, 'actor'>
}

type Parts = Pick<PeopleParts, 'refusals' | 'clock' | 'throttle'>

/** What is answered to a wrong proof. The journals of whose it should have been say that it was tried. */
export function refuseProof(parts: Parts, attempt: ProofAttempt): Problem {
  record(parts, attempt, 'wrong')
  return signInFailed()
}

/** Counts a guess before it is known how it ends. @throws Problem 429 while guesses have to wait */
export function beginGuess(parts: Parts, guess: Guess, attempt: ProofAttempt): void {
  try {
    parts.throttle.begin(guess)
  } catch (error) {
    record(parts, attempt, 'too many tries')
    throw error
  }
}

/** Beside the call, so that its time does not tell whether there is such a person. */
function record({ refusals, clock }: Parts, attempt: ProofAttempt, reason: string): void {
  const { action, by, person, origin } = attempt
  const at = clock.now()
  const entry = {
    ...{ at, action, outcome: 'refused' as const, after: { by, reason } },
    // The person has not shown that it was them.
    act: { actor: null, ...origin },
  }
  const what = [action, by, reason, person?.id, origin.address]
  refusals.write({ isKnown: person !== undefined, what }, (tx) =>
    person
      ? journalPerson(tx, person, entry)
      : appendEntry(tx, { organization: null, object: null, ...entry }),
  )
}
