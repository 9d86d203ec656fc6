import { ResultFlow, selectionOf, templateOf } from './data-flow';
import { type Fields } from './fields';
import { flowOf } from './flow';
import { type State } from './state';

export function passOf(name: string, fields: Fields): State {
  const flow = flowOf(fields);
  const inputPath = selectionOf(fields, 'InputPath');
  const parameters = templateOf(fields, 'Parameters');
  const fixed = fields.value('Result');
  const result = new ResultFlow(fields, { selector: false });
  const outputPath = selectionOf(fields, 'OutputPath');
  return {
    name,
    type: 'Pass',
    run(input, visit) {
      const effective = parameters(inputPath(input, visit), visit);
      const output = result.apply(input, fixed === undefined ? effective : fixed, visit);
      return { output: outputPath(output, visit), ...flow };
    },
  };
}
