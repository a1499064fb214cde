/** The menu of the toolbar. */
import { type ExportColours, fromHeatmap } from '../../src/protocol/heatmap.ts';
import { toHex } from '../ui/colour.ts';
import type { MenuItem } from '../ui/menu.ts';
import { readTheme } from '../ui/theme.ts';
import { t } from '../ui/words.ts';
import type { HeatmapApp } from './app.ts';

export function menuItems(app: HeatmapApp): (MenuItem | null)[] {
  const nothing = !app.text || !app.model || !app.cell;
  const { visible } = app.view;
  const shown = { startLine: visible.start, endLine: visible.end };
  const overlays = [...app.overlays.cells];
  const html = (range: typeof shown | null) => (): void =>
    app.link.post(fromHeatmap.exportHtml({ range, overlays, colours: exportColours() }));
  const csv = (range: typeof shown | null) => (): void => app.link.post(fromHeatmap.exportCsv({ range, overlays }));
  return [
    { label: t('Gates Under the Line'), hint: 'G', checked: app.stripShown, run: () => app.toggleStrip() },
    {
      label: t('Lay This Cell over the Text'),
      hint: 'O',
      checked: app.overlays.has(),
      disabled: nothing,
      run: () => app.overlays.toggle(),
    },
    {
      label: t('Remove Cells Laid over the Text'),
      disabled: app.overlays.cells.length === 0,
      run: () => app.overlays.clear(),
    },
    { label: t('Scratch Text'), checked: app.isScratch, run: () => app.toggleScratch() },
    null,
    {
      label: t('Reveal Character in Editor'),
      hint: t('Enter'),
      disabled: nothing || app.isScratch,
      run: () => app.inspector.reveal(),
    },
    {
      label: t('What This Prediction Reaches Back To'),
      hint: 'R',
      checked: app.reach.isActive,
      disabled: nothing,
      run: () => app.reach.toggle(),
    },
    {
      label: t('Find Cells for Selection…'),
      hint: 'F',
      disabled: nothing || app.view.selection.range === null,
      run: () => app.cellsForSelection(),
    },
    { label: t('Describe Line in Words'), hint: 'D', disabled: nothing, run: () => app.inspector.describe() },
    null,
    { label: t('Export Heatmap as HTML…'), disabled: nothing, run: html(null) },
    { label: t('Export Visible Lines as HTML…'), disabled: nothing, run: html(shown) },
    { label: t('Export Activations as CSV…'), disabled: nothing, run: csv(null) },
    { label: t('Export Visible Activations as CSV…'), disabled: nothing, run: csv(shown) },
  ];
}

/** The colours on the screen, for a file that looks the same. */
function exportColours(): ExportColours {
  const { background, text, positive, negative, over, under, positiveStrength, negativeStrength } = readTheme();
  return {
    background: toHex(background),
    foreground: toHex(text),
    positive: toHex(positive),
    negative: toHex(negative),
    over: toHex(over),
    under: toHex(under),
    positiveStrength,
    negativeStrength,
  };
}
