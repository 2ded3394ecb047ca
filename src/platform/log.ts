import { pino, type DestinationStream, type Level, type Logger } from 'pino'

/** `log.info({ requestId }, 'what happened')`. Whatever is handed in passes the redaction below first. */
export type Log = Logger
export type LogLevel = Level | 'silent'

/** Written lower-case without - and _. A key that ends so is hidden too: `refresh_token`, `stripeSecret`; `inputTokens` is not. */
const secretKeys = [
  'authorization cookie password passwd passphrase passkey token secret apikey privatekey',
  'credential credentials otp cvc cvv cardnumber iban ssn databaseurl connectionstring',
].flatMap((line) => line.split(' '))
const hidden = '[hidden]'
const depthMax = 8

/** JSON lines on standard error, so that standard output stays what the program has to say to a person. */
export function createLog(options: { level: LogLevel; destination?: DestinationStream }): Log {
  const isDebug = options.level === 'debug' || options.level === 'trace'
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (fault: unknown) => fault },
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      // A child's bindings and the message that pino takes from an error pass no formatter: the finished line does.
      hooks: { streamWrite: (line) => `${JSON.stringify(trimmed(redactFields(JSON.parse(line)), { isDebug }))}\n` },
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  )
}

/** A warning says what happened, and that is enough: where in the code is for errors, and for whoever asked for more. */
function trimmed(fields: Record<string, unknown>, { isDebug }: { isDebug: boolean }): Record<string, unknown> {
  const { level, err } = fields
  if (isDebug || level === 'error' || level === 'fatal' || typeof err !== 'object' || err === null) return fields
  return { ...fields, err: withoutStack(err) }
}

function withoutStack(fault: object): object {
  const fields = Object.entries(fault).filter(([name]) => name !== 'stack')
  return Object.fromEntries(
    fields.map(([name, value]: [string, unknown]) =>
      name === 'cause' && typeof value === 'object' && value !== null ? [name, withoutStack(value)] : [name, value],
    ),
  )
}

function redactFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, redact(key, value, 0)]))
}

function redact(key: string, value: unknown, depth: number): unknown {
  const plain = key.toLowerCase().replaceAll(/[-_]/g, '')
  if (secretKeys.some((secret) => plain.endsWith(secret))) return value === undefined ? undefined : hidden
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth >= depthMax) return '[deeper]'
  if (value instanceof Date) return value
  if (value instanceof Error) return redactFault(value, depth)
  if (Array.isArray(value)) return value.map((item) => redact('', item, depth + 1))
  if (value instanceof Headers || value instanceof Map) return redact(key, Object.fromEntries(value), depth)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redact(name, inner, depth + 1)]))
}

/** PostgreSQL puts the values of a row into `detail` and `where`: only the fields named here are written. */
function redactFault(fault: Error, depth: number): object {
  const code = 'code' in fault ? fault.code : undefined
  const cause = fault.cause === undefined ? undefined : redact('cause', fault.cause, depth + 1)
  return { type: fault.name, message: redactText(fault.message), code, stack: redactText(fault.stack ?? ''), cause }
}

function redactText(text: string): string {
  return text
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${hidden}`)
    .replaceAll(/(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g, `$1:${hidden}@`)
    .replaceAll(/\b(?:sk|pk|rk|whsec)[-_][\w-]{12,}/g, hidden)
    .replaceAll(/(?<![\w-])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])/g, (digits) => (isCardNumber(digits) ? hidden : digits))
}

/** ISO/IEC 7812: the check digit of Luhn. */
function isCardNumber(text: string): boolean {
  const digits = text.match(/\d/g) ?? []
  const sum = digits.toReversed().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}
