import { z } from 'zod'
import { isUuid, refuse, type Refusal } from '#kernel'
import { sorts, type Sort } from './contract.ts'
import type { Place } from './rules.ts'

const keys: Readonly<Record<Sort, RegExp>> = {
  match: /^\d+(?:\.\d+)?(?:e-?\d+)?$/,
  use: /^\d{1,18}$/,
  new: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/,
  cheap: /^\d{1,18}$/,
  dear: /^\d{1,18}$/,
}

const shape = z.tuple([z.enum(sorts), z.string(), z.string().refine(isUuid)])

/** Reads what `writeCursor` wrote, for the same order. */
export function readCursor(text: string, sort: Sort): Place | Refusal<'bad_cursor'> {
  const parsed = shape.safeParse(jsonOf(text)).data
  if (parsed) {
    const [ofSort, key, id] = parsed
    if (ofSort === sort && keys[sort].test(key) && isUuid(id)) return { sort, key, id }
  }
  return refuse('bad_cursor', 'This page is of another list. Begin at the first page.')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown
  } catch {
    return undefined
  }
}
