import { json, type Route, type Routes } from '../http/route';
import { type Pipe } from './pipe';
import { type Pipes } from './pipes';

/** What pipes have done, and how to take one down and bring it back. */
export function pipeRoutes(pipes: Pipes): Routes {
  const action =
    (act: (pipe: Pipe) => void | Promise<void>): Route =>
    async ([name]) => {
      const pipe = pipes.list().find(({ settings }) => settings.name === name);
      if (!pipe) return undefined;
      await act(pipe);
      return json(200, pipe.report());
    };
  return {
    'GET /local/pipes': () => json(200, { pipes: pipes.list().map((pipe) => pipe.report()) }),
    'POST /local/pipes/*/start': action((pipe) => pipe.start()),
    'POST /local/pipes/*/stop': action((pipe) => pipe.stop()),
    'POST /local/pipes/*/kill': action((pipe) => pipe.kill()),
  };
}
