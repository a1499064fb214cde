/** The hover inspector's words: a character, its surprisal, what was expected next, the chosen cell here, the loudest cells. */
import { isOn, type Standing } from '../../core/cells/standing.ts';
import type { Quantity } from '../../core/model/spec.ts';
import type { CellAddress, CharacterReport } from '../../protocol/inspector-service.ts';
import { characterLabel, code, escapeMarkdown, percent, quantityLabels, quantityText, signed } from './labels.ts';
import { TRACE_HEIGHT, TRACE_WIDTH, type TracePalette, traceSvg, traceUri } from './trace.ts';

/** Commands that the hover's links may run, and no others. */
export const hoverCommands = ['cellscope.openHeatmap', 'cellscope.colourEditor', 'cellscope.selectCell'] as const;

/** `names`: of the cells that the report watched, in its order. */
export function hoverMarkdown(
  report: CharacterReport,
  chosen: CellAddress,
  palette: TracePalette,
  names: readonly Standing[] = [],
): string {
  const { layer, cell } = report.cell;
  return [
    `${code(characterLabel(report.character))} ${surprisalText(report.surprisal)}`,
    `next: ${report.expected.map(({ character, probability }) => `${code(characterLabel(character))} ${percent(probability)}`).join(' · ')}`,
    onText(report, names),
    trace(report, chosen.quantity, palette),
    `**layer ${layer} · cell ${cell}:** ${valuesText(report)}`,
    loudestText(report),
    `[Open heatmap](command:cellscope.openHeatmap) · [Colour editor](command:cellscope.colourEditor) · [Other cell](command:cellscope.selectCell)`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function surprisalText(surprisal: number | null): string {
  return surprisal === null
    ? '· no surprisal: first, or unknown to the model'
    : `· surprisal **${surprisal.toFixed(2)} bits**`;
}

/** Named cells that are on at this character, by the thresholds that the validation files froze. */
function onText({ watched }: CharacterReport, names: readonly Standing[]): string {
  const on = names.filter(({ candidate }, k) => watched[k] !== undefined && isOn(candidate, watched[k]));
  if (on.length === 0) return '';
  const parts = on.map(({ concept, candidate: { layer, cell, quantity, ap } }) => {
    const target = encodeURIComponent(JSON.stringify([{ layer, cell, quantity }]));
    return `**${escapeMarkdown(concept.name)}** [${layer}·${cell}](command:cellscope.selectCell?${target}) AP ${ap.toFixed(2)}`;
  });
  return `named cells on here: ${parts.join(' · ')}`;
}

function valuesText({ cell }: CharacterReport): string {
  return (Object.keys(quantityLabels) as Quantity[])
    .flatMap((quantity) => {
      const value = cell.values[quantity];
      return value === undefined ? [] : [`${quantityLabels[quantity]} **${quantityText(quantity, value)}**`];
    })
    .join(' · ');
}

/** The line's trace of the chosen quantity, with the same in words for a screen reader. */
function trace(report: CharacterReport, quantity: Quantity, palette: TracePalette): string {
  const strip = report.strips.find((candidate) => candidate.quantity === quantity) ?? report.strips[0];
  if (!strip || strip.values.length === 0) return '';
  const at = report.index - report.stripStart;
  const uri = traceUri(traceSvg(strip.values, at, strip.quantity, palette));
  const low = strip.values.reduce((a, b) => Math.min(a, b));
  const high = strip.values.reduce((a, b) => Math.max(a, b));
  const words = `${quantityLabels[strip.quantity]} along the line, from ${signed(low)} to ${signed(high)}, ${signed(strip.values[at] ?? 0)} here`;
  return `![${words}](${uri}|width=${TRACE_WIDTH},height=${TRACE_HEIGHT})`;
}

function loudestText({ loudest }: CharacterReport): string {
  if (loudest.length === 0) return '';
  const links = loudest.map(({ layer, cell, z }) => {
    const target = encodeURIComponent(JSON.stringify([{ layer, cell }]));
    return `[${layer}·${cell}](command:cellscope.selectCell?${target}) ${signed(z, 1)}`;
  });
  return `loudest here (z): ${links.join(' · ')}`;
}
