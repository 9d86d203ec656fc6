import { type Json, type JsonObject } from './json';

/**
 * The variables of an execution, or of a branch or iteration in it: an inner scope reads the outer ones and assigns its own
 * ("Passing data between states with variables", read November 2026).
 */
export class Variables {
  private readonly own = new Map<string, Json>();

  constructor(private readonly outer?: Variables) {}

  get(name: string): Json | undefined {
    return this.own.get(name) ?? this.outer?.get(name);
  }

  assign(values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) this.own.set(name, value);
  }

  inner(): Variables {
    return new Variables(this);
  }
}
