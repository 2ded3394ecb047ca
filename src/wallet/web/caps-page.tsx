import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type FormEvent, type ReactNode } from 'react'
import { isRefusal } from '#kernel/contract'
import { capPointsMax, getWallet, microUsdPerPoint, setCaps, type Caps, type WalletView } from '#wallet/contract'
import {
  Button,
  Field,
  Input,
  Page,
  places,
  Read,
  Refused,
  SkeletonRows,
  useFormat,
  useRead,
  useToast,
  useWrite,
} from '#ui'
import { readPoints } from './amounts.ts'

export function CapsPage() {
  const { t } = useLingui()
  const wallet = useRead(getWallet, {})
  return (
    <Page
      title={t`Limits`}
      hint={<Trans>What you may spend at most. No number of tabs, devices or bots can get past them.</Trans>}
      width="narrow"
      back={{ to: places.wallet, label: t`Wallet` }}
    >
      <Read of={wallet} loading={<SkeletonRows count={3} className="h-20" />}>
        {(view) => <CapsForm view={view} />}
      </Read>
    </Page>
  )
}

/** What is written in a field. Once saved, it stands until the limits are read anew. */
type Written = { readonly text: string; readonly isSaved: boolean }
type Edits = ReadonlyMap<keyof Caps, Written>

const textOf = (cap: bigint | null) => (cap === null ? '' : String(cap))

/** Undefined: what is written is no limit. Null: nothing is written, no limit. */
function capOf(text: string): bigint | null | undefined {
  if (text.trim() === '') return null
  const points = readPoints(text)
  return points !== undefined && points <= capPointsMax ? points : undefined
}

function CapsForm({ view }: { readonly view: WalletView }) {
  const { t } = useLingui()
  const toast = useToast()
  const saving = useWrite(setCaps, { refresh: [getWallet] })
  const { caps, left } = view
  const { edits, edit, saved } = useEdits(view)
  const textFor = (name: keyof Caps) => edits.get(name)?.text ?? textOf(caps[name])
  const wished = { message: capOf(textFor('message')), day: capOf(textFor('day')), month: capOf(textFor('month')) }
  const isWhole = (all: typeof wished): all is Caps => Object.values(all).every((cap) => cap !== undefined)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!isWhole(wished)) return
    // Only what was written here: another tab may have set the rest meanwhile.
    const unsaved = [...edits].filter(([, { isSaved }]) => !isSaved)
    const answer = await saving.run({ body: Object.fromEntries(unsaved.map(([name]) => [name, wished[name]])) })
    if (!answer || isRefusal(answer)) return
    saved(edits)
    toast({ words: t`Your limits hold from now on.` })
  }
  const field = (name: keyof Caps, label: ReactNode, hint: ReactNode, unused: bigint | null) => (
    <CapField
      label={label}
      hint={hint}
      text={textFor(name)}
      cap={wished[name]}
      left={wished[name] === caps[name] ? unused : null}
      onChange={(text) => edit(name, text)}
    />
  )
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-6">
      {field(
        'message',
        <Trans>Per message, in points</Trans>,
        <Trans>A longer answer ends there. A bot whose price is above it is not asked.</Trans>,
        null,
      )}
      {field('day', <Trans>Per day</Trans>, <Trans>Begins anew at midnight UTC.</Trans>, left.day)}
      {field('month', <Trans>Per month</Trans>, <Trans>Begins anew on the first, UTC.</Trans>, left.month)}
      <Refused refusal={saving.refusal} />
      <div>
        <Button type="submit" kind="accent" busy={saving.running} disabled={!isWhole(wished)}>
          <Trans>Save the limits</Trans>
        </Button>
      </div>
    </form>
  )
}

/** What is written and not saved; the rest follows what is read, whoever set it. */
function useEdits(view: WalletView) {
  const [edits, setEdits] = useState<Edits>(new Map())
  const [read, setRead] = useState(view)
  if (read !== view) {
    setRead(view)
    setEdits(new Map([...edits].filter(([, { isSaved }]) => !isSaved)))
  }
  return {
    edits,
    edit: (name: keyof Caps, text: string) => setEdits((now) => new Map(now).set(name, { text, isSaved: false })),
    /** What was written since it was sent is not saved. */
    saved: (sent: Edits) =>
      setEdits((now) => {
        const saved = [...now].map(
          ([name, written]) => [name, { ...written, isSaved: written === sent.get(name) }] as const,
        )
        return new Map(saved)
      }),
  }
}

type CapFieldProps = {
  readonly label: ReactNode
  readonly hint: ReactNode
  readonly text: string
  readonly cap: bigint | null | undefined
  readonly left: bigint | null
  readonly onChange: (text: string) => void
}

function CapField({ label, hint, text, cap, left, onChange }: CapFieldProps) {
  const { t } = useLingui()
  const format = useFormat()
  const worth = cap === null || cap === undefined ? undefined : format.dollars(cap * microUsdPerPoint)
  return (
    <Field
      label={
        <span className="flex items-baseline justify-between gap-4">
          <span>{label}</span>
          {worth && <span className="figure font-normal text-faint">{worth}</span>}
        </span>
      }
      hint={
        left === null ? (
          hint
        ) : (
          <>
            {hint} <Trans>Left of it now: {format.points(left)}.</Trans>
          </>
        )
      }
      refusal={cap === undefined && <Trans>Write a whole number of points, or nothing for no limit.</Trans>}
    >
      <Input
        inputMode="numeric"
        autoComplete="off"
        placeholder={t`No limit`}
        className="figure"
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
