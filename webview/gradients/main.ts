import { GradientsApp } from './app.ts';

const root = document.querySelector<HTMLElement>('[data-testid="gradients"]');
if (root) new GradientsApp(root);
