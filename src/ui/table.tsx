import type { MouseEvent, ReactNode } from 'react'
import { cx } from './classes.ts'
import { useGo } from './link.tsx'

export type Column<Row> = {
  readonly key: string
  readonly head: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** Figures stand on the right. */
  readonly align?: 'left' | 'right'
  readonly hideOnPhone?: boolean
}

type TableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** A press anywhere on the row goes here; put a Link in one cell too, for the keyboard. */
  readonly rowTo?: (row: Row) => string | undefined
  readonly empty?: ReactNode
}

const cellLook = (column: { readonly align?: 'left' | 'right'; readonly hideOnPhone?: boolean }) =>
  cx('px-3 first:pl-0 last:pr-0', column.align === 'right' && 'text-right', column.hideOnPhone && 'max-md:hidden')

export function Table<Row>({ label, columns, rows, rowKey, rowTo, empty }: TableProps<Row>) {
  const go = useGo()
  if (rows.length === 0 && empty) return empty
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className="w-full border-collapse text-13">
        <thead>
          <tr className="border-b border-hair text-left text-faint">
            {columns.map((column) => (
              <th key={column.key} scope="col" className={cx(cellLook(column), 'py-2 font-medium')}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const to = rowTo?.(row)
            const open = to === undefined ? undefined : (event: MouseEvent) => isOnControl(event) || go(to)
            return (
              <tr
                key={rowKey(row)}
                onClick={open}
                className={cx('border-b border-hair last:border-0', open && 'cursor-pointer hover:bg-hover')}
              >
                {columns.map((column) => (
                  <td key={column.key} className={cx(cellLook(column), 'py-2.5 align-baseline')}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** What is pressed in a row and does something by itself does not open the row as well. */
const isOnControl = ({ target }: MouseEvent) => target instanceof Element && target.closest('a, button') !== null
