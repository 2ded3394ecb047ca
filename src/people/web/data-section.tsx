import { Trans, useLingui } from '@lingui/react/macro'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { isRefusal, type Refusal } from '#kernel/contract'
import { closeAccount, exportMine, type Me } from '#people/contract'
import { Button, Confirm, Refused, Section, useCall, useToast, useWrite } from '#ui'
import { leave } from './leave.ts'
import { PasswordField } from './password-field.tsx'

/** What people take with them, and how they go. */
export function DataSection({ me }: { readonly me: Me }) {
  return (
    <Section title={<Trans>Your data</Trans>}>
      <Export />
      <CloseAccount me={me} />
    </Section>
  )
}

function Export() {
  const { t } = useLingui()
  const call = useCall()
  const toast = useToast()
  const [running, setRunning] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const save = async () => {
    setRunning(true)
    try {
      const answer = await call(exportMine, {})
      setRefusal(isRefusal(answer) ? answer : undefined)
      if (!isRefusal(answer)) download(`bottega-${answer.at.slice(0, 10)}.json`, JSON.stringify(answer, null, 2))
    } catch {
      toast({ kind: 'bad', words: t`The export could not be made. Try again.` })
    } finally {
      setRunning(false)
    }
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-4">
      <p className="max-w-112 text-soft">
        <Trans>
          Everything Bottega keeps of you, in one JSON file: account, conversations, bots, every point in and out.
        </Trans>
      </p>
      <Button icon={Download} busy={running} onClick={() => void save()}>
        <Trans>Export</Trans>
      </Button>
      <Refused refusal={refusal} />
    </div>
  )
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

function CloseAccount({ me }: { readonly me: Me }) {
  const closing = useWrite(closeAccount)
  const [open, setOpen] = useState(false)
  const [password, setPassword] = useState('')
  const close = async () => {
    const answer = await closing.run({ body: { password } })
    if (answer && !isRefusal(answer)) leave()
  }
  const stay = () => {
    setOpen(false)
    setPassword('')
    closing.reset()
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-4 border-t border-hair pt-4">
      <p className="max-w-112 text-soft">
        <Trans>Closing the account erases who you are and what you wrote. It cannot be undone.</Trans>
      </p>
      <Button kind="danger" onClick={() => setOpen(true)}>
        <Trans>Close the account</Trans>
      </Button>
      <Confirm
        open={open}
        onClose={stay}
        title={<Trans>Close the account of {me.name}?</Trans>}
        action={<Trans>Close for good</Trans>}
        busy={closing.running}
        onConfirm={() => void close()}
      >
        <div className="flex flex-col gap-4">
          <ul className="flex list-disc flex-col gap-1 pl-5 text-soft">
            <li>
              <Trans>Your name, e-mail, password and conversations are erased.</Trans>
            </li>
            <li>
              <Trans>Points and earnings that are left are lost. Take out first what you want to keep.</Trans>
            </li>
            <li>
              <Trans>The ledger keeps its history without your name, because it must add up.</Trans>
            </li>
          </ul>
          <PasswordField label={<Trans>Your password</Trans>} of="present" value={password} onChange={setPassword} />
          <Refused refusal={closing.refusal} />
        </div>
      </Confirm>
    </div>
  )
}
