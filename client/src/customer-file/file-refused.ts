/**
 * The file as a whole can't be read. The message says what is wrong and what to do, and holds
 * nothing of the file.
 */
export class FileRefused extends TypeError {
  /** A stable slug. */
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.name = 'FileRefused'
    this.type = type
  }
}
