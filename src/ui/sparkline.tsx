import { cx } from './classes.ts'

type SparklineProps = {
  readonly values: readonly number[]
  /** What it shows, for those who do not see it. */
  readonly label: string
  readonly format?: (value: number, at: number) => string
  readonly className?: string | undefined
}

const [width, height, pad] = [120, 32, 3]

/** The shape of a row of figures, beside the figure itself. It is read aloud as a list. */
export function Sparkline({ values, label, format = String, className }: SparklineProps) {
  const top = Math.max(...values, 1e-9)
  const x = (at: number) => pad + (at * (width - 2 * pad)) / Math.max(values.length - 1, 1)
  const y = (value: number) => height - pad - (value / top) * (height - 2 * pad)
  const line = values.map((value, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('')
  const last = values.at(-1)
  return (
    <figure className={cx('relative m-0', className)}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        className="block h-8 w-full overflow-visible"
        preserveAspectRatio="none"
        aria-hidden
      >
        <path d={`M${pad} ${height - pad}H${width - pad}`} className="stroke-hair" vectorEffect="non-scaling-stroke" />
        <path
          d={line}
          fill="none"
          className="stroke-accent"
          strokeWidth="1.5"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
        {last !== undefined && (
          <path
            d={`M${x(values.length - 1)} ${y(last)}h.01`}
            className="stroke-accent"
            strokeWidth="5"
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <figcaption className="sr-only">
        {label}
        <ul>
          {values.map((value, at) => (
            <li key={at}>{format(value, at)}</li>
          ))}
        </ul>
      </figcaption>
    </figure>
  )
}
