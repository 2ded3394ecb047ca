export { openSandboxCards, type SandboxCards } from './cards.ts'
export { sandboxBackend } from './model.ts'
