import * as z from 'zod/mini'
import { bigintText, endpoint } from '#kernel/contract'

const desk = { sign_in_first: 401, operators_only: 403 } as const

/**
 * A line of revenue is open, closed to new sales while what was sold is still served, or absent from this install: an
 * absent one is put into the house by whoever starts it, not on the desk.
 */
const line = z.object({
  name: z.string(),
  state: z.enum(['open', 'closed', 'absent']),
  changed: z.optional(z.object({ at: z.iso.datetime(), by: z.string() })),
})
export type Line = z.output<typeof line>

export const listLines = endpoint({
  method: 'GET',
  path: '/api/desk/lines',
  input: {},
  output: z.object({ lines: z.array(line) }),
  refusals: desk,
})

export const setLine = endpoint({
  method: 'PUT',
  path: '/api/desk/lines/:line',
  input: { params: z.object({ line: z.string() }), body: z.object({ state: z.enum(['open', 'closed']) }) },
  output: line,
  refusals: { ...desk, unknown_line: 404, line_absent: 409 },
})

const proofRun = z.object({
  since: z.iso.datetime(),
  claimsDone: z.int(),
  claims: z.int(),
})

const claim = z.object({ name: z.string(), breaches: z.array(z.string()) })

const proof = z.object({
  /** The one that is running. */
  running: z.optional(proofRun),
  /** Set where the run asked for last came to no result; what to do about it is in the log. */
  broke: z.optional(z.object({ at: z.iso.datetime() })),
  /** The newest result, of the night or of the desk, claim by claim. */
  last: z.optional(
    z.object({ at: z.iso.datetime(), holds: z.boolean(), journals: bigintText, claims: z.array(claim) }),
  ),
})
export type LedgerProof = z.output<typeof proof>

export const getProof = endpoint({
  method: 'GET',
  path: '/api/desk/proof',
  input: {},
  output: proof,
  refusals: desk,
})

/** Begins a proof of the whole ledger unless one is running, and does not wait for it. */
export const startProof = endpoint({
  method: 'POST',
  path: '/api/desk/proof',
  input: {},
  output: proof,
  refusals: desk,
})

/** What every screen says of the house: whether its money is play money. */
export const getHouse = endpoint({
  method: 'GET',
  path: '/api/house',
  input: {},
  output: z.object({ mode: z.enum(['demo', 'live']) }),
  refusals: {},
})
