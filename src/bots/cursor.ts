import { z } from 'zod'
import { isRefusal, isUuid, type Refusal, type Uuid } from '#kernel'
import { readCursor, writeCursor } from '#platform'
import { sorts, type Sort } from './contract.ts'
import type { Place } from './rules.ts'

const keys: Readonly<Record<Sort, RegExp>> = {
  match: /^\d+(?:\.\d+)?(?:e-?\d+)?$/,
  use: /^\d{1,18}$/,
  new: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/,
  cheap: /^\d{1,18}$/,
  dear: /^\d{1,18}$/,
}

type Written = readonly [sort: Sort, key: string, id: Uuid]

const shape = z.tuple([z.enum(sorts), z.string(), z.string().refine(isUuid)])

/** Reads what `pageEnd` wrote, for the same order. */
export function placeAfter(text: string, sort: Sort): Place | Refusal<'bad_cursor'> {
  const place = readCursor(text, (json): json is Written => {
    const parsed = shape.safeParse(json).data
    return parsed !== undefined && parsed[0] === sort && keys[sort].test(parsed[1])
  })
  if (isRefusal(place)) return place
  const [, key, id] = place
  return { sort, key, id }
}

/** Where a page ended, for the next one. */
export function pageEnd({ sort, key, id }: Place): string {
  return writeCursor([sort, key, id])
}
