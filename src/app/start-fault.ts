import { OperatorFault } from '#platform'

/** What a person reads when a start fails: what is wrong and what to do, and the stack only for who asks for it. */
export function explainFault(thrown: unknown, options: { readonly debug: 'with stack' | 'words only' }): string {
  const fault = firstOf(thrown)
  const words = fault instanceof Error ? fault.message : String(fault)
  const stack = options.debug === 'with stack' && fault instanceof Error ? (fault.stack ?? '') : ''
  return [`Bottega cannot start. ${words}`, remedyFor(fault), stack].filter((part) => part !== '').join('\n')
}

/** What went wrong first: closing what was open already may have failed after it, and because of it. */
function firstOf(fault: unknown): unknown {
  return fault instanceof SuppressedError ? firstOf(fault.suppressed) : fault
}

function remedyFor(fault: unknown): string {
  if (fault instanceof OperatorFault) return fault.remedy
  if (!(fault instanceof Error)) return bug
  const { name, message, code } = fault as NodeJS.ErrnoException
  // Of tools, and not ours to import.
  if (name === 'PostgresUnavailable') return ''
  if (name === 'ScreensUnbuilt')
    return 'If you changed something in src, mend it; if not, delete node_modules and start again.'
  // Of pg, which gives it no code.
  if (message.startsWith('Connection terminated')) return gone
  return remedies[code ?? ''] ?? bug
}

const bug = 'This is a bug of Bottega. Start with LOG_LEVEL=debug to see where, and please report it.'

const notOurs = 'Start as the user who owns this file or folder, or make it theirs.'
const inTheWay = 'Something else stands in its place: move it away, or set DATA_DIR to another folder.'
const full = 'The disk is full: free some space and start again.'
const gone = 'The database server ended the connection, or was ended itself: start again once it runs.'

/** What whoever runs the install can mend, by the codes of Node and of PostgreSQL. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: notOurs,
  EPERM: notOurs,
  EROFS: 'It lies on a read-only file system: make that writable, or set DATA_DIR to another folder.',
  ENOSPC: full,
  EDQUOT: 'The disk quota is used up: free some space and start again.',
  ENOTDIR: inTheWay,
  EISDIR: inTheWay,
  EEXIST: inTheWay,
  '25006': 'This database can only be read: set DATABASE_URL to the primary server.',
  '42501':
    'The user of DATABASE_URL lacks this right. As the database’s owner run: grant create on database <its name> to <that user>;',
  '53100': full,
  '53300': 'The database server has no connection free: raise max_connections, or lower POOL_MAX.',
  '57P01': gone,
  '57P02': gone,
  '57P03': gone,
  ECONNREFUSED: gone,
  ECONNRESET: gone,
}
