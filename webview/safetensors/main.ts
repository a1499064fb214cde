import { SafetensorsApp } from './app.ts';

const root = document.querySelector<HTMLElement>('[data-testid="safetensors"]');
if (root) new SafetensorsApp(root);
