import { UnsupportedLocally } from '../../aws/aws-service';
import { isObject, type Json, type JsonObject } from './json';

/** A definition that Step Functions would not take either. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';

  constructor(where: string, what: string) {
    super(`${where}: ${what}: the definition is invalid`);
  }
}

/**
 * The fields of an object in a definition. Each is asked for by name; one that nobody asked for is refused in the end, so
 * that nothing is ignored silently.
 */
export class Fields {
  private readonly unread: Set<string>;

  constructor(
    private readonly json: JsonObject,
    /** What the object is, for error messages: `State Pay`. */
    readonly where: string,
  ) {
    this.unread = new Set(Object.keys(json));
    this.unread.delete('Comment');
  }

  has(name: string): boolean {
    return Object.hasOwn(this.json, name);
  }

  value(name: string): Json | undefined {
    this.unread.delete(name);
    return this.has(name) ? this.json[name] : undefined;
  }

  text(name: string): string {
    const text = this.optionalText(name);
    if (text === undefined) throw this.invalid(`${name} is missing`);
    return text;
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.invalid(`${name} must be a string, not ${JSON.stringify(value)}`);
  }

  /** A number of at least `least`; a whole one unless `fraction` is set. */
  number(
    name: string,
    { least, fraction = false }: { least: number; fraction?: boolean },
  ): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= least && (fraction || Number.isInteger(value))) return value;
    throw this.invalid(
      `${name} must be a ${fraction ? '' : 'whole '}number from ${least}, not ${JSON.stringify(value)}`,
    );
  }

  texts(name: string): readonly string[] {
    const value = this.value(name);
    const texts = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    if (Array.isArray(value) && texts.length > 0 && texts.length === value.length) return texts;
    throw this.invalid(`${name} must be a list of strings, not ${JSON.stringify(value)}`);
  }

  /** The objects of a list; none if the field is missing. */
  objects(name: string): Fields[] {
    const value = this.value(name) ?? [];
    if (!Array.isArray(value)) throw this.invalid(`${name} must be a list`);
    return value.map((each, index) => this.within(each, `${name}[${index}]`));
  }

  object(name: string): Fields {
    return this.within(this.value(name), name);
  }

  /** What a nested value says, for the same error messages. */
  within(value: Json | undefined, name: string): Fields {
    if (!isObject(value)) throw this.invalid(`${name} must be an object`);
    return new Fields(value, `${this.where}, ${name}`);
  }

  get names(): readonly string[] {
    return Object.keys(this.json);
  }

  /** Every field as it is written, all of them taken as read. */
  get raw(): JsonObject {
    this.unread.clear();
    return this.json;
  }

  /** @throws UnsupportedLocally naming a field that nobody asked for */
  refuseOthers(): void {
    for (const name of this.unread) throw this.unsupported(name);
  }

  invalid(what: string): InvalidDefinition {
    return new InvalidDefinition(this.where, what);
  }

  unsupported(what: string): UnsupportedLocally {
    return new UnsupportedLocally(`${this.where}: ${what}`);
  }
}
