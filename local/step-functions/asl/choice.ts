import { type Assign, assignOf } from './assign';
import { type ChoiceTest, choiceTestOf } from './choice-rule';
import { selectionOf } from './data-flow';
import { type Fields } from './fields';
import { type State } from './state';
import { runtimeError } from './state-error';

interface Choice {
  readonly test: ChoiceTest;
  readonly next: string;
  readonly assign: Assign | undefined;
}

export function choiceOf(name: string, fields: Fields): State {
  const inputPath = selectionOf(fields, 'InputPath');
  const choices: Choice[] = fields.objects('Choices').map((rule) => {
    const next = rule.text('Next');
    const assign = assignOf(rule);
    const choice = { next, assign, test: choiceTestOf(rule) };
    rule.refuseOthers();
    return choice;
  });
  if (choices.length === 0) throw fields.invalid('a Choice state needs Choices');
  const otherwise = fields.optionalText('Default');
  const assign = assignOf(fields);
  const outputPath = selectionOf(fields, 'OutputPath');
  return {
    name,
    type: 'Choice',
    run(input, visit) {
      const effective = inputPath(input, visit);
      const chosen = choices.find(({ test }) => test(effective, visit)) ?? { next: otherwise, assign };
      // "Unmatched choices are reported with the States.Runtime error name."
      if (chosen.next === undefined)
        throw runtimeError(`No choice of ${name} matches, and there is no Default.`);
      chosen.assign?.(effective, visit);
      return { output: outputPath(effective, visit), next: chosen.next };
    },
  };
}
