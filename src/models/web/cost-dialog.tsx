import { Trans } from '@lingui/react/macro'
import { useState, type FormEvent, type ReactNode } from 'react'
import { isRefusal } from '#kernel/contract'
import { resetCost, setCost, type CostRow } from '#models/contract'
import { Button, Dialog, Field, Input, Refused, useWrite } from '#ui'
import { changed } from './changed.ts'

export type CostTarget = Pick<CostRow, 'model'> & Partial<CostRow>

type DialogProps = { readonly target: CostTarget; readonly onClose: () => void }

const formId = 'cost-form'

/** The operator's own figure for a model, or the shipped one back. */
export function CostDialog({ target, onClose }: DialogProps) {
  const { model } = target
  const [input, setInput] = useState(write(target.inputPerMillion))
  const [output, setOutput] = useState(write(target.outputPerMillion))
  const setting = useWrite(setCost, { refresh: changed })
  const resetting = useWrite(resetCost, { refresh: changed })
  const [inputPerMillion, outputPerMillion] = [readDollars(input), readDollars(output)]
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (inputPerMillion === undefined || outputPerMillion === undefined) return
    const answer = await setting.run({ body: { model, inputPerMillion, outputPerMillion } })
    if (answer && !isRefusal(answer)) onClose()
  }
  const reset = async () => {
    const answer = await resetting.run({ body: { model } })
    if (answer && !isRefusal(answer)) onClose()
  }
  return (
    <Dialog
      open
      size="s"
      onClose={onClose}
      title={<Trans>What it costs you</Trans>}
      hint={<span className="font-mono">{model}</span>}
      actions={
        <>
          {target.origin === 'operator' && (
            <Button busy={resetting.running} onClick={() => void reset()}>
              <Trans>Back to the shipped figure</Trans>
            </Button>
          )}
          <Button
            type="submit"
            form={formId}
            kind="accent"
            busy={setting.running}
            disabled={inputPerMillion === undefined || outputPerMillion === undefined}
          >
            <Trans>Set it</Trans>
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void save(event)} className="grid grid-cols-2 gap-4">
        <Amount label={<Trans>A million tokens in</Trans>} text={input} onText={setInput} />
        <Amount label={<Trans>A million tokens out</Trans>} text={output} onText={setOutput} />
      </form>
      <Refused refusal={setting.refusal ?? resetting.refusal} />
    </Dialog>
  )
}

type AmountProps = { readonly label: ReactNode; readonly text: string; readonly onText: (text: string) => void }

function Amount({ label, text, onText }: AmountProps) {
  const wrong = text !== '' && readDollars(text) === undefined
  return (
    <Field label={label} refusal={wrong && <Trans>Write dollars from 0 to 10,000, such as 0.25.</Trans>}>
      <Input value={text} inputMode="decimal" onChange={(event) => onText(event.target.value)} className="figure" />
    </Field>
  )
}

const max = 10_000_000_000n

function readDollars(text: string): bigint | undefined {
  const match = /^\$?\s*(\d{1,5})(?:[.,](\d{0,6}))?$/.exec(text.trim())
  if (!match) return undefined
  const micro = BigInt(`${match[1]}${(match[2] ?? '').padEnd(6, '0')}`)
  return micro <= max ? micro : undefined
}

function write(micro: bigint | undefined): string {
  if (micro === undefined) return ''
  const fraction = (micro % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  return `${micro / 1_000_000n}${fraction === '' ? '' : `.${fraction}`}`
}
