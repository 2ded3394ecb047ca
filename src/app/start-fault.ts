import { OperatorFault } from '#platform'

/** What a person reads when a start fails: what is wrong and what to do, and the stack only for who asks for it. */
export function explainFault(fault: unknown, options: { readonly debug: 'with stack' | 'words only' }): string {
  const words = fault instanceof Error ? fault.message : String(fault)
  const known = fault instanceof OperatorFault || (fault instanceof Error && fault.name === 'PostgresUnavailable')
  const remedy =
    fault instanceof OperatorFault
      ? fault.remedy
      : known
        ? ''
        : 'This is a bug of Bottega. Start with LOG_LEVEL=debug to see where, and please report it.'
  const stack = options.debug === 'with stack' && fault instanceof Error ? (fault.stack ?? '') : ''
  return [`Bottega cannot start. ${words}`, remedy, stack].filter((part) => part !== '').join('\n')
}
