/** What stops the command and is no bug: said without a stack. */
export class CommandError extends Error {
  static {
    this.prototype.name = 'CommandError'
  }
}

/** A command line that cannot be understood. */
export class UsageError extends CommandError {}
