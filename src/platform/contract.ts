import * as z from 'zod/mini'
import { endpoint } from '#kernel/contract'

const check = z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), ms: z.number() })

/** 200 while every check is well, else 503; the same body either way. */
export const getHealth = endpoint({
  method: 'GET',
  path: '/api/health',
  input: {},
  output: z.object({ ok: z.boolean(), at: z.string(), checks: z.array(check) }),
  refusals: {},
  status: ({ ok }) => (ok ? 200 : 503),
})

export type HealthReport = z.output<typeof getHealth.output>
