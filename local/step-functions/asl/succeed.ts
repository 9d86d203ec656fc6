import { selectionOf } from './data-flow';
import { type Fields } from './fields';
import { type State } from './state';

export function succeedOf(name: string, fields: Fields): State {
  const inputPath = selectionOf(fields, 'InputPath');
  const outputPath = selectionOf(fields, 'OutputPath');
  return {
    name,
    type: 'Succeed',
    run: (input, visit) => ({ output: outputPath(inputPath(input, visit), visit) }),
  };
}
