import type { Bug } from '../bug.ts'

/** Where commands become events. */
export const commandBugs: readonly Bug[] = [
  {
    name: 'unerased-passed-by',
    breaks: 'an erasure that failed counts as carried out, and is never tried again',
    edits: [
      {
        file: 'command-services/users/eraser.ts',
        from: 'place.failed.add(position)',
        to: '',
      },
    ],
    specs: ['command-services/users/eraser.int.spec.ts'],
    tests: 'keeps nobody else from being erased',
  },
  {
    name: 'random-ids',
    breaks: 'ids of commands and events are random, so that a repeated request is a new command',
    edits: [
      {
        file: 'schemas/uuid.ts',
        from: 'Buffer.from(JSON.stringify(name))',
        to: 'Buffer.from(JSON.stringify([...name, Math.random()]))',
      },
    ],
    specs: ['packages/event-store/ids.spec.ts'],
    tests: 'derived ids',
  },
  {
    name: 'body-hash-unchecked',
    breaks: 'an idempotency key that comes with another body is answered as if it were the first request',
    edits: [
      {
        file: 'packages/event-store/judge.ts',
        from: 'if (first) return first.bodyHash === context.bodyHash ?',
        to: 'if (first) return first ?',
      },
    ],
    specs: ['packages/event-store/judge.spec.ts'],
    tests: 'a command that was carried out before',
  },
  {
    name: 'if-match-ignored',
    breaks: 'a command is carried out on another revision than the one that its sender has seen',
    edits: [
      {
        file: 'packages/event-store/judge.ts',
        from: 'if (ifMatch != null && ifMatch !== revision)',
        to: 'if (ifMatch != null && ifMatch > revision)',
      },
    ],
    specs: ['packages/event-store/judge.spec.ts'],
    tests: 'If-Match',
  },
  {
    name: 'cached-refusal-believed',
    breaks: 'a refusal from remembered state is told without reading what others appended meanwhile',
    edits: [
      {
        file: 'packages/event-store/command-handler.ts',
        from: '} else if (attempt > 1) {',
        to: '} else {',
      },
    ],
    specs: ['packages/event-store/command-handler.int.spec.ts'],
    tests: 'what appends nothing is true when it is said',
  },
  {
    name: 'claim-not-taken',
    breaks: 'a value that must be unique is not claimed in the append of the fact that takes it',
    edits: [
      {
        file: 'packages/event-store/command-handler.ts',
        from: 'const writes = [...releasing, ...claims.map(take), own]',
        to: 'const writes = [...releasing, own]',
      },
    ],
    specs: ['packages/event-store/command-handler.int.spec.ts'],
    tests: 'is taken with the fact|of many at once is taken by one',
  },
  {
    name: 'unchanged-figures-appended',
    breaks: 'a reading that is the same as before is recorded as restated',
    edits: [
      {
        file: 'command-services/integrations/ad-account-day.ts',
        from: 'else if (!isSame(before, after)) restated.push',
        to: 'else restated.push',
      },
    ],
    specs: ['command-services/integrations/ad-account-day.spec.ts'],
    tests: 'that is as it was appends nothing',
  },
  {
    name: 'acknowledged-before-commit',
    breaks: 'the embedded event store answers an append whose transaction is still open',
    edits: [
      {
        file: 'deploy/embedded/kurrentdb-node/store/log.ts',
        from: '        begin.run()\n',
        to: '        if (!database.isTransaction) begin.run()\n',
      },
      {
        file: 'deploy/embedded/kurrentdb-node/store/log.ts',
        from: '        commit.run()\n',
        to: '        setTimeout(() => database.isTransaction && commit.run(), 60_000)\n',
      },
    ],
    specs: ['deploy/embedded/kurrentdb-node/durability/kill.int.spec.ts'],
    tests: 'seed 1000',
  },
  {
    name: 'commit-not-synced',
    breaks: 'the embedded event store commits without waiting for the disk',
    edits: [
      {
        file: 'deploy/embedded/kurrentdb-node/store/open.ts',
        from: 'PRAGMA synchronous = FULL',
        to: 'PRAGMA synchronous = NORMAL',
      },
    ],
    specs: ['deploy/embedded/kurrentdb-node/store/open.spec.ts'],
    tests: 'on the disk',
  },
]
