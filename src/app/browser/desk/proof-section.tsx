import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useEffect } from 'react'
import {
  Button,
  Instant,
  Notice,
  Read,
  Receipt,
  ReceiptHead,
  ReceiptLine,
  ReceiptNote,
  ReceiptTotal,
  Refused,
  Section,
  SkeletonRows,
  useFormat,
  useRead,
  useRefresh,
  useWrite,
} from '#ui'
import { getHealth } from '#platform/contract'
import { getProof, startProof, type LedgerProof } from '#app/contract'
import { claimWords } from './claim-words.ts'

type Running = NonNullable<LedgerProof['running']>
type Result = NonNullable<LedgerProof['last']>

const refreshMs = 1000

/** Whether every point and every cent is where the books say. */
export function ProofSection() {
  const read = useRead(getProof, {}, { refreshMs })
  const starting = useWrite(startProof, { refresh: [getProof] })
  const running = read.state === 'ready' ? read.value.running : undefined
  const provedAt = read.state === 'ready' ? read.value.last?.at : undefined
  const refresh = useRefresh()
  // Health tells of the newest proof: it hears of it at once, and not when it asks the next time.
  useEffect(() => {
    if (provedAt !== undefined) refresh(getHealth)
  }, [provedAt, refresh])
  return (
    <Section
      title={<Trans>The ledger</Trans>}
      actions={
        <Button size="s" busy={starting.running} disabled={running !== undefined} onClick={() => void starting.run({})}>
          <Trans>Prove it now</Trans>
        </Button>
      }
    >
      <Refused refusal={starting.refusal} />
      <Read of={read} loading={<SkeletonRows count={1} className="h-80" />}>
        {(state) => (
          <>
            {state.running && <Progress running={state.running} />}
            {state.broke && !state.running && (
              <Notice kind="bad">
                <Trans>
                  The proof asked for <Instant at={state.broke.at} /> came to no result. The log says why; ask again.
                </Trans>
              </Notice>
            )}
            {state.last ? <ProofReceipt result={state.last} /> : !state.running && <NeverProved />}
          </>
        )}
      </Read>
    </Section>
  )
}

function NeverProved() {
  return (
    <p className="text-soft">
      <Trans>Not proved yet. It proves itself every night; you need not wait for that.</Trans>
    </p>
  )
}

function Progress({ running }: { readonly running: Running }) {
  const { t } = useLingui()
  const { claimsDone, claims } = running
  return (
    <div className="flex flex-col gap-1.5">
      <p className="flex justify-between text-13 text-soft">
        <Trans>Proving</Trans>
        <span className="figure">
          {claimsDone} / {claims}
        </span>
      </p>
      <progress
        aria-label={t`Claims checked`}
        value={claimsDone}
        max={claims || 1}
        className="h-1 w-full appearance-none overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-hair [&::-webkit-progress-value]:bg-accent"
      />
    </div>
  )
}

function ProofReceipt({ result }: { readonly result: Result }) {
  const { t } = useLingui()
  const format = useFormat()
  return (
    <Receipt label={t`Proof of the ledger`} torn="both" size="sheet">
      <ReceiptHead title={<Trans>Proof</Trans>}>{format.instant(result.at)}</ReceiptHead>
      {result.claims.map((claim) => (
        <Claim key={claim.name} claim={claim} />
      ))}
      <ReceiptTotal label={result.holds ? <Trans>It holds</Trans> : <Trans>It does not hold</Trans>}>
        <Plural value={Number(result.journals)} one="# journal" other="# journals" />
      </ReceiptTotal>
      {!result.holds && (
        <ReceiptNote>
          <Trans>
            Keep a copy of the database before anything else, close what sells, and look at the lines above.
          </Trans>
        </ReceiptNote>
      )}
    </Receipt>
  )
}

function Claim({ claim }: { readonly claim: Result['claims'][number] }) {
  const { t } = useLingui()
  const known = claimWords[claim.name]
  const broken = claim.breaches.length > 0
  return (
    <ReceiptLine
      label={known ? t(known) : claim.name}
      tone={broken ? 'out' : 'in'}
      value="words"
      hint={broken ? claim.breaches.join(' · ') : undefined}
    >
      {broken ? <Trans>broken</Trans> : <Trans>holds</Trans>}
    </ReceiptLine>
  )
}
