/** The value of a variable; undefined for what the event does not have. */
export type Variables = (name: string) => unknown;

interface Part {
  readonly text: string;
  /** The variable that follows the text. */
  readonly variable?: string;
  /** Whether the variable stands within quotation marks. */
  readonly quoted: boolean;
}

/** A text with variables in angle brackets, as rules and pipes have it. */
export interface Template {
  readonly variables: readonly string[];
  render(variables: Variables): string;
}

/**
 * A template that is JSON stays JSON whatever the variables are: one within quotation marks is inserted as the text of a string, one
 * outside as a value, so that a text gets its quotation marks ("Amazon EventBridge input transformation", user guide, read November
 * 2026). What the event does not have is an empty string: no page tells; LocalStack takes it for one, too.
 */
export function parseTemplate(template: string): Template {
  const parts = partsOf(template);
  return {
    variables: parts.flatMap(({ variable }) => variable ?? []),
    render: (variables) =>
      parts
        .map(({ text, variable, quoted }) =>
          variable === undefined ? text : text + inserted(variables(variable), quoted),
        )
        .join(''),
  };
}

/** `<` begins a variable if something without spaces and a `>` follow it. */
const VARIABLE = /^<([^<>\s"]+)>/;

function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let text = '';
  let quoted = false;
  for (let position = 0; position < template.length; position++) {
    const character = template[position]!;
    const variable = character === '<' ? VARIABLE.exec(template.slice(position)) : null;
    if (variable) {
      parts.push({ text, variable: variable[1]!, quoted });
      text = '';
      position += variable[0].length - 1;
    } else if (character === '\\' && quoted) {
      text += character + (template[++position] ?? '');
    } else {
      if (character === '"') quoted = !quoted;
      text += character;
    }
  }
  return [...parts, { text, quoted }];
}

function inserted(value: unknown, quoted: boolean): string {
  if (!quoted) return JSON.stringify(value ?? (value === null ? null : ''));
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
