import { useLingui as useCatalogue } from '@lingui/react'
import { Trans, useLingui } from '@lingui/react/macro'
import { CornerDownLeft, Search, X, type LucideIcon } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { BotMark, cx, Dialog, isComposing, isFor, Key, type Found, useCall, useGo, useViewer } from '#ui'
import { rooms } from './screens.ts'

type Row = Found & { readonly icon?: LucideIcon }
type Group = { readonly title: string; readonly rows: readonly Row[] }

const pauseMs = 120

/** Everything there is, found by a few letters: places and commands at once, the rest as the server finds it. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const go = useGo()
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const commands = useCommands(text)
  const found = useFound(text)
  const groups = [...commands, ...found.groups].filter(({ rows }) => rows.length > 0)
  const rows = groups.flatMap((group) => group.rows)
  const active = Math.min(at, rows.length - 1)
  const open = (row: Row | undefined) => {
    if (!row) return
    onClose()
    go(row.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((active + step + rows.length) % Math.max(rows.length, 1))
    }
    // What was found for the letters before may stay in sight, but nobody has typed these to open it.
    const isWanted = found.of === text || commands.some((group) => group.rows.some((row) => row === rows[active]))
    if (event.key === 'Enter' && !isComposing(event) && isWanted) open(rows[active])
  }
  return (
    <Dialog open onClose={onClose} title={<Trans>Find</Trans>} size="m" head="bare">
      <div className="flex items-center gap-3 border-b border-hair pb-3">
        <Search size={18} className="shrink-0 text-faint" aria-hidden />
        <input
          role="combobox"
          aria-label={t`Find bots, chats and places`}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          autoFocus
          autoComplete="off"
          placeholder={t`Bots, chats, places`}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 bg-transparent text-18 outline-none placeholder:text-faint"
        />
        <button type="button" onClick={onClose} aria-label={t`Close`} className="rounded-control">
          <span className="max-md:hidden">
            <Key>Esc</Key>
          </span>
          <X size={18} className="text-soft md:hidden" aria-hidden />
        </button>
      </div>
      <Results id={id} groups={groups} active={active} onOpen={open} />
    </Dialog>
  )
}

type ResultsProps = {
  readonly id: string
  readonly groups: readonly Group[]
  readonly active: number
  readonly onOpen: (row: Row) => void
}

function Results({ id, groups, active, onOpen }: ResultsProps) {
  const { t } = useLingui()
  const list = useRef<HTMLDivElement>(null)
  const rows = groups.flatMap((group) => group.rows)
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div ref={list} id={`${id}-list`} role="listbox" aria-label={t`Found`} className="-mx-2 pt-2 md:min-h-72">
      {groups.map((group) => (
        <div key={group.title} role="group" aria-label={group.title}>
          <p className="px-2 pt-3 pb-1 text-12 text-faint" aria-hidden>
            {group.title}
          </p>
          {group.rows.map((row) => {
            const place = rows.indexOf(row)
            return (
              <Option
                key={row.key}
                id={`${id}-${place}`}
                row={row}
                active={place === active}
                onOpen={() => onOpen(row)}
              />
            )
          })}
        </div>
      ))}
      {rows.length === 0 && (
        <p className="px-2 py-10 text-center text-soft">
          <Trans>Nothing goes by that name. Try fewer letters.</Trans>
        </p>
      )}
    </div>
  )
}

type OptionProps = { readonly id: string; readonly row: Row; readonly active: boolean; readonly onOpen: () => void }

function Option({ id, row, active, onOpen }: OptionProps) {
  const { icon: Icon } = row
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      onClick={onOpen}
      onKeyDown={(event) => event.key === 'Enter' && onOpen()}
      className={cx(
        'flex cursor-pointer items-center gap-3 rounded-control px-2 py-2 hover:bg-hover',
        active && 'bg-hover',
      )}
    >
      {row.mark ? (
        <BotMark handle={row.mark} size={24} />
      ) : (
        <span className="grid size-6 place-items-center text-soft">{Icon && <Icon size={17} aria-hidden />}</span>
      )}
      <span className="truncate">{row.label}</span>
      {row.hint && <span className="min-w-0 flex-1 truncate text-13 text-faint">{row.hint}</span>}
      {active && <CornerDownLeft size={14} className="ml-auto text-faint" aria-hidden />}
    </div>
  )
}

/** Places and commands whose words have what is typed. */
function useCommands(text: string): readonly Group[] {
  const { t } = useLingui()
  const { i18n } = useCatalogue()
  const viewer = useViewer()
  const wanted = text.trim().toLocaleLowerCase()
  const nav = rooms.flatMap((room) => room.nav ?? [])
  const known = [
    ...nav.filter(({ area }) => area === 'main'),
    ...rooms.flatMap((room) => room.commands ?? []),
    ...nav.filter(({ area }) => area === 'desk'),
  ]
  const rows = new Map<string, Row & { readonly words: string }>()
  for (const each of known.filter(({ for: audience = 'everyone' }) => isFor(audience, viewer))) {
    const [label, also] = [i18n._(each.label), 'also' in each && each.also ? i18n._(each.also) : '']
    const former = rows.get(each.to)
    const words = `${former?.words ?? ''} ${label} ${also}`.toLocaleLowerCase()
    // A place that is both in the navigation and a command is one row, found by the words of both.
    rows.set(each.to, { key: each.to, label, to: each.to, ...(each.icon ? { icon: each.icon } : {}), ...former, words })
  }
  return [{ title: t`Go to`, rows: [...rows.values()].filter(({ words }) => words.includes(wanted)) }]
}

/** What the rooms find on the server, once typing pauses. Finders that fail find nothing. */
function useFound(text: string): { readonly of: string; readonly groups: readonly Group[] } {
  const call = useCall()
  const viewer = useViewer()
  const { i18n } = useCatalogue()
  const [found, setFound] = useState({ of: '', groups: [] as readonly Group[] })
  useEffect(() => {
    const asked = new AbortController()
    const finders = rooms.flatMap(({ find }) => find ?? []).filter((each) => isFor(each.for ?? 'everyone', viewer))
    const ask = async () => {
      const groups = await Promise.all(
        finders.map(async (finder) => ({
          title: i18n._(finder.title),
          rows: text.trim() === '' ? [] : await finder.run(text.trim(), call, asked.signal).catch(() => []),
        })),
      )
      if (!asked.signal.aborted) setFound({ of: text, groups })
    }
    const timer = setTimeout(() => void ask(), pauseMs)
    return () => {
      clearTimeout(timer)
      asked.abort()
    }
  }, [text, call, viewer, i18n])
  return found
}
