import { HeatmapApp } from './app.ts';

const root = document.querySelector<HTMLElement>('[data-testid="heatmap"]');
if (root) new HeatmapApp(root);
