import type { Context } from 'hono'
import { z } from 'zod'
import type { Endpoint } from '#kernel/contract'
import { HttpFault } from './problem.ts'

/** The declared parts of a request as program values. Throws HttpFault where its shape is not the declared one. */
export async function readInput(
  c: Context,
  { input }: Pick<Endpoint, 'input'>,
  bytesMax: number,
): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = {}
  const issues: { path: string; message: string }[] = []
  for (const [part, schema] of Object.entries(input)) {
    if (schema === undefined) continue
    const raw =
      part === 'params' ? c.req.param() : part === 'query' ? c.req.query() : await readJson(c.req.raw, bytesMax)
    const parsed = await z.safeDecodeAsync(schema as z.ZodType, raw as never)
    if (parsed.success) read[part] = parsed.data
    else issues.push(...parsed.error.issues.map(({ path, message }) => ({ path: [part, ...path].join('.'), message })))
  }
  if (issues.length > 0)
    throw new HttpFault(400, 'The request does not have the shape this operation takes.', { issues })
  return read
}

/** Only application/json: what a form on another site can send without asking is thereby refused. */
async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const kind = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (kind !== 'application/json') throw new HttpFault(415, 'Send the body as application/json.')
  const text = await readText(request, bytesMax)
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpFault(400, 'The body is not JSON.')
  }
}

/**
 * The body of a request, at most so many bytes: HttpFault 413 beyond. Counts what arrives, since a length that is announced need
 * not be true, or there at all.
 */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const tooLarge = () => new HttpFault(413, `The body is larger than ${bytesMax} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge()
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of request.body ?? []) {
    bytes += piece.length
    if (bytes > bytesMax) throw tooLarge()
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
