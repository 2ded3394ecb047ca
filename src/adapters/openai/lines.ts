/** A provider that exceeds what this house reads. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

type Limits = { readonly lineBytesMax: number; readonly answerBytesMax: number }

/**
 * The payloads of an event stream, one a `data:` line: no provider of this wire spreads one over several. Comments and
 * other fields are passed over, and a last line needs no end. Throws TooMuch.
 */
export async function* dataLines(body: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > limits.answerBytesMax) throw new TooMuch(`more than ${limits.answerBytesMax} bytes in an answer`)
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > limits.lineBytesMax) throw new TooMuch(`more than ${limits.lineBytesMax} bytes in a line`)
    for (const line of lines) {
      const data = dataOf(line)
      if (data !== undefined) yield data
    }
  }
  const data = dataOf(rest + decoder.decode())
  if (data !== undefined) yield data
}

function dataOf(line: string): string | undefined {
  if (!line.startsWith('data:')) return undefined
  const data = line.slice(5).trim()
  return data === '' ? undefined : data
}

/** A body that is no stream, as text. Throws TooMuch. */
export async function wholeText(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > bytesMax) throw new TooMuch(`more than ${bytesMax} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
