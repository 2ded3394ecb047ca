/**
 * A fault that whoever runs the install can mend. The message says what is wrong, the remedy what to do about it;
 * both are shown to them as they stand, without a stack trace.
 */
export class OperatorFault extends Error {
  override readonly name = 'OperatorFault'
  readonly remedy: string

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options)
    this.remedy = remedy
  }
}

/** The code of a fault from Node or PostgreSQL, such as `EADDRINUSE` or `40001`. */
export function codeOf(fault: unknown): string | undefined {
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined
  return typeof code === 'string' ? code : undefined
}
