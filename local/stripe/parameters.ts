import { type Form, type FormValue } from './form-decoding';
import { invalidRequest, type StripeError, unsupportedLocally } from './stripe-error';

/**
 * Reads the parameters of one request with Stripe's checks and error messages.
 *
 * Each reader marks its parameter as known; `refuseOthers` then refuses what nobody read.
 */
export class Parameters {
  private readonly known = new Set<string>();

  constructor(
    private readonly form: Form,
    /** Name of the group these parameters stand in (`automatic_payment_methods`), for error messages. */
    private readonly group?: string,
  ) {}

  required<Value>(name: string, value: Value | undefined): Value {
    if (value !== undefined) return value;
    const param = this.fullName(name);
    throw invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing');
  }

  string(name: string): string | undefined {
    const value = this.take(name);
    const param = this.fullName(name);
    if (value instanceof Map) throw invalidRequest('Invalid string', param);
    if (value !== '') return value;
    throw invalidRequest(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
        `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a ` +
        'non-empty value.',
      param,
      'parameter_invalid_empty',
    );
  }

  integer(name: string): number | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(value)) {
      const param = this.fullName(name);
      throw invalidRequest(`Invalid integer: ${value}`, param, 'parameter_invalid_integer');
    }
    return Number(value);
  }

  boolean(name: string): boolean | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw invalidRequest(`Invalid boolean: ${value}`, this.fullName(name));
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.string(name);
    const choice = choices.find((candidate) => candidate === value);
    if (value === undefined || choice) return choice;
    const param = this.fullName(name);
    throw invalidRequest(`Invalid ${param}: must be one of ${choices.join(', ')}`, param);
  }

  strings(name: string): string[] | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const param = this.fullName(name);
    if (typeof value === 'string') throw invalidRequest('Invalid array', param);
    return Array.from(value.values(), (item) => {
      if (typeof item === 'string') return item;
      throw invalidRequest('Invalid string', param);
    });
  }

  /** At most 50 keys of 40 characters with values of 500. Source: https://docs.stripe.com/api/metadata */
  metadata(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.metadataChanges()).filter(([, value]) => value));
  }

  /** The same with the empty values, which take a key away from an object that has it. */
  metadataChanges(): Record<string, string> {
    const value = this.take('metadata');
    if (value === undefined || value === '') return {};
    if (typeof value === 'string') throw invalidRequest('Invalid object', 'metadata');
    if (value.size > 50) throw invalidRequest('Metadata can have up to 50 keys.', 'metadata');
    return Object.fromEntries(Array.from(value, ([key, item]) => metadataEntry(key, item)));
  }

  nested(name: string): Parameters | undefined {
    const value = this.take(name);
    if (typeof value === 'string') throw invalidRequest('Invalid object', this.fullName(name));
    return value && new Parameters(value, this.fullName(name));
  }

  /** For a parameter that may be either a plain value or a group, such as `created`. */
  isGroup(name: string): boolean {
    return this.form.get(name) instanceof Map;
  }

  /**
   * @param unsupported what Stripe accepts here and this server refuses by name
   * @throws StripeError 400, `parameter_unknown` for what Stripe does not know either
   */
  refuseOthers(unsupported: readonly string[] = []): void {
    for (const name of this.form.keys()) {
      if (this.known.has(name)) continue;
      throw unsupported.includes(name) ? this.unsupported(name) : this.unknown(name);
    }
  }

  private unsupported(name: string): StripeError {
    return unsupportedLocally(`parameter ${this.fullName(name)}`, this.fullName(name));
  }

  private unknown(name: string): StripeError {
    const param = this.fullName(name);
    return invalidRequest(`Received unknown parameter: ${param}`, param, 'parameter_unknown');
  }

  private take(name: string): FormValue | undefined {
    this.known.add(name);
    return this.form.get(name);
  }

  private fullName(name: string): string {
    return this.group ? `${this.group}[${name}]` : name;
  }
}

function metadataEntry(key: string, value: FormValue): [string, string] {
  const param = `metadata[${key}]`;
  if (value instanceof Map) throw invalidRequest('Metadata values must be strings, not objects.', param);
  if (key.length > 40) throw invalidRequest('Metadata keys can be up to 40 characters long.', param);
  if (value.length > 500) throw invalidRequest('Metadata values can have up to 500 characters.', param);
  return [key, value];
}
