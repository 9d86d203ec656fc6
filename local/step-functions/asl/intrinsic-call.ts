import { type Fields } from './fields';
import { format, INTRINSIC_FUNCTIONS } from './intrinsic-functions';
import { type Json } from './json';
import { requiredPathOf } from './path';
import { type Evaluate } from './scope';
import { runtimeError } from './state-error';

const TOKEN =
  /\s*(?:States\.(?<name>\w+)\s*\(|'(?<literal>(?:[^'\\]|\\.)*)'|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>true|false|null)\b|(?<path>\$(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[\?\(.*?\)\]|[^,()\s])*)|(?<symbol>[,)]))\s*/sy;

/** Characters that a backslash may stand before in a literal. */
const ESCAPABLE = `'{}\\`;

/** An argument, and of a literal also its text with the escapes still in it, which `States.Format` needs. */
interface Argument {
  readonly evaluate: Evaluate;
  readonly literal?: string;
}

/**
 * Reads the call of an intrinsic function with the calls in it: `States.Format('{} of {}', $.n, States.ArrayLength($.all))`.
 *
 * @throws InvalidDefinition for unknown functions, a wrong number of arguments, other escapes
 */
export function callOf(text: string, fields: Fields): Evaluate {
  let position = 0;
  const next = (): Readonly<Record<string, string | undefined>> => {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (!match?.groups) throw fields.invalid(`${text} cannot be read from "${text.slice(position)}"`);
    position = TOKEN.lastIndex;
    return match.groups;
  };

  function argument(): Argument {
    const { name, literal, number, word, path } = next();
    if (name !== undefined) return { evaluate: call(name) };
    if (path !== undefined) return { evaluate: requiredPathOf(path, fields) };
    if (literal !== undefined) return { literal, evaluate: constant(unescaped(literal)) };
    if (number !== undefined) return { evaluate: constant(Number(number)) };
    if (word !== undefined) return { evaluate: constant(JSON.parse(word) as Json) };
    throw fields.invalid(`${text} lacks an argument before "${text.slice(position)}"`);
  }

  function call(name: string): Evaluate {
    const args: Argument[] = [];
    const closing = /\s*\)\s*/y;
    closing.lastIndex = position;
    if (closing.test(text)) position = closing.lastIndex;
    else {
      for (let symbol: string | undefined; symbol !== ')';) {
        args.push(argument());
        ({ symbol } = next());
        if (symbol === undefined)
          throw fields.invalid(`${text} lacks a comma before "${text.slice(position)}"`);
      }
    }
    return applied(name, args);
  }

  function applied(name: string, args: readonly Argument[]): Evaluate {
    const intrinsic = INTRINSIC_FUNCTIONS[name];
    if (!intrinsic) throw fields.invalid(`there is no intrinsic function States.${name}`);
    const [least, most] = intrinsic.arguments;
    if (args.length < least || args.length > most) {
      throw fields.invalid(`States.${name} takes ${least === most ? least : `${least} or more`} arguments`);
    }
    const template = name === 'Format' ? args[0]!.literal : undefined;
    return (data, scope) => {
      const values = args.map(({ evaluate }) => evaluate(data, scope));
      try {
        return template === undefined ? intrinsic.apply(...values) : format(template, values.slice(1));
      } catch (error) {
        // "Intrinsic function processing errors are reported with the States.Runtime error name."
        throw runtimeError(`${fields.where}: ${text}: ${(error as Error).message}`);
      }
    };
  }

  function unescaped(literal: string): string {
    return literal.replace(/\\(.)/gs, (_, character: string) => {
      if (ESCAPABLE.includes(character)) return character;
      throw fields.invalid(`a backslash before "${character}" in ${text}`);
    });
  }

  const { name } = next();
  if (name === undefined)
    throw fields.invalid(`${text} is neither a path nor a call of an intrinsic function`);
  const evaluate = call(name);
  if (position < text.length)
    throw fields.invalid(`${text} goes on after its end: "${text.slice(position)}"`);
  return evaluate;
}

const constant =
  (value: Json): Evaluate =>
  () =>
    value;
