/** The menu of the toolbar. */
import { type ExportColours, fromHeatmap } from '../../src/protocol/heatmap.ts';
import { toHex } from '../ui/colour.ts';
import type { MenuItem } from '../ui/menu.ts';
import { readTheme } from '../ui/theme.ts';
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
    { label: 'Gates Under the Line', hint: 'G', checked: app.stripShown, run: () => app.toggleStrip() },
    {
      label: 'Lay This Cell over the Text',
      hint: 'O',
      checked: app.overlays.has(),
      disabled: nothing,
      run: () => app.overlays.toggle(),
    },
    {
      label: 'Remove Cells Laid over the Text',
      disabled: app.overlays.cells.length === 0,
      run: () => app.overlays.clear(),
    },
    { label: 'Scratch Text', checked: app.isScratch, run: () => app.toggleScratch() },
    null,
    {
      label: 'Reveal Character in Editor',
      hint: 'Enter',
      disabled: nothing || app.isScratch,
      run: () => app.inspector.reveal(),
    },
    {
      label: 'What This Prediction Reaches Back To',
      hint: 'R',
      checked: app.reach.isActive,
      disabled: nothing,
      run: () => app.reach.toggle(),
    },
    {
      label: 'Find Cells for Selection…',
      hint: 'F',
      disabled: nothing || app.view.selection.range === null,
      run: () => app.cellsForSelection(),
    },
    { label: 'Describe Line in Words', hint: 'D', disabled: nothing, run: () => app.inspector.describe() },
    null,
    { label: 'Export Heatmap as HTML…', disabled: nothing, run: html(null) },
    { label: 'Export Visible Lines as HTML…', disabled: nothing, run: html(shown) },
    { label: 'Export Activations as CSV…', disabled: nothing, run: csv(null) },
    { label: 'Export Visible Activations as CSV…', disabled: nothing, run: csv(shown) },
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
