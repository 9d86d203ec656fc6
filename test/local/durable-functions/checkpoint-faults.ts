import { ServiceProxy, bodyOf, send } from '../../../harness/service-proxy';

/** What happens to the nth checkpoint of a run. */
export interface CheckpointFault {
  readonly at: number;
  /** The victim dies before the service has the checkpoint, or before the function has the answer; or only the answer is lost. */
  readonly mode: 'before' | 'after' | 'answer lost';
  /** Ends the victim, at once. */
  readonly kill: () => void;
}

/** Stands between the functions and the endpoint. */
export class CheckpointFaults {
  fault?: CheckpointFault;
  checkpoints = 0;
  private readonly proxy = new ServiceProxy();

  readonly redirect = (_: string, url: string): Promise<string> =>
    this.proxy.before(async (incoming, response) => {
      const body = await bodyOf(incoming);
      const mine = incoming.url!.endsWith('/checkpoint') && ++this.checkpoints === this.fault?.at;
      const { mode, kill } = (mine && this.fault) || {};
      if (mode === 'before') {
        kill!();
        return void response.destroy();
      }
      const reply = await this.proxy.forward(new URL(url), incoming, body);
      if (mode === 'after') kill!();
      if (mode) return void response.destroy();
      send(response, reply);
    });

  close(): Promise<void> {
    return this.proxy.close();
  }
}
