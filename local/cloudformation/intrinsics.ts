import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';

/** Answers for what a template refers to. Each may have to be created first. */
export interface References {
  ref(logicalId: string): Promise<unknown>;
  attribute(logicalId: string, name: string): Promise<unknown>;
  exportedValue(name: string): Promise<unknown>;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': LOCAL_ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': LOCAL_REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

type Intrinsic = (argument: unknown, references: References) => Promise<unknown>;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: async (argument, references) => refer(argument as string, references),

  'Fn::GetAtt': async (argument, references) => {
    const [logicalId, name] =
      typeof argument === 'string' ? splitOnce(argument, '.') : (argument as [string, string]);
    return references.attribute(logicalId, name);
  },

  'Fn::Join': async (argument, references) => {
    const [separator, parts] = (await resolve(argument, references)) as [string, string[]];
    return parts.join(separator);
  },

  'Fn::Select': async (argument, references) => {
    const [index, list] = (await resolve(argument, references)) as [number, unknown[]];
    return list[Number(index)];
  },

  'Fn::Split': async (argument, references) => {
    const [separator, text] = (await resolve(argument, references)) as [string, string];
    return text.split(separator);
  },

  'Fn::Sub': async (argument, references) => {
    const [text, variables] = (typeof argument === 'string' ? [argument, {}] : argument) as [
      string,
      Record<string, unknown>,
    ];
    const values = (await resolve(variables, references)) as Record<string, unknown>;
    const parts = await Promise.all(
      text.split(/(\$\{[^}]+\})/).map(async (part) => {
        const name = /^\$\{([^}]+)\}$/.exec(part)?.[1];
        if (!name) return part;
        if (name.startsWith('!')) return `\${${name.slice(1)}}`;
        if (Object.hasOwn(values, name)) return String(values[name]);
        if (!name.includes('.')) return String(await refer(name, references));
        return String(await references.attribute(...splitOnce(name, '.')));
      }),
    );
    return parts.join('');
  },

  'Fn::ImportValue': async (argument, references) =>
    references.exportedValue((await resolve(argument, references)) as string),
};

/**
 * Resolves the intrinsic functions of a template value, to any depth.
 *
 * @throws UnsupportedLocally naming an intrinsic or pseudo parameter that is not known
 */
export async function resolve(value: unknown, references: References): Promise<unknown> {
  if (Array.isArray(value)) {
    const resolved = await Promise.all(value.map((item) => resolve(item, references)));
    return resolved.filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;

  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name && (name === 'Ref' || name.startsWith('Fn::'))) {
    const intrinsic = INTRINSICS[name];
    if (!intrinsic) throw new UnsupportedLocally(`The intrinsic function ${name}`);
    return intrinsic(argument, references);
  }
  const resolved = await Promise.all(
    entries.map(async ([key, inner]) => [key, await resolve(inner, references)] as const),
  );
  return Object.fromEntries(resolved.filter(([, inner]) => inner !== NO_VALUE));
}

/** `AWS::NoValue` removes the property or list item that holds it. */
const NO_VALUE = Symbol('AWS::NoValue');

async function refer(name: string, references: References): Promise<unknown> {
  if (name === 'AWS::NoValue') return NO_VALUE;
  if (!name.startsWith('AWS::')) return references.ref(name);
  const value = PSEUDO_PARAMETERS[name];
  if (value === undefined) throw new UnsupportedLocally(`The pseudo parameter ${name}`);
  return value;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
