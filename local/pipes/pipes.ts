import { AwsError } from '../aws/aws-error';
import { type Pipe } from './pipe';

/** The pipes of the templates. */
export class Pipes {
  private readonly pipes = new Map<string, Pipe>();

  add(pipe: Pipe): void {
    this.pipes.set(pipe.settings.name, pipe);
  }

  list(): readonly Pipe[] {
    return [...this.pipes.values()];
  }

  /** @throws AwsError NotFoundException */
  get(name: string): Pipe {
    const pipe = this.pipes.get(name);
    if (pipe) return pipe;
    throw new AwsError('NotFoundException', `Pipe ${name} does not exist.`, { statusCode: 404 });
  }
}
