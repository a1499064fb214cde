/** The editor of a safetensors file: its tensors, the model they make, and the way into the Inspector. */
import * as v from 'valibot';
import { fromSafetensors, type ShownFile, toSafetensors } from '../../src/protocol/safetensors.ts';
import { on } from '../../src/protocol/webview.ts';
import { createAnnouncer } from '../ui/announcer.ts';
import { createBusy, createButton } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { whole } from '../ui/format.ts';
import { connectHost } from '../ui/messaging.ts';
import { t } from '../ui/words.ts';
import { ModelView } from './model-view.ts';
import { TensorTable } from './tensor-table.ts';
import { bytesText, canBeOpened, networkName, remark } from './words.ts';

const noState = v.object({});

export class SafetensorsApp {
  private readonly root: HTMLElement;
  private readonly link;
  private readonly announcer;
  private readonly name = element('h1', { class: 'file-name' });
  private readonly network = element('span', { class: 'badge' });
  private readonly facts = element('span', { class: 'description' });
  private readonly open = createButton(
    t('Open in the Inspector'),
    () => this.link.post(fromSafetensors.open({})),
    'primary',
  );
  private readonly remark = element('div', { class: 'remark', role: 'note', hidden: true });
  private readonly tensors = new TensorTable((tensors) =>
    this.link.post(fromSafetensors.measure({ version: this.version, tensors })),
  );
  private readonly model = new ModelView();
  private readonly page = element('div', { class: 'page', hidden: true });
  private readonly empty = element('div', { class: 'empty' });
  private version = 0;

  constructor(root: HTMLElement) {
    this.root = root;
    this.announcer = createAnnouncer(root);
    this.link = connectHost<Record<string, never>>(
      (value): value is Record<string, never> => v.is(noState, value),
      [
        on(toSafetensors.file, (file) => this.show(file)),
        on(toSafetensors.refused, ({ name, message }) => this.refuse(name, message)),
        on(toSafetensors.statistics, ({ version, tensor, statistics, failure }) => {
          if (version !== this.version) return;
          if (statistics) this.tensors.update(tensor, { kind: 'done', statistics });
          else this.tensors.update(tensor, { kind: 'failed', message: failure ?? t('cannot be read') });
        }),
        on(toSafetensors.progress, ({ version, tensor, fraction }) => {
          if (version === this.version) this.tensors.update(tensor, { kind: 'measuring', fraction });
        }),
      ],
    );
    this.page.append(
      element(
        'header',
        { class: 'head' },
        element('div', { class: 'title' }, this.name, this.network, this.facts),
        element('div', { class: 'buttons' }, this.open.node),
      ),
      this.remark,
      element('main', { class: 'body' }, this.tensors.node, this.model.node),
    );
    this.root.append(this.page, this.empty);
    this.empty.append(createBusy(t('Reading the file')), element('p', {}, t('Reading the file…')));
    this.link.post(fromSafetensors.ready({}));
  }

  private show(file: ShownFile): void {
    const again = this.version !== 0 && this.version !== file.version;
    this.version = file.version;
    this.name.textContent = file.name;
    this.name.title = file.name;
    this.network.hidden = file.model === null;
    this.network.textContent = file.model ? networkName(file.model) : '';
    const tensors = file.tensorCount === 1 ? t('1 tensor') : t('{0} tensors', whole(file.tensorCount));
    this.facts.textContent = `${tensors} · ${t('{0} values', whole(file.values))} · ${bytesText(file.size)}`;
    this.open.show(canBeOpened(file));
    const said = file.tensorCount === 0 ? null : remark(file);
    this.remark.hidden = said === null;
    this.remark.classList.toggle('refused', said?.refused ?? false);
    this.remark.textContent = said?.text ?? '';
    if (file.tensorCount === 0)
      this.showEmpty(
        t('No tensor'),
        t('{0} is a safetensors file without a single tensor. Choose another file.', file.name),
        false,
      );
    else {
      this.empty.hidden = true;
      this.page.hidden = false;
    }
    this.tensors.set(file);
    this.model.set(file);
    if (again) this.announcer.say(t('The file has changed and was read again.'));
  }

  private refuse(name: string, message: string): void {
    this.version = 0;
    this.showEmpty(t('{0} cannot be shown', name), message, true);
    this.announcer.say(t('{0} cannot be shown. {1}', name, message));
  }

  private showEmpty(title: string, text: string, retry: boolean): void {
    const again = createButton(t('Try Again'), () => this.link.post(fromSafetensors.retry({})));
    this.page.hidden = true;
    this.empty.hidden = false;
    this.empty.replaceChildren(
      element('h1', {}, title),
      element('p', {}, text),
      retry ? element('div', { class: 'buttons' }, again.node) : '',
    );
  }
}
