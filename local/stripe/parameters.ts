import { type Form, type FormValue } from './form-decoding';
import {
  type Accepted,
  EXCLUSIVE_PARAMETERS,
  NESTED_PARAMETERS,
  PARAMETERS,
  refusal,
  REMOVED_PARAMETERS,
  VALUES,
} from './rules';
import { unsupportedLocally } from './stripe-error';

type Groups = typeof NESTED_PARAMETERS;

/** The parameters of an operation, as far as this server plays them. */
export function parametersOf<Name extends keyof typeof PARAMETERS>(operation: Name, form: Form) {
  type Played = (typeof PARAMETERS)[Name] extends Accepted<infer Names> ? Names : never;
  return new Parameters<Played>(form, PARAMETERS[operation] as Accepted<Played>);
}

/**
 * Reads the parameters of one request with Stripe's checks and error messages. Only what is played can be read; what is not
 * listed is refused before anything is.
 */
export class Parameters<Played extends string = string> {
  /**
   * @param group name of the group these parameters stand in (`automatic_payment_methods`), for error messages
   * @throws StripeError 400 for a parameter that was removed, is unknown, excludes another one or is not played here
   */
  constructor(
    private readonly form: Form,
    accepted: Accepted<Played>,
    private readonly group?: string,
  ) {
    this.refuseUnlisted(accepted);
  }

  required<Value>(name: Played, value: Value | undefined): Value {
    if (value !== undefined) return value;
    const param = this.fullName(name);
    throw refusal('parameter-missing', `Missing required param: ${param}.`, param);
  }

  string(name: Played): string | undefined {
    const value = this.form.get(name);
    const param = this.fullName(name);
    if (value instanceof Map) throw refusal('parameter-type', 'Invalid string', param);
    if (value !== '') return value;
    throw refusal(
      'parameter-empty',
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
        `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a ` +
        'non-empty value.',
      param,
    );
  }

  integer(name: Played): number | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,15}$/.test(value)) return Number(value);
    throw refusal('parameter-integer', `Invalid integer: ${value}`, this.fullName(name));
  }

  boolean(name: Played): boolean | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw refusal('parameter-type', `Invalid boolean: ${value}`, this.fullName(name));
  }

  oneOf<Name extends Played & keyof typeof VALUES>(name: Name): (typeof VALUES)[Name][number] | undefined {
    const value = this.string(name);
    const choice = VALUES[name].find((candidate) => candidate === value);
    if (value === undefined || choice) return choice;
    const param = this.fullName(name);
    throw refusal('parameter-value', `Invalid ${param}: must be one of ${VALUES[name].join(', ')}`, param);
  }

  url(name: Played): string | undefined {
    const value = this.string(name);
    if (value === undefined || URL.canParse(value)) return value;
    throw refusal('parameter-url', 'Not a valid URL', this.fullName(name));
  }

  strings(name: Played): string[] | undefined {
    const value = this.form.get(name);
    if (value === undefined) return undefined;
    const param = this.fullName(name);
    const isList = value instanceof Map && [...value.keys()].every((key) => /^(\[\])?\d+$/.test(key));
    if (!isList) throw refusal('parameter-type', 'Invalid array', param);
    return Array.from(value.values(), (item) => {
      if (typeof item === 'string') return item;
      throw refusal('parameter-type', 'Invalid string', param);
    });
  }

  metadata(): Record<string, string> {
    return withoutEmpty(this.metadataChanges());
  }

  /** The same with the empty values, which take a key away from an object that has it. */
  metadataChanges(): Record<string, string> {
    const value = this.form.get('metadata');
    if (value === undefined || value === '') return {};
    if (typeof value === 'string') throw refusal('parameter-type', 'Invalid object', 'metadata');
    return limitedMetadata(Object.fromEntries(Array.from(value, ([key, item]) => metadataEntry(key, item))));
  }

  nested<Name extends Played & keyof Groups>(name: Name) {
    type Names = Groups[Name] extends Accepted<infer Inner> ? Inner : never;
    const value = this.form.get(name);
    if (typeof value === 'string') throw refusal('parameter-type', 'Invalid object', this.fullName(name));
    return (
      value && new Parameters<Names>(value, NESTED_PARAMETERS[name] as Accepted<Names>, this.fullName(name))
    );
  }

  /** For a parameter that may be either a plain value or a group, such as `created`. */
  isGroup(name: Played): boolean {
    return this.form.get(name) instanceof Map;
  }

  has(name: string): boolean {
    return this.form.has(name);
  }

  private refuseUnlisted({ played, unplayed }: Accepted<Played>): void {
    const names = [...this.form.keys()];
    for (const name of names) {
      const param = this.fullName(name);
      const removed = this.group ? undefined : REMOVED_PARAMETERS.get(name);
      if (removed) throw refusal(removed.rule, removed.message, param);
      if (!unplayed.includes(name) && !played.some((known) => known === name)) {
        throw refusal('parameter-unknown', `Received unknown parameter: ${param}`, param);
      }
    }
    for (const { rule, parameters } of this.group ? [] : EXCLUSIVE_PARAMETERS) {
      if (!parameters.every((name) => this.form.has(name))) continue;
      throw refusal(rule, `You may only specify one of these parameters: ${parameters.join(', ')}.`);
    }
    const unsupported = names.find((name) => unplayed.includes(name));
    if (unsupported === undefined) return;
    throw unsupportedLocally(`parameter ${this.fullName(unsupported)}`, this.fullName(unsupported));
  }

  private fullName(name: string): string {
    return this.group ? `${this.group}[${name}]` : name;
  }
}

const MAXIMUM_METADATA_KEYS = 50;
const MAXIMUM_METADATA_KEY_LENGTH = 40;
const MAXIMUM_METADATA_VALUE_LENGTH = 500;

/** @throws StripeError 400 when an object would have more keys than Stripe keeps */
export function limitedMetadata(metadata: Record<string, string>): Record<string, string> {
  if (Object.keys(withoutEmpty(metadata)).length <= MAXIMUM_METADATA_KEYS) return metadata;
  throw refusal('metadata-limits', `Metadata can have up to ${MAXIMUM_METADATA_KEYS} keys.`, 'metadata');
}

export function withoutEmpty(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value));
}

function metadataEntry(key: string, value: FormValue): [string, string] {
  const param = `metadata[${key}]`;
  const refuse = (message: string) => refusal('metadata-limits', message, param);
  if (value instanceof Map) throw refuse('Metadata values must be strings, not objects.');
  if (/[[\]]/.test(key)) throw refuse('Metadata keys cannot contain square brackets.');
  if (key.length > MAXIMUM_METADATA_KEY_LENGTH) {
    throw refuse(`Metadata keys can be up to ${MAXIMUM_METADATA_KEY_LENGTH} characters long.`);
  }
  if (value.length > MAXIMUM_METADATA_VALUE_LENGTH) {
    throw refuse(`Metadata values can have up to ${MAXIMUM_METADATA_VALUE_LENGTH} characters.`);
  }
  return [key, value];
}
