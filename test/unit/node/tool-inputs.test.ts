import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type ToolName, toolInputs } from '../../../src/host/tools/inputs.ts';

interface Property {
  type: 'string' | 'integer';
  description: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}
interface Contributed {
  name: ToolName;
  modelDescription: string;
  inputSchema: { additionalProperties: boolean; required?: string[]; properties: Record<string, Property> };
}

const { contributes } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'));
const contributed: Contributed[] = contributes.languageModelTools;

/** A value that the property allows. */
const good = (property: Property): unknown =>
  property.enum?.[0] ?? (property.type === 'integer' ? property.minimum : 'x');

/** Values just inside and just outside of what the property allows. */
function probes(property: Property): [unknown, boolean][] {
  const text = (length: number) => 'x'.repeat(length);
  if (property.enum)
    return [...property.enum.map((value): [unknown, boolean] => [value, true]), ['other', false], [1, false]];
  if (property.type === 'integer')
    return [
      [property.minimum!, true],
      [property.maximum!, true],
      [property.minimum! - 1, false],
      [property.maximum! + 1, false],
      [property.minimum! + 0.5, false],
      [String(property.minimum), false],
      [null, false],
    ];
  return [
    [text(property.minLength!), true],
    [text(property.maxLength!), true],
    [text(property.minLength! - 1), false],
    [text(property.maxLength! + 1), false],
    [1, false],
  ];
}

describe('tools for assistants', () => {
  it('are those that package.json declares', () => {
    expect(contributed.map(({ name }) => name)).toEqual(Object.keys(toolInputs));
  });

  for (const { name, inputSchema, modelDescription } of contributed)
    it(`${name}: the schema that is declared is the one that is checked`, () => {
      expect(modelDescription.length).toBeGreaterThan(100);
      expect(inputSchema.additionalProperties).toBe(false);
      const schema = toolInputs[name];
      const required = Object.fromEntries(
        (inputSchema.required ?? []).map((key) => [key, good(inputSchema.properties[key]!)]),
      );
      expect(v.is(schema, required)).toBe(true);
      for (const key of Object.keys(required)) {
        const { [key]: _, ...rest } = required;
        expect(v.is(schema, rest), `without ${key}`).toBe(false);
      }
      expect(Object.keys(inputSchema.properties)).toEqual(Object.keys(schema.entries));
      for (const [key, property] of Object.entries(inputSchema.properties)) {
        expect(property.description.length, key).toBeGreaterThan(10);
        for (const [value, allowed] of probes(property))
          expect(v.is(schema, { ...required, [key]: value }), `${key}: ${JSON.stringify(value)}`).toBe(allowed);
      }
      expect(v.is(schema, { ...required, other: 1 })).toBe(false);
      for (const wrong of [null, ['x'], 'x', 3]) expect(v.is(schema, wrong)).toBe(false);
    });
});
