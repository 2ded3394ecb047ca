import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type ReactNode, type SubmitEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { Button, Field, Input, Refused, useRefresh, useWrite } from '#ui'
import { signIn, signUp } from '#people/contract'
import { focusWrong } from './focus-wrong.ts'
import { PasswordField } from './password-field.tsx'
import { isEmailAddress, isLongEnough, isName } from './well-formed.ts'

type EntryProps = { readonly action: ReactNode; readonly onEntered: () => void }

/** A new account: who makes one is signed in. */
export function SignUpForm({ action, onEntered }: EntryProps) {
  const { t } = useLingui()
  const entering = useWrite(signUp)
  const refresh = useRefresh()
  const [person, setPerson] = useState({ name: '', email: '', password: '' })
  const [checked, setChecked] = useState(false)
  const wrong = {
    name: !isName(person.name) && t`Write the name you want to be shown, in one line.`,
    email: !isEmailAddress(person.email) && t`Write an e-mail address, such as name@example.org.`,
    password: !isLongEnough(person.password) && t`Make it longer.`,
  }
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (wrong.name || wrong.email || wrong.password) return focusWrong(event.currentTarget)
    const answer = await entering.run({ body: person })
    if (!answer || isRefusal(answer)) return
    refresh()
    onEntered()
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <Field
        label={<Trans>Name</Trans>}
        hint={<Trans>Shown beside the bots you make.</Trans>}
        refusal={checked && wrong.name}
      >
        <Input
          autoComplete="name"
          maxLength={60}
          value={person.name}
          onChange={(event) => setPerson({ ...person, name: event.target.value })}
        />
      </Field>
      <EmailField
        value={person.email}
        onChange={(email) => setPerson({ ...person, email })}
        refusal={checked && wrong.email}
      />
      <PasswordField
        label={<Trans>Password</Trans>}
        of="new"
        value={person.password}
        onChange={(password) => setPerson({ ...person, password })}
        refusal={checked && wrong.password}
      />
      <Refused refusal={entering.refusal} />
      <Button type="submit" kind="accent" size="l" busy={entering.running}>
        {action}
      </Button>
    </form>
  )
}

export function SignInForm({ action, onEntered }: EntryProps) {
  const { t } = useLingui()
  const entering = useWrite(signIn)
  const refresh = useRefresh()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [checked, setChecked] = useState(false)
  const wrong = {
    email: !isEmailAddress(email) && t`Write the e-mail address of your account.`,
    password: password === '' && t`Write your password.`,
  }
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (wrong.email || wrong.password) return focusWrong(event.currentTarget)
    const answer = await entering.run({ body: { email, password } })
    if (!answer || isRefusal(answer)) return
    refresh()
    onEntered()
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <EmailField value={email} onChange={setEmail} refusal={checked && wrong.email} />
      <PasswordField
        label={<Trans>Password</Trans>}
        of="present"
        value={password}
        onChange={setPassword}
        refusal={checked && wrong.password}
      />
      <Refused refusal={entering.refusal} />
      <Button type="submit" kind="accent" size="l" busy={entering.running}>
        {action}
      </Button>
    </form>
  )
}

type EmailProps = {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly refusal: ReactNode
}

function EmailField({ value, onChange, refusal }: EmailProps) {
  return (
    <Field label={<Trans>E-mail</Trans>} refusal={refusal}>
      <Input
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  )
}
