import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type SubmitEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { changePassword, listSessions } from '#people/contract'
import { Button, Refused, Section, useToast, useWrite } from '#ui'
import { focusWrong } from './focus-wrong.ts'
import { PasswordField } from './password-field.tsx'
import { isLongEnough } from './well-formed.ts'

const blank = { current: '', next: '' }

export function PasswordSection({ email }: { readonly email: string }) {
  const { t } = useLingui()
  const toast = useToast()
  const changing = useWrite(changePassword, { refresh: [listSessions] })
  const [words, setWords] = useState(blank)
  const [checked, setChecked] = useState(false)
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (words.current === '' || !isLongEnough(words.next)) return focusWrong(event.currentTarget)
    const answer = await changing.run({ body: words })
    if (!answer || isRefusal(answer)) return
    setWords(blank)
    setChecked(false)
    toast({ words: t`The new password holds. Every other device was signed out.` })
  }
  return (
    <Section title={<Trans>Password</Trans>} hint={<Trans>A new one signs every other device out.</Trans>}>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex max-w-104 flex-col gap-4">
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <PasswordField
          label={<Trans>Present password</Trans>}
          of="present"
          value={words.current}
          onChange={(current) => setWords({ ...words, current })}
          refusal={checked && words.current === '' && <Trans>Write your present password.</Trans>}
        />
        <PasswordField
          label={<Trans>New password</Trans>}
          of="new"
          value={words.next}
          onChange={(next) => setWords({ ...words, next })}
          refusal={checked && !isLongEnough(words.next) && <Trans>Make it longer.</Trans>}
        />
        <Refused refusal={changing.refusal} />
        <div>
          <Button type="submit" busy={changing.running}>
            <Trans>Change the password</Trans>
          </Button>
        </div>
      </form>
    </Section>
  )
}
