import { type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, send, ServiceProxy, type WireReply } from '../../harness/service-proxy';
import { type Compared } from '../comparison';
import { comparable, type DifferingOperation, type Operation } from './comparable';

/**
 * Reads and writes, which both engines must answer alike. Tables are made in both; their descriptions have dates and names of the
 * engine's own. What else is asked – streams, and what makes items expire, which DynamoDB Local would then do by itself – concerns
 * the first engine alone.
 */
const COMPARED = [
  ...['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan'],
  ...['TransactGetItems', 'TransactWriteItems', 'UpdateItem'],
];
const MIRRORED = [...COMPARED, 'CreateTable', 'DeleteTable', 'UpdateTable'];

/**
 * Stands before an engine, and asks a second one the same: one request after the other, so that both come to the same. Callers get
 * the answer of the first.
 */
export class Mirror {
  readonly cases: Compared[] = [];
  private last: Promise<unknown> = Promise.resolve();
  private readonly proxy = new ServiceProxy();

  private constructor(
    private readonly first: URL,
    private readonly second: URL,
  ) {}

  static async before(
    first: string,
    second: string,
  ): Promise<{ readonly mirror: Mirror; readonly url: string }> {
    const mirror = new Mirror(new URL(first), new URL(second));
    const url = await mirror.proxy.before((request, response) => mirror.handle(request, response));
    return { mirror, url };
  }

  close(): Promise<void> {
    return this.proxy.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const [service = '', name = ''] = (request.headers['x-amz-target'] ?? '').toString().split('.');
    if (!service.startsWith('DynamoDB_') || !MIRRORED.includes(name)) {
      send(response, await this.proxy.forward(this.first, request, body));
      return;
    }
    const turn = this.last.then(() => this.both(name, request, body));
    this.last = turn.catch(() => undefined);
    send(response, await turn);
  }

  private async both(name: string, request: IncomingMessage, body: Buffer): Promise<WireReply> {
    const reply = await this.proxy.forward(this.first, request, body);
    const other = await this.proxy.forward(this.second, request, body);
    if (COMPARED.includes(name)) this.cases.push(this.compared(name, body, reply, other));
    return reply;
  }

  private compared(name: string, body: Buffer, reply: WireReply, other: WireReply): Compared {
    const operation: Operation = { name, input: JSON.parse(body.toString()) as Operation['input'] };
    const ours = comparable(operation, reply);
    const theirs = comparable(operation, other);
    const equal = JSON.stringify(ours) === JSON.stringify(theirs);
    // Tens of thousands are equal: what they were is kept of none.
    if (equal) return { name, ours: undefined, theirs: undefined, equal };
    const differing: DifferingOperation = {
      name: `${name} ${body.toString()}`,
      ours,
      theirs,
      equal,
      operation,
    };
    return differing;
  }
}
