import { CellsApp } from './app.ts';

const root = document.querySelector<HTMLElement>('[data-testid="cells"]');
if (root) new CellsApp(root);
