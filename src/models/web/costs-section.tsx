import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { listCosts, type CostRow, type Provider } from '#models/contract'
import {
  Button,
  Day,
  Dollars,
  Notice,
  Read,
  SearchInput,
  Section,
  SkeletonRows,
  Table,
  Tag,
  useRead,
  type Column,
} from '#ui'
import { CostDialog, type CostTarget } from './cost-dialog.tsx'

/** What a million tokens cost, where the figure is from, and of when. */
export function CostsSection({ providers }: { readonly providers: readonly Provider[] }) {
  const { t } = useLingui()
  const [typed, setTyped] = useState('')
  const [edited, setEdited] = useState<CostTarget>()
  const [all, setAll] = useState(false)
  const read = useRead(listCosts, {})
  return (
    <Section
      title={<Trans>What models cost</Trans>}
      hint={
        <Trans>
          For a million tokens, as their makers’ price lists had it on the day given. Your own figure stands above it.
        </Trans>
      }
      actions={
        <SearchInput
          label={t`Find a model`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="w-56"
        />
      }
    >
      <Read of={read} loading={<SkeletonRows count={6} className="h-9" />}>
        {({ items, missing }) => (
          <>
            {missing.length > 0 && <Missing models={missing} onSet={(model) => setEdited({ model })} />}
            <CostTable rows={shownOf(items, { typed, all, providers })} onEdit={setEdited} />
            {!all && typed === '' && (
              <Button size="s" kind="quiet" className="-ml-2.5 self-start" onClick={() => setAll(true)}>
                <Trans>Show all {items.length} figures</Trans>
              </Button>
            )}
          </>
        )}
      </Read>
      {edited && <CostDialog target={edited} onClose={() => setEdited(undefined)} />}
    </Section>
  )
}

type Wanted = { readonly typed: string; readonly all: boolean; readonly providers: readonly Provider[] }

/** Unless one searches, the figures of what is connected, and one's own. */
function shownOf(rows: readonly CostRow[], { typed, all, providers }: Wanted): readonly CostRow[] {
  const text = typed.trim().toLowerCase()
  if (all || text !== '') return rows.filter(({ model }) => model.toLowerCase().includes(text))
  const connected = providers.map(({ slug }) => `${slug.replace(/-\d+$/, '')}/`)
  return rows.filter(({ model, origin }) => origin === 'operator' || connected.some((maker) => model.startsWith(maker)))
}

/** Models that are offered and have no figure: far ones answer nobody, and a gateway near by may send bills too. */
function Missing({ models, onSet }: { readonly models: readonly string[]; readonly onSet: (model: string) => void }) {
  return (
    <Notice kind="amber">
      <p>
        <Plural
          value={models.length}
          one="An offered model has no figure. A provider’s answers nobody until you say what it costs; one near by counts as free."
          other="# offered models have no figure. A provider’s answer nobody until you say what they cost; those near by count as free."
        />
      </p>
      <p className="mt-2 flex flex-wrap gap-2">
        {models.slice(0, 12).map((model) => (
          <Button key={model} size="s" onClick={() => onSet(model)} className="font-mono">
            {model}
          </Button>
        ))}
      </p>
    </Notice>
  )
}

type TableProps = { readonly rows: readonly CostRow[]; readonly onEdit: (target: CostTarget) => void }

function CostTable({ rows, onEdit }: TableProps) {
  const { t } = useLingui()
  const columns: readonly Column<CostRow>[] = [
    {
      key: 'model',
      head: <Trans>Model</Trans>,
      cell: ({ model }) => <span className="font-mono text-13 break-all">{model}</span>,
    },
    { key: 'in', head: <Trans>In</Trans>, align: 'right', cell: (row) => <Dollars micro={row.inputPerMillion} /> },
    { key: 'out', head: <Trans>Out</Trans>, align: 'right', cell: (row) => <Dollars micro={row.outputPerMillion} /> },
    { key: 'from', head: <Trans>From</Trans>, cell: (row) => <From row={row} />, hideOnPhone: true },
    {
      key: 'edit',
      head: <span className="sr-only">{t`Change`}</span>,
      align: 'right',
      cell: (row) => (
        <Button size="s" kind="quiet" onClick={() => onEdit(row)} aria-label={t`Change what ${row.model} costs`}>
          <Trans>Change</Trans>
        </Button>
      ),
    },
  ]
  return <Table label={t`What models cost`} columns={columns} rows={rows} rowKey={({ model }) => model} />
}

function From({ row }: { readonly row: CostRow }) {
  if (row.asOf === null)
    return (
      <span className="flex items-center gap-2">
        <Tag tone="accent">
          <Trans>Yours</Trans>
        </Tag>
        <Day at={row.at} className="text-faint" />
      </span>
    )
  return (
    <span className="text-faint">
      <Day at={row.asOf} />, {row.source}
    </span>
  )
}
