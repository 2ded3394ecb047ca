import { refuse, type Refusal } from '#kernel'

/** Where a page ended, as text that means nothing to whoever keeps it. */
export function writeCursor(place: readonly (string | boolean)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads what `writeCursor` wrote; `isPlace` knows the shape of this list's places. */
export function readCursor<Place>(
  text: string,
  isPlace: (json: unknown) => json is Place,
): Place | Refusal<'bad_cursor'> {
  const place = jsonOf(text)
  return isPlace(place) ? place : refuse('bad_cursor', 'This page is of another list. Begin at the first page.')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown
  } catch {
    return undefined
  }
}
