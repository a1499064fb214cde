/** The hover inspector's words: a character, its surprisal, what was expected next, the chosen cell here, the loudest cells. */
import { isOn, type Standing } from '../../core/cells/standing.ts';
import type { Quantity } from '../../core/model/spec.ts';
import { t } from '../../core/words.ts';
import type { CellAddress, CharacterReport } from '../../protocol/inspector-service.ts';
import { conceptName } from '../cells/concept-name.ts';
import {
  characterLabel,
  code,
  escapeMarkdown,
  percent,
  quantityLabel,
  quantityText,
  shownQuantities,
  signed,
} from './labels.ts';
import { TRACE_HEIGHT, TRACE_WIDTH, type TracePalette, traceSvg, traceUri } from './trace.ts';

/** Commands that the hover's links may run, and no others. */
export const hoverCommands = ['cellscope.openHeatmap', 'cellscope.colourEditor', 'cellscope.selectCell'] as const;

/**
 * @param names of the cells that the report watched, in its order
 * @param side whether the text was trained on or held out, in words; null where there is no run that would know
 */
export function hoverMarkdown(
  report: CharacterReport,
  chosen: CellAddress,
  palette: TracePalette,
  names: readonly Standing[] = [],
  side: string | null = null,
): string {
  const { layer, cell } = report.cell;
  return [
    `${code(characterLabel(report.character))} ${surprisalText(report.surprisal)}${side === null ? '' : ` · *${side}*`}`,
    `${t('next:')} ${report.expected.map(({ character, probability }) => `${code(characterLabel(character))} ${percent(probability)}`).join(' · ')}`,
    onText(report, names),
    trace(report, chosen.quantity, palette),
    `**${t('layer {0} · cell {1}', layer, cell)}:** ${valuesText(report)}`,
    loudestText(report),
    [
      `[${t('Open heatmap')}](command:cellscope.openHeatmap)`,
      `[${t('Colour editor')}](command:cellscope.colourEditor)`,
      `[${t('Other cell')}](command:cellscope.selectCell)`,
    ].join(' · '),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function surprisalText(surprisal: number | null): string {
  return surprisal === null
    ? `· ${t('no surprisal: first, or unknown to the model')}`
    : `· ${t('surprisal {0}', `**${t('{0} bits', surprisal.toFixed(2))}**`)}`;
}

/** Named cells that are on at this character, by the thresholds that the validation files froze. */
function onText({ watched }: CharacterReport, names: readonly Standing[]): string {
  const on = names.filter(({ candidate }, k) => watched[k] !== undefined && isOn(candidate, watched[k]));
  if (on.length === 0) return '';
  const parts = on.map(({ concept, candidate: { layer, cell, quantity, ap } }) => {
    const target = encodeURIComponent(JSON.stringify([{ layer, cell, quantity }]));
    return `**${escapeMarkdown(conceptName(concept))}** [${layer}·${cell}](command:cellscope.selectCell?${target}) AP ${ap.toFixed(2)}`;
  });
  return `${t('named cells on here:')} ${parts.join(' · ')}`;
}

function valuesText({ cell }: CharacterReport): string {
  return shownQuantities
    .flatMap((quantity) => {
      const value = cell.values[quantity];
      return value === undefined ? [] : [`${quantityLabel(quantity)} **${quantityText(quantity, value)}**`];
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
  const words = t(
    '{0} along the line, from {1} to {2}, {3} here',
    quantityLabel(strip.quantity),
    signed(low),
    signed(high),
    signed(strip.values[at] ?? 0),
  );
  return `![${words}](${uri}|width=${TRACE_WIDTH},height=${TRACE_HEIGHT})`;
}

function loudestText({ loudest }: CharacterReport): string {
  if (loudest.length === 0) return '';
  const links = loudest.map(({ layer, cell, z }) => {
    const target = encodeURIComponent(JSON.stringify([{ layer, cell }]));
    return `[${layer}·${cell}](command:cellscope.selectCell?${target}) ${signed(z, 1)}`;
  });
  return `${t('loudest here (z):')} ${links.join(' · ')}`;
}
