/** Why the program does not start. The operator can mend it, and the message says how. */
export class CannotStart extends Error {
  override readonly name: string = 'CannotStart'
}
