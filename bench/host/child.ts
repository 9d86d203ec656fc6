import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import packageJson from '../../package.json';

const ROOT = join(__dirname, '..', '..');

/** Node.js as the npm scripts run it: the version of Lambda, from the lock file. */
export const NODE = join(ROOT, 'node_modules', '.bin', 'node');

/** How `npm start` calls Node.js: the flags before the script. */
export const NODE_FLAGS = packageJson.scripts.start.split(' ').slice(1, -1);

/** A process of the benchmark that answers what it is asked, one question after the other. */
export class Child<Question, Answer> {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts `file`, relative to `bench/`. @returns the child and the first thing it said */
  static async start<Question, Answer, Hello>(
    file: string,
    args: readonly string[] = [],
  ): Promise<{ child: Child<Question, Answer>; hello: Hello }> {
    const child = fork(join(ROOT, 'bench', file), args, {
      execPath: NODE,
      execArgv: NODE_FLAGS,
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return { child: new Child(child), hello: await nextMessage<Hello>(child, file) };
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** @throws Error that names the question when it fails, or the process ends or has ended */
  ask(question: Question): Promise<Answer> {
    const what = JSON.stringify(question);
    const answer = nextMessage<Answer>(this.child, what);
    const unsent = new Promise<never>((_, reject) => {
      this.child.send(
        question as object,
        (error) => error && reject(new Error(`${what}: the process has ended`)),
      );
    });
    return Promise.race([answer, unsent]);
  }

  /** Lets the process end by itself: it sees that its parent has hung up. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode) return;
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(killer);
  }
}

/** The other side: says hello, answers questions, and ends when the parent hangs up. */
export function answerParent<Question, Answer>(
  hello: unknown,
  answer: (question: Question) => Promise<Answer>,
  close: () => Promise<void>,
): void {
  process.on('message', (question) => {
    answer(question as Question).then(
      (answered) => process.send!({ answered }),
      (error: unknown) => process.send!({ failed: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.once('disconnect', () => void close().finally(() => process.exit(0)));
  process.send!({ answered: hello });
}

function nextMessage<Answer>(child: ChildProcess, what: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      reject(new Error(`${what}: the process ended with ${code ?? signal}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.removeListener('exit', onExit);
      const { answered, failed } = message as { answered?: Answer; failed?: string };
      if (failed === undefined) resolve(answered as Answer);
      else reject(new Error(`${what}: ${failed}`));
    });
  });
}
