import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { MessageJournal } from './message-journal';
import { Queue } from './queue';
import { parseQueueAttributes } from './queue-attributes';

export interface QueuesOptions {
  readonly clock: LocalClock;
  /** Base of the queue URLs. @default AWS's own, where nothing of this run answers */
  readonly endpointUrl?: string;
  /** Keeps the messages across restarts. @default in memory only */
  readonly journalFile?: string;
  /** Hears that what a queue holds has changed. @default - nobody */
  readonly onChange?: () => void;
}

/** A redrive that has been done. */
export interface MoveTask {
  readonly taskHandle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  /** Milliseconds since the epoch, by the local clock. */
  readonly startedAt: number;
  readonly moved: number;
}

const AWS_ENDPOINT = `https://sqs.${LOCAL_REGION}.amazonaws.com`;

/** Standard SQS queues and their redrives. FIFO is refused. */
export class Queues {
  private readonly endpointUrl: string;
  private readonly clock: LocalClock;
  private readonly journal: MessageJournal;
  private readonly queues = new Map<string, Queue>();
  private readonly moveTasks: MoveTask[] = [];
  private readonly onChange: () => void;

  constructor({ clock, endpointUrl = AWS_ENDPOINT, journalFile, onChange = () => undefined }: QueuesOptions) {
    this.onChange = onChange;
    this.clock = clock;
    this.endpointUrl = endpointUrl;
    this.journal = new MessageJournal(journalFile);
    clock.onAdvance(() => this.wakeAll());
  }

  /** `attributes` as in the API or in CloudFormation: `{VisibilityTimeout: 30, RedrivePolicy: {…}}`. */
  createQueue(name: string, attributes: Readonly<Record<string, unknown>> = {}): Queue {
    if (name.endsWith('.fifo')) throw new UnsupportedLocally(`The FIFO queue ${name}`);
    if (!/^[\w-]{1,80}$/.test(name))
      throw new AwsError('InvalidParameterValue', `Invalid queue name: ${name}`);
    if (this.queues.has(name)) throw new AwsError('QueueNameExists', `A queue named ${name} already exists.`);
    const queue = new Queue(name, parseQueueAttributes(attributes), {
      clock: this.clock,
      journal: this.journal,
      endpointUrl: this.endpointUrl,
      queue: (arn) => this.queue(arn),
      onChange: () => this.onChange(),
    });
    this.queues.set(name, queue);
    return queue;
  }

  /** Throws `QueueDoesNotExist`. */
  queue(arn: string): Queue {
    return this.queueNamed(arn.split(':').at(-1)!, (queue) => queue.arn === arn);
  }

  /** Throws `QueueDoesNotExist`. */
  queueAt(url: string): Queue {
    const [name, account] = url.split('/').reverse();
    return this.queueNamed(name!, () => account === LOCAL_ACCOUNT);
  }

  /** Throws `QueueDoesNotExist`. */
  queueNamed(name: string, condition: (queue: Queue) => boolean = () => true): Queue {
    const queue = this.queues.get(name);
    if (queue && condition(queue)) return queue;
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
      queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  }

  list(): readonly Queue[] {
    return [...this.queues.values()];
  }

  /** The queues that give up their messages to this one. */
  sourcesOf({ arn }: Queue): readonly Queue[] {
    return this.list().filter(({ attributes }) => attributes.redrivePolicy?.deadLetterTargetArn === arn);
  }

  /** Redrives a dead-letter queue, and remembers it. @throws AwsError when no queue gives up its messages to it */
  moveMessages(source: Queue, destination?: Queue): MoveTask {
    if (this.sourcesOf(source).length === 0) {
      throw new AwsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    const task: MoveTask = {
      taskHandle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString(
        'base64',
      ),
      sourceArn: source.arn,
      destinationArn: destination?.arn,
      startedAt: this.clock.now(),
      moved: source.redrive(destination),
    };
    this.moveTasks.unshift(task);
    return task;
  }

  /** Newest first. */
  moveTasksOf({ arn }: Queue): readonly MoveTask[] {
    return this.moveTasks.filter(({ sourceArn }) => sourceArn === arn);
  }

  /** Forgets the messages and the redrives, and keeps the queues. */
  reset(): void {
    this.moveTasks.length = 0;
    this.journal.clear();
    for (const queue of this.queues.values()) queue.clear();
  }

  private wakeAll(): void {
    for (const queue of this.queues.values()) queue.wake();
  }
}
