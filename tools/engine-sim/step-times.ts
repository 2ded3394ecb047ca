import { readFileSync } from 'node:fs'

/** How long one step of an engine takes, in milliseconds: so many sequences gain a token, so many prompt tokens are read. */
export type StepTimes = (step: { readonly decoding: number; readonly prompt: number }) => number

/** Points of a measured curve, by rising first number; between two of them the straight line holds. */
type Curve = readonly (readonly [size: number, ms: number])[]

/** `decode` by sequences in the batch, `prefill` by prompt tokens in the step. */
export type Profile = { readonly decode: Curve; readonly prefill: Curve }

export const profileByDefault = 'llama2-70b/h100-80gb/8'

/** Medians of llama2-70b on eight H100 in Splitwise's measurements (ISCA 2024, MIT): what stands in for the file. */
export const builtIn: Profile = {
  decode: [
    [1, 29.7],
    [2, 30.2],
    [4, 31.7],
    [8, 32.5],
    [16, 34.1],
    [32, 38.6],
    [64, 50.1],
  ],
  prefill: [
    [128, 58],
    [256, 51],
    [512, 54],
    [1024, 77],
    [2048, 134],
    [4096, 378],
    [8192, 828],
    [16384, 1551],
    [32768, 2936],
  ],
}

/**
 * A step decodes and reads prompts at once, so a prompt costs what its step takes longer than one without it. Beyond
 * the measured sizes the last line goes on.
 */
export function stepTimes({ decode, prefill }: Profile): StepTimes {
  const alone = at(decode, 1)
  const excess: Curve = [[0, 0], ...prefill.map(([size, ms]) => [size, Math.max(0, ms - alone)] as const)]
  return ({ decoding, prompt }) => at(decode, Math.max(1, decoding)) + (prompt > 0 ? at(excess, prompt) : 0)
}

function at(curve: Curve, size: number): number {
  const upper = curve.findIndex(([to]) => to >= size)
  const next = Math.max(1, upper === -1 ? curve.length - 1 : upper)
  const [from, fromMs] = curve[next - 1] ?? [0, 0]
  const [to, toMs] = curve[next] ?? [from + 1, fromMs]
  return fromMs + ((toMs - fromMs) * (Math.max(size, curve[0]?.[0] ?? 0) - from)) / (to - from)
}

/**
 * The profile MODEL/HARDWARE/PARALLEL of Splitwise's perf_model.csv. Decoding is taken where prompts have 512 tokens; a
 * prompt's time hangs on the tokens of the whole batch together. Throws when the file holds no such profile.
 */
export function readProfile(file: string, name: string): Profile {
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const columns = head.split(',')
  const rows = lines.map((line) => {
    const cells = line.split(',')
    return (column: string) => cells[columns.indexOf(column)] ?? ''
  })
  const ours = rows.filter(
    (row) =>
      `${row('model')}/${row('hardware')}/${row('tensor_parallel')}` === name && Number(row('token_size')) === 128,
  )
  if (ours.length === 0) throw new Error(`${file} holds no profile ${name}`)
  const batch = (row: (column: string) => string) => Number(row('batch_size'))
  const prompt = (row: (column: string) => string) => Number(row('prompt_size'))
  const usual = ours.filter((row) => prompt(row) === 512)
  return {
    decode: medians(usual.map((row) => [batch(row), Number(row('token_time'))])),
    prefill: medians(ours.map((row) => [batch(row) * prompt(row), Number(row('prompt_time'))])),
  }
}

function medians(points: readonly (readonly [size: number, ms: number])[]): Curve {
  const bySize = Map.groupBy(points, ([size]) => size)
  return [...bySize]
    .toSorted(([one], [other]) => one - other)
    .map(([size, all]) => {
      const sorted = all.map(([, ms]) => ms).toSorted((one, other) => one - other)
      return [size, sorted[sorted.length >> 1] ?? Number.NaN] as const
    })
}
